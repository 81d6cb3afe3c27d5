-- The same before averaging.
SELECT
  n.model, n.batch_size, n.length, n.node_id,
  c.predictor, c.features, c.variant, c.split, s.seed,
  d.predicted_j,
  CASE WHEN c.weighs AND n.parent_id IS NOT NULL THEN d.alpha END AS alpha
FROM drawn d
LEFT JOIN draw_seeds s USING (draw)
JOIN combinations c USING (combination)
JOIN class_of m USING (class)
JOIN ordered_nodes n USING (node)
WHERE n.wall_j IS NOT NULL
