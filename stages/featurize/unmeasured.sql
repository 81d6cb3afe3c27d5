-- Nodes without a single round that may be used, or with a feature that none of those rounds has (a machine without a
-- GPU, say): nothing may be invented for them. What the bench could not measure is told by profile, and left out.
WITH usable AS (
  SELECT measurement_id
  FROM measurements
  WHERE NOT excluded
  GROUP BY measurement_id
  HAVING avg(wall_j) + avg(gpu_j) + avg(cpu_pct) + avg(mem_pct) + avg(gpu_pct) + avg(gpu_mem_pct) + avg(gpu_clk_mhz)
    + avg(gpu_mem_clk_mhz) IS NOT NULL
)
SELECT n.measurement_id, min(n.scope || ':' || n.type) AS node, count(*) AS nodes
FROM nodes n
WHERE n.measured
  AND NOT EXISTS (FROM usable u WHERE u.measurement_id = n.measurement_id)
  AND NOT EXISTS (FROM failures f WHERE f.measurement_id = n.measurement_id)
GROUP BY n.measurement_id
ORDER BY n.measurement_id
