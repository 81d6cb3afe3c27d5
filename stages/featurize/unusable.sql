-- Measurements that stand for a node and cannot: too few rounds are left for a mean and its spread, or a feature was not
-- logged.
SELECT
  nodes.measurement_id::VARCHAR AS measurement_id,
  coalesce(rounds, 0) AS rounds,
  count(*) AS nodes
FROM nodes LEFT JOIN means ON means.measurement_id = nodes.measurement_id::VARCHAR
WHERE wall_sd_j + gpu_j + cpu_pct + mem_pct + gpu_pct + gpu_mem_pct + gpu_clk_mhz + gpu_mem_clk_mhz IS NULL
GROUP BY ALL
ORDER BY 1
