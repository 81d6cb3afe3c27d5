-- One row a node: the mean over the rounds of its measurement that no check excludes (paper 5.2); absent where it was not to
-- be measured. What the bench could not measure has no row. A column that the bench does not tell at all is null: wall_j
-- without a meter, the GPU's without a GPU (unmeasured.sql).
-- wall_u_j: standard uncertainty of that mean, and of the meter where it is stated (GUM 5.1: independent, so by squares).
WITH means AS (
  SELECT
    m.measurement_id,
    avg(m.cpu_pct) AS cpu_pct,
    avg(m.mem_pct) AS mem_pct,
    avg(m.gpu_pct) AS gpu_pct,
    avg(m.gpu_mem_pct) AS gpu_mem_pct,
    avg(m.gpu_clk_mhz) AS gpu_clk_mhz,
    avg(m.gpu_mem_clk_mhz) AS gpu_mem_clk_mhz,
    avg(m.latency_s) AS latency_s,
    avg(m.gpu_j) AS gpu_j,
    avg(m.wall_j) AS wall_j,
    CASE WHEN avg(m.wall_j) IS NOT NULL THEN coalesce(stddev_samp(m.wall_j), 0) END AS wall_sd_j,
    avg(s.meter_uncertainty_pct) / 100 AS meter_u,
    count(*)::INTEGER AS rounds
  FROM measurements m JOIN session s USING (session)
  WHERE NOT m.excluded
  GROUP BY m.measurement_id
),
-- Workloads of which the bench could not measure a part: where a part of the tree lacks there is no tree, and nobody has a
-- parent.
parts AS (
  SELECT DISTINCT n.batch_size, n.length FROM nodes n JOIN failures f USING (measurement_id)
)
SELECT
  n.model, n.batch_size, n.length, n.node_id,
  CASE WHEN p.length IS NULL THEN n.parent_id END AS parent_id,
  n.scope, n.type, n.level, n.measurement_id, n.num_parameters,
  n.batch_size::BIGINT * n.length AS input_size,
  n.flops / 1e6 AS flops_million,
  n.mem_bytes / 1048576 AS mem_mib,
  m.cpu_pct, m.mem_pct, m.gpu_pct, m.gpu_mem_pct, m.gpu_clk_mhz, m.gpu_mem_clk_mhz, m.latency_s, m.gpu_j,
  m.wall_j, m.wall_sd_j,
  sqrt(m.wall_sd_j ** 2 / m.rounds + (coalesce(m.meter_u, 0) * m.wall_j) ** 2) AS wall_u_j,
  m.rounds
FROM nodes n LEFT JOIN means m USING (measurement_id) LEFT JOIN parts p USING (batch_size, length)
WHERE m.measurement_id IS NOT NULL OR NOT n.measured
