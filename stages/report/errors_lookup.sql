SELECT predictor, features, variant, level, model, weighting,
       n, seeds, mean_pct, seed_sd_pct, seed_min_pct, seed_max_pct, p50_pct, p95_pct, max_pct
FROM errors
WHERE split = 'leave_model_out' AND quantity = 'energy'
ORDER BY predictor, features, variant, level, model, weighting
