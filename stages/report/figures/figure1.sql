WITH root AS (
  SELECT model, batch_size, length
  FROM nodes
  WHERE level = 'model'
  ORDER BY (model = $model) DESC, model, batch_size, length
  LIMIT 1
)
SELECT model, node_id, parent_id, scope, type, level
FROM nodes SEMI JOIN root USING (model, batch_size, length)
WHERE level = 'model' OR parent_id IS NOT NULL
ORDER BY node_id
