SELECT model, wall_j, wall_sd_j, latency_s
FROM features
WHERE level = 'model' AND batch_size = $batch_size AND length = $length
ORDER BY wall_j DESC, model
