SELECT model, batch_size, length, 100 * abs(predicted_j - wall_j) / wall_j AS error_pct
FROM predictions
WHERE level = 'model' AND predictor = 'end2end' AND features = 'all' AND variant = 'paper' AND split = 'leave_model_out'
ORDER BY error_pct, model, batch_size, length
