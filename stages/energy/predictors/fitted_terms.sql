-- The terms of each part of a fold: the same for every seed.
SELECT features::VARCHAR AS features, variant::VARCHAR AS variant, split::VARCHAR AS split, fold::VARCHAR AS fold,
  part::VARCHAR AS part, position, any_value(term)::VARCHAR AS term
FROM fitted
GROUP BY ALL
ORDER BY features, variant, split, fold, part, position
