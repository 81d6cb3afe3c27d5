-- Each measurement once: the energy at the wall, by the GPU's driver, and the time of one run.
SELECT any_value(model)::VARCHAR AS model, bool_or(level = 'model') AS is_root,
       any_value(wall_j) AS wall_j, any_value(gpu_j) AS gpu_j, any_value(latency_s) AS latency_s
FROM features
WHERE wall_j > 0 AND isfinite(gpu_j) AND isfinite(latency_s)
GROUP BY measurement_id
ORDER BY measurement_id
