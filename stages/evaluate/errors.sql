-- Errors of energy and latency in % by level and group (a model, a primitive type, all), from draw by class to one row a group.
WITH
classes AS (
  SELECT class, count(*) AS nodes, any_value(n.wall_j) AS wall_j, any_value(n.latency_s) AS latency_s,
    any_value(n.level) AS level,
    any_value(n.model::VARCHAR) AS model, any_value(n.type::VARCHAR) AS type
  FROM class_of JOIN ordered_nodes n USING (node)
  GROUP BY class),
class_error AS (   -- the regressors of primitives draw nothing: their first draw is all there is
  SELECT d.combination, d.draw, c.*, q.quantity, 100 * abs(q.predicted - q.measured) / q.measured AS error_pct
  FROM drawn d
  JOIN classes c USING (class),
  LATERAL (VALUES
    ('energy', d.predicted_j, c.wall_j),
    ('latency', CASE WHEN NOT isnan(d.latency_s) THEN d.latency_s END, c.latency_s)) q(quantity, predicted, measured)
  WHERE (c.level <> 'ml' OR d.draw = 0) AND q.predicted IS NOT NULL AND q.measured IS NOT NULL),
grouped AS (
  SELECT *, model AS subject FROM class_error
  UNION ALL SELECT *, 'all' FROM class_error
  UNION ALL SELECT *, 'type:' || type FROM class_error WHERE level = 'ml'),
model_error AS (   -- one draw's mean over the nodes of one model
  SELECT combination, quantity, level, subject, draw, model, sum(nodes) AS n, sum(nodes * error_pct) AS total_pct
  FROM grouped
  GROUP BY ALL),
draw_error AS (    -- one draw's mean, either over all nodes or over the models' means
  SELECT combination, quantity, level, subject, draw, sum(n) AS n,
    unnest(['rows', 'models']) AS weighting,
    unnest([sum(total_pct) / sum(n), avg(total_pct / n)]) AS mean_pct
  FROM model_error
  GROUP BY combination, quantity, level, subject, draw),
seed_spread AS (
  SELECT combination, quantity, level, subject, weighting, any_value(n) AS n, count(*) AS draws, avg(mean_pct) AS mean_pct,
    stddev_samp(mean_pct) AS sd_pct, min(mean_pct) AS min_pct, max(mean_pct) AS max_pct
  FROM draw_error
  GROUP BY ALL),
node_error AS (    -- a class's error averaged over draws, once for each node it stands for
  SELECT combination, quantity, level, subject, error_pct, unnest(range(nodes))
  FROM (SELECT combination, quantity, level, subject, class, nodes, avg(error_pct) AS error_pct FROM grouped GROUP BY ALL)),
node_spread AS (
  SELECT combination, quantity, level, subject, quantile_cont(error_pct, 0.5) AS p50_pct,
    quantile_cont(error_pct, 0.95) AS p95_pct, max(error_pct) AS max_pct
  FROM node_error
  GROUP BY ALL)
SELECT
  c.predictor,
  CASE level WHEN 'ml' THEN c.leaf_setting ELSE c.setting END AS setting,
  c.features, c.variant, c.split, s.level,
  subject AS model, weighting, quantity,
  s.n::INTEGER AS n,
  s.draws::INTEGER AS seeds,
  s.mean_pct,
  CASE WHEN s.draws > 1 THEN s.sd_pct END AS seed_sd_pct,
  s.min_pct AS seed_min_pct,
  s.max_pct AS seed_max_pct,
  p50_pct, p95_pct, p.max_pct
FROM seed_spread s
JOIN node_spread p USING (combination, quantity, level, subject)
JOIN combinations c USING (combination)
