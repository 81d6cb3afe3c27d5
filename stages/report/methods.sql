-- Errors of every method on every split: without the original's leaks where the run has that variant. What is left out
-- is the paper's set without model features: Table 8 has it, and its setting is that of all features.
WITH method AS (
  SELECT predictor, features, min(variant::VARCHAR) AS variant   -- clean comes before paper
  FROM errors
  WHERE features <> 'resource_only'
  GROUP BY predictor, features
)
SELECT e.predictor, e.features, e.variant, e.setting, e.split, e.level, e.model, e.quantity,
       n, seeds, mean_pct, seed_sd_pct, seed_min_pct, seed_max_pct, p50_pct, p95_pct, max_pct
FROM errors e JOIN method m ON e.predictor = m.predictor AND e.features = m.features AND e.variant::VARCHAR = m.variant
WHERE weighting = 'rows'
ORDER BY e.predictor, e.features, e.split, e.level, e.model, e.quantity
