-- A row for each node: what is known of it without measuring, in the field's units, and the means of its measurement.
SELECT
  model,
  batch_size,
  length,
  node_id,
  parent_id,
  scope,
  type,
  level,
  nodes.measurement_id,
  num_parameters,
  batch_size::BIGINT * length AS input_size,
  flops / 1e6 AS flops_million,
  mem_bytes / 1048576 AS mem_mib,
  means.* EXCLUDE (measurement_id)
FROM nodes JOIN means ON means.measurement_id = nodes.measurement_id::VARCHAR
