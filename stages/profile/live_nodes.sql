-- The nodes of a model in the order in which they are measured.
SELECT batch_size, length, scope, type, measurement_id, measured
FROM nodes
ORDER BY batch_size, length, node_id
