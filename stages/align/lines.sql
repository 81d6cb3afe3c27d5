-- Every line of the power log in order of time, with what is wrong with it. Power is real power where the meter tells
-- it, else V·I with the power factor where there is one, else the apparent power alone (check 12 labels it). Sorting is most
-- of align's work, so it is done here once: DuckDB keeps the order of rows, and OVER () takes them as they come.
CREATE TEMP TABLE lines AS
SELECT
  mono_us AS at_us,
  lag(mono_us) OVER () AS previous_us,
  current_a,
  coalesce(real_power_w, voltage_v * current_a * coalesce(power_factor, 1)) AS power_w,
  voltage_v * current_a AS apparent_va,
  real_power_w IS NOT NULL AS has_real_power,
  real_power_w IS NULL AND power_factor IS NOT NULL AS has_factor,
  NOT (
    coalesce(isfinite(power_w) AND power_w >= 0, false)
    AND coalesce(isfinite(voltage_v) AND voltage_v >= 0, true)
    AND coalesce(isfinite(current_a) AND current_a >= 0, true)
  ) AS invalid,
  coalesce(seq = lag(seq) OVER () OR mono_us = lag(mono_us) OVER (), false) AS repeated,
  coalesce(
    NOT repeated
    AND voltage_v IS NOT DISTINCT FROM lag(voltage_v) OVER ()
    AND current_a IS NOT DISTINCT FROM lag(current_a) OVER ()
    AND real_power_w IS NOT DISTINCT FROM lag(real_power_w) OVER (),
    false
  ) AS same_values,
  greatest(coalesce(seq - lag(seq) OVER () - 1, 0), 0) AS missing
FROM (FROM power ORDER BY mono_us, line)
