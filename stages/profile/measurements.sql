-- What is to be measured, in the order of the first node it stands for.
SELECT measurement_id
FROM nodes
WHERE measured
GROUP BY measurement_id
ORDER BY min(row(batch_size, length, node_id))
