-- Share of a model's energy that each of its lowest modules takes: modules whose children are all primitives, and the
-- primitives beside them. All sizes together: sum over sizes over the sum of the roots.
WITH tree_node AS (
  SELECT model, batch_size, length, node_id, parent_id, type, level, wall_j
  FROM features
  WHERE level = 'model' OR parent_id IS NOT NULL
), upper AS (          -- has a module below itself
  SELECT DISTINCT model, batch_size, length, parent_id AS node_id FROM tree_node WHERE level = 'module'
), lowest AS (
  SELECT model, batch_size, length, node_id FROM tree_node WHERE level = 'module'
  EXCEPT
  SELECT model, batch_size, length, node_id FROM upper
), part AS (
  SELECT t.*
  FROM tree_node t
  LEFT JOIN lowest own USING (model, batch_size, length, node_id)
  LEFT JOIN lowest above ON above.model = t.model AND above.batch_size = t.batch_size
                        AND above.length = t.length AND above.node_id = t.parent_id
  WHERE own.node_id IS NOT NULL OR (t.level = 'ml' AND above.node_id IS NULL)
), measured AS (
  SELECT part.model, part.type, 'measured' AS predictor,
         100 * sum(part.wall_j) / any_value(root.wall_j) AS share_pct
  FROM part JOIN (SELECT model, sum(wall_j) AS wall_j FROM tree_node WHERE level = 'model' GROUP BY model) root USING (model)
  GROUP BY part.model, part.type
), prediction AS (
  SELECT model, batch_size, length, node_id, level, predictor, predicted_j
  FROM predictions
  WHERE predictor IN ('end2end', 'stepwise', 'predicted_sum')
    AND features = 'all' AND variant = 'paper' AND split = 'leave_model_out'
), predicted AS (
  SELECT part.model, part.type, prediction.predictor,
         100 * sum(prediction.predicted_j) / any_value(root.predicted_j) AS share_pct
  FROM part
  JOIN prediction USING (model, batch_size, length, node_id)
  JOIN (SELECT model, predictor, sum(predicted_j) AS predicted_j FROM prediction WHERE level = 'model' GROUP BY ALL) root
    ON root.model = part.model AND root.predictor = prediction.predictor
  GROUP BY part.model, part.type, prediction.predictor
)
SELECT model, type, predictor, share_pct FROM measured
UNION ALL
SELECT model, type, predictor, share_pct FROM predicted
ORDER BY model, type, predictor
