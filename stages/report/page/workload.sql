-- The workload that most models have a tree for; among those the wanted one, else the largest.
SELECT batch_size, length
FROM features
WHERE level = 'model'
GROUP BY batch_size, length
ORDER BY count(DISTINCT model) DESC, (batch_size = $batch_size AND length = $length) DESC, batch_size * length DESC, length DESC
LIMIT 1
