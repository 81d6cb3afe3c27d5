-- Each method's error of whole models held out, by tokens in a batch.
SELECT predictor::VARCHAR AS predictor, features::VARCHAR AS features, variant::VARCHAR AS variant,
       batch_size * length AS tokens,
       count(*)::INTEGER AS trees,
       avg(100 * abs(predicted_j - wall_j) / wall_j) AS mean_pct
FROM predictions
WHERE level = 'model' AND split = 'leave_model_out' AND features <> 'resource_only'
GROUP BY ALL
ORDER BY ALL
