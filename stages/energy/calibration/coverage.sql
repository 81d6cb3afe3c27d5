-- How often measurements lay in the interval that was stated for them while their fold was held out ($predictors, one a
-- line). Nodes count alike.
WITH judged AS (
  SELECT *, list_position(string_split($predictors, chr(10)), predictor::VARCHAR) AS place,
    CASE level WHEN 'ml' THEN 0 WHEN 'module' THEN 1 ELSE 2 END AS height
  FROM predictions
  WHERE variant = 'clean' AND low_j IS NOT NULL)
SELECT predictor::VARCHAR AS predictor, split::VARCHAR AS split, level::VARCHAR AS level, count(*)::INTEGER AS n,
  100 * avg((wall_j BETWEEN low_j AND high_j)::INTEGER) AS empirical_pct,
  100 * avg((high_j - low_j) / 2 / predicted_j) FILTER (WHERE predicted_j > 0) AS half_width_pct
FROM judged
WHERE place IS NOT NULL
GROUP BY predictor::VARCHAR, split::VARCHAR, level::VARCHAR, place, height
ORDER BY place, split, height
