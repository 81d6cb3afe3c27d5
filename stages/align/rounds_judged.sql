-- What the checks look at, of every round.
SELECT
  id,
  measurement_id,
  round,
  repeats,
  start_us,
  end_us,
  wall_j,
  gpu_j,
  latency_s,
  gap_s,
  gpu_gap_s,
  silence_ms,
  lines,
  lines_missing,
  lines_invalid,
  left_out_by
FROM rounds_measured
ORDER BY id
