-- The predictions that are farthest off, by name: for each predictor its worst five modules and models. Like nodes (the
-- twelve layers of a model) share a measurement and a prediction; they are one case.
WITH one AS (
  SELECT predictor, level, model, batch_size, length, type, wall_j, predicted_j,
         min(node_id) AS node_id, count(*)::INTEGER AS nodes, any_value(extrapolated_by) AS extrapolated_by,
         100 * (predicted_j - wall_j) / wall_j AS error_pct
  FROM predictions
  WHERE split = 'leave_model_out' AND features = 'all' AND variant = 'clean' AND level IN ('module', 'model')
    AND list_contains(string_split($predictors, ','), predictor)
  GROUP BY ALL
), worst AS (
  SELECT *
  FROM one
  QUALIFY row_number() OVER (
    PARTITION BY predictor, level
    ORDER BY abs(error_pct) DESC, model, batch_size, length, node_id) <= $cases
)
SELECT w.predictor::VARCHAR AS predictor, w.level::VARCHAR AS level, w.model::VARCHAR AS model, w.batch_size, w.length,
       f.scope::VARCHAR AS scope, w.type::VARCHAR AS type, w.nodes, w.wall_j, w.predicted_j, w.error_pct,
       w.extrapolated_by::VARCHAR AS extrapolated_by
FROM worst w JOIN features f USING (model, batch_size, length, node_id)
ORDER BY predictor, level, abs(error_pct) DESC, w.model, w.batch_size, w.length, w.node_id
