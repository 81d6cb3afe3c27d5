-- Nodes without a single round that may be used, or with a feature that none of those rounds has though others of the
-- session have it: nothing may be invented for them. A column that no round of the session has is not told by the bench
-- (no meter, no GPU) and stays null everywhere; but wall or GPU energy there must be. What the bench could not measure is
-- told by profile, and left out.
WITH told AS (
  SELECT
    (SELECT bool_or(meter IS NOT NULL) FROM session) AS wall_j,
    count(gpu_j) > 0 AS gpu_j,
    count(cpu_pct) > 0 AS cpu_pct,
    count(mem_pct) > 0 AS mem_pct,
    count(gpu_pct) > 0 AS gpu_pct,
    count(gpu_mem_pct) > 0 AS gpu_mem_pct,
    count(gpu_clk_mhz) > 0 AS gpu_clk_mhz,
    count(gpu_mem_clk_mhz) > 0 AS gpu_mem_clk_mhz
  FROM measurements
),
means AS (
  SELECT
    measurement_id,
    avg(wall_j) AS wall_j,
    avg(gpu_j) AS gpu_j,
    avg(cpu_pct) AS cpu_pct,
    avg(mem_pct) AS mem_pct,
    avg(gpu_pct) AS gpu_pct,
    avg(gpu_mem_pct) AS gpu_mem_pct,
    avg(gpu_clk_mhz) AS gpu_clk_mhz,
    avg(gpu_mem_clk_mhz) AS gpu_mem_clk_mhz
  FROM measurements
  WHERE NOT excluded
  GROUP BY measurement_id
),
usable AS (
  SELECT measurement_id
  FROM means m, told t
  WHERE (t.wall_j OR t.gpu_j)
    AND (m.wall_j IS NOT NULL OR NOT t.wall_j)
    AND (m.gpu_j IS NOT NULL OR NOT t.gpu_j)
    AND (m.cpu_pct IS NOT NULL OR NOT t.cpu_pct)
    AND (m.mem_pct IS NOT NULL OR NOT t.mem_pct)
    AND (m.gpu_pct IS NOT NULL OR NOT t.gpu_pct)
    AND (m.gpu_mem_pct IS NOT NULL OR NOT t.gpu_mem_pct)
    AND (m.gpu_clk_mhz IS NOT NULL OR NOT t.gpu_clk_mhz)
    AND (m.gpu_mem_clk_mhz IS NOT NULL OR NOT t.gpu_mem_clk_mhz)
)
SELECT n.measurement_id, min(n.scope || ':' || n.type) AS node, count(*) AS nodes
FROM nodes n
WHERE n.measured
  AND NOT EXISTS (FROM usable u WHERE u.measurement_id = n.measurement_id)
  AND NOT EXISTS (FROM failures f WHERE f.measurement_id = n.measurement_id)
GROUP BY n.measurement_id
ORDER BY n.measurement_id
