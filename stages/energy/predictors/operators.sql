-- What the ordered nodes run themselves: of nodes of one computation the first's.
WITH first AS (
  SELECT n.signature::VARCHAR AS signature, min(o.node) AS node
  FROM ordered_nodes o JOIN nodes n USING (model, batch_size, length, node_id)
  GROUP BY n.signature::VARCHAR)
SELECT f.signature, p.operator::VARCHAR AS operator, p.inputs::VARCHAR AS inputs, p.output::VARCHAR AS output,
  p.dtype::VARCHAR AS dtype, p.moved_bytes, p.kernels
FROM first f
JOIN ordered_nodes o USING (node)
JOIN operators p USING (model, batch_size, length, node_id)
ORDER BY f.node, p.position
