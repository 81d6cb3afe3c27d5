-- The nodes that a run log may name, and the measurement that stands for each.
SELECT DISTINCT batch_size, length, scope, type, level, measurement_id
FROM nodes
ORDER BY batch_size, length, scope, type
