-- The true computation of each of the ordered nodes.
SELECT n.signature::VARCHAR AS signature
FROM ordered_nodes o JOIN nodes n USING (model, batch_size, length, node_id)
ORDER BY o.node
