-- Share of a model's energy that each of its lowest modules takes: modules whose children are all primitives, and the
-- primitives beside them. All sizes together: sums over sizes, over the roots' sum and over that of all such parts.
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
), valued AS (
  SELECT model, type, level, 'measured' AS predictor, wall_j AS j, part.node_id IS NOT NULL AS is_part
  FROM tree_node LEFT JOIN (SELECT model, batch_size, length, node_id FROM part) part USING (model, batch_size, length, node_id)
  UNION ALL
  SELECT p.model, p.type, p.level, p.predictor, p.predicted_j, part.node_id IS NOT NULL
  FROM predictions p LEFT JOIN (SELECT model, batch_size, length, node_id FROM part) part USING (model, batch_size, length, node_id)
  WHERE p.features = 'all' AND p.split = 'leave_model_out'
    AND (p.variant = 'paper' AND p.predictor IN ('end2end', 'stepwise', 'predicted_sum')
      OR p.variant = 'clean' AND p.predictor IN ('law', 'children', 'composition', 'planned', 'planned_catalogue'))
), whole AS (
  SELECT model, predictor, sum(j) FILTER (level = 'model') AS root_j, sum(j) FILTER (is_part) AS parts_j
  FROM valued
  GROUP BY model, predictor
)
SELECT model, type, predictor,
       100 * sum(j) / any_value(root_j)  AS of_root_pct,
       100 * sum(j) / any_value(parts_j) AS of_parts_pct
FROM valued JOIN whole USING (model, predictor)
WHERE is_part
GROUP BY model, type, predictor
ORDER BY model, type, predictor
