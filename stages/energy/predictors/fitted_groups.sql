-- How many constants each part has, in the order in which fitted_values.sql gives them.
SELECT features::VARCHAR AS features, variant::VARCHAR AS variant, split::VARCHAR AS split, fold::VARCHAR AS fold,
  coalesce(seed, -1) AS seed, part::VARCHAR AS part, count(*)::INTEGER AS constants
FROM fitted
GROUP BY ALL
ORDER BY features, variant, split, fold, seed, part
