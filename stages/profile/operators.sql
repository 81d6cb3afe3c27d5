-- The operators as a simulated bench needs them.
SELECT batch_size, length, node_id, operator, inputs, output, dtype, moved_bytes, kernels
FROM operators
ORDER BY batch_size, length, node_id, position
