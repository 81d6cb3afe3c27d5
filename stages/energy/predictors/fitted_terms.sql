-- The terms of each part: the same for every fold, seed, variant and split.
SELECT features::VARCHAR AS features, part::VARCHAR AS part, position, any_value(term)::VARCHAR AS term
FROM fitted
GROUP BY ALL
ORDER BY features, part, position
