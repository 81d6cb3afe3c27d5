-- The mean of every measurement over its rounds that no check excludes. The uncertainty of the wall energy is that of
-- the mean of the rounds and, where the bench states one, that of the meter, which all rounds share.
CREATE TEMP TABLE means AS
SELECT
  measurement_id::VARCHAR AS measurement_id,
  avg(cpu_pct) AS cpu_pct,
  avg(mem_pct) AS mem_pct,
  avg(gpu_pct) AS gpu_pct,
  avg(gpu_mem_pct) AS gpu_mem_pct,
  avg(gpu_clk_mhz) AS gpu_clk_mhz,
  avg(gpu_mem_clk_mhz) AS gpu_mem_clk_mhz,
  avg(latency_s) AS latency_s,
  avg(gpu_j) AS gpu_j,
  avg(wall_j) AS wall_j,
  stddev_samp(wall_j) AS wall_sd_j,
  sqrt(
    stddev_samp(wall_j) ** 2 / count(*) + (avg(wall_j) * coalesce(max(meter_uncertainty_pct), 0) / 100) ** 2
  ) AS wall_u_j,
  count(*)::INTEGER AS rounds
FROM measurements JOIN session USING (session)
WHERE NOT excluded
GROUP BY ALL
ORDER BY measurement_id
