-- The rounds whose energy is wanted; sync steps only set the clock.
CREATE TEMP TABLE jobs AS
SELECT
  row_number() OVER (ORDER BY start_us, measurement_id, round) AS id,
  session,
  measurement_id,
  round,
  repeats,
  start_us,
  end_us,
  excluded_by AS left_out_by
FROM rounds
WHERE kind = 'round'
