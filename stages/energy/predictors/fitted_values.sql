SELECT value
FROM fitted
ORDER BY features::VARCHAR, variant::VARCHAR, split::VARCHAR, fold::VARCHAR, coalesce(seed, -1), part::VARCHAR, position
