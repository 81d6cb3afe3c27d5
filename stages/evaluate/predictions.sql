-- Every measured node with what was predicted while it was held out, seeds averaged.
WITH averaged AS (
  SELECT combination, class, avg(predicted_j) AS predicted_j, avg(latency_s) AS latency_s, avg(alpha) AS alpha
  FROM drawn
  GROUP BY combination, class)
SELECT
  n.model, n.batch_size, n.length, n.node_id, n.level, n.type,
  c.predictor, c.features, c.variant, c.split, h.fold,
  n.wall_j,
  a.predicted_j,
  CASE WHEN NOT isnan(h.low_j) THEN h.low_j END AS low_j,
  CASE WHEN NOT isnan(h.high_j) THEN h.high_j END AS high_j,
  CASE WHEN NOT isnan(a.latency_s) THEN a.latency_s END AS predicted_latency_s,
  CASE WHEN c.weighs AND n.parent_id IS NOT NULL THEN a.alpha END AS alpha,
  h.extrapolated_by IS NOT NULL AS extrapolated,
  h.extrapolated_by::VARCHAR AS extrapolated_by
FROM averaged a
JOIN held_out h USING (combination, class)
JOIN combinations c USING (combination)
JOIN class_of m USING (class)
JOIN ordered_nodes n USING (node)
WHERE n.wall_j IS NOT NULL
