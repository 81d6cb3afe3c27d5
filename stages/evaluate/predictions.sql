-- Every node with what was predicted while it was held out, seeds averaged.
WITH averaged AS (
  SELECT combination, class, avg(predicted_j) AS predicted_j, avg(alpha) AS alpha
  FROM drawn
  GROUP BY combination, class)
SELECT
  n.model, n.batch_size, n.length, n.node_id, n.level, n.type,
  c.predictor, c.features, c.variant, c.split, h.fold,
  n.wall_j,
  a.predicted_j,
  NULL::DOUBLE AS low_j,
  NULL::DOUBLE AS high_j,
  CASE WHEN c.weighs AND n.parent_id IS NOT NULL THEN a.alpha END AS alpha,
  h.extrapolated > 0 AS extrapolated
FROM averaged a
JOIN held_out h USING (combination, class)
JOIN combinations c USING (combination)
JOIN class_of m USING (class)
JOIN ordered_nodes n USING (node)
