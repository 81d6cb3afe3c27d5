-- The nodes as a simulated bench needs them, parents before their children.
SELECT batch_size, length, node_id, parent_id, type, level, measurement_id
FROM nodes
ORDER BY batch_size, length, node_id
