SELECT f.model, f.node_id, f.parent_id, f.scope, f.type, f.level, f.wall_j, f.wall_sd_j, p.predicted_j, p.alpha
FROM features f
LEFT JOIN (
  SELECT model, node_id, predicted_j, alpha
  FROM predictions
  WHERE predictor = 'end2end' AND features = 'all' AND variant = 'paper' AND split = 'leave_model_out'
    AND batch_size = $batch_size AND length = $length
) p ON p.model = f.model AND p.node_id = f.node_id
WHERE f.batch_size = $batch_size AND f.length = $length AND (f.level = 'model' OR f.parent_id IS NOT NULL)
ORDER BY f.model, f.node_id
