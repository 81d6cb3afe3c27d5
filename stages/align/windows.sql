-- What each good line stands for, on the meter's clock: a window meter's line for the time since the line before (its
-- window, but for the few milliseconds it takes to print), an instant meter's for the time nearer to it than to its
-- neighbours. The first and the last line of the log have no neighbour and fall away. `lines` is in order of time.
CREATE TEMP TABLE windows AS
SELECT
  at_us,
  lag(at_us) OVER () AS before_us,
  lead(at_us) OVER () AS after_us,
  CASE WHEN $instant THEN (before_us + at_us) // 2 ELSE before_us END AS from_us,
  CASE WHEN $instant THEN (at_us + after_us) // 2 ELSE at_us END AS to_us,
  $instant::BOOLEAN AS instant,
  power_w,
  lag(power_w) OVER () AS before_w,
  lead(power_w) OVER () AS after_w,
  apparent_va,
  at_us - before_us > $max_gap_us OR ($instant AND after_us - at_us > $max_gap_us) AS gap
FROM lines
WHERE NOT repeated AND NOT invalid
QUALIFY before_us IS NOT NULL AND after_us IS NOT NULL
