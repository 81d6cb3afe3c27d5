-- The meter's lines; whole numbers travel as doubles (exact below 2^53).
SELECT
  line::BIGINT AS line,
  seq::BIGINT AS seq,
  mono_us::BIGINT AS mono_us,
  utc_us::BIGINT AS utc_us,
  voltage_v,
  current_a,
  real_power_w,
  power_factor
FROM power_log
