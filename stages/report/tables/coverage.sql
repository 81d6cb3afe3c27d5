-- Of each method's intervals on each split: how many hold the measured energy, how wide they are, and how many of the
-- predictions lie beyond what was measured. Nodes count as often as they occur.
SELECT predictor::VARCHAR AS predictor, features::VARCHAR AS features, variant::VARCHAR AS variant,
       split::VARCHAR AS split, level::VARCHAR AS level,
       count(*)::INTEGER AS nodes,
       100 * avg((wall_j BETWEEN low_j AND high_j)::INTEGER) AS covered_pct,
       100 * avg((high_j - low_j) / 2 / abs(predicted_j)) AS half_width_pct,
       100 * avg(extrapolated::INTEGER) AS extrapolated_pct
FROM predictions
WHERE low_j IS NOT NULL AND high_j IS NOT NULL AND features <> 'resource_only'
GROUP BY ALL
ORDER BY ALL
