-- The nodes in training order: models as configured ($models, one a line), then batch size, length, depth first.
-- Strings become numbers, so that they cross into typed arrays as a whole.
CREATE OR REPLACE TEMP TABLE ordered_nodes AS
SELECT
  (row_number() OVER trained - 1)::INTEGER AS node,
  (list_position(string_split($models, chr(10)), model) - 1)::INTEGER AS model_code,
  (dense_rank() OVER (ORDER BY type::VARCHAR) - 1)::INTEGER AS type_code,
  (dense_rank() OVER (ORDER BY scope::VARCHAR) - 1)::INTEGER AS scope_code,
  (dense_rank() OVER (ORDER BY measurement_id::VARCHAR) - 1)::INTEGER AS measurement_code,
  CASE level WHEN 'ml' THEN 0 WHEN 'module' THEN 1 ELSE 2 END AS level_code,
  coalesce(parent_id, -1) AS parent_code,
  *
FROM features
WHERE list_contains(string_split($models, chr(10)), model)
WINDOW trained AS (
  ORDER BY list_position(string_split($models, chr(10)), model), batch_size, length, node_id)
ORDER BY node
