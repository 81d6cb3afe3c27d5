-- Rows of workloads whose tree exists; measurements without a root belong to no tree.
WITH tree AS (
  SELECT DISTINCT model, batch_size, length FROM nodes WHERE level = 'model'
)
SELECT model,
       count(*) FILTER (level = 'ml')     AS ml,
       count(*) FILTER (level = 'module') AS module,
       count(*) FILTER (level = 'model')  AS trees,
       max(depth)                         AS depth,
       count(DISTINCT batch_size)         AS batch_sizes,
       count(DISTINCT length)             AS lengths
FROM nodes SEMI JOIN tree USING (model, batch_size, length)
GROUP BY model
ORDER BY model
