-- A model's tree, each node with its energy over all sizes together; a node has the same id at every size.
WITH predicted AS (
  SELECT node_id, sum(predicted_j) AS predicted_j
  FROM predictions
  WHERE model = $model AND predictor = 'end2end' AND features = 'all' AND variant = 'paper' AND split = 'leave_model_out'
  GROUP BY node_id
), measured AS (
  SELECT node_id, any_value(parent_id) AS parent_id, any_value(scope) AS scope, any_value(type) AS type,
         any_value(level) AS level, sum(wall_j) AS wall_j
  FROM features
  WHERE model = $model AND (level = 'model' OR parent_id IS NOT NULL)
  GROUP BY node_id
)
SELECT node_id, parent_id, scope, type, level, wall_j, predicted_j
FROM measured LEFT JOIN predicted USING (node_id)
ORDER BY node_id
