-- What the meter's log lacks in every round: lines missing by their numbers (taken as evenly spaced in the time that
-- they are missing from), lines with invalid values, and the longest silence. Few lines are concerned: no buckets.
CREATE TEMP TABLE losses AS
WITH lacks AS (
  SELECT host_us(previous_us) AS from_us, host_us(at_us) AS to_us, missing, invalid::INTEGER AS invalid, 0 AS silence_us
  FROM lines
  WHERE (missing > 0 OR invalid) AND previous_us IS NOT NULL
  UNION ALL
  SELECT host_us(before_us), host_us(at_us), 0, 0, at_us - before_us
  FROM windows
  WHERE at_us - before_us > $max_gap_us
),
placed AS (
  SELECT *, (to_us - from_us) / (missing + 1) AS spacing_us
  FROM lacks JOIN jobs ON to_us > start_us AND from_us < end_us
)
SELECT
  id,
  sum(greatest(
    least(missing, ceil((end_us - from_us) / spacing_us)) - greatest(0, floor((start_us - from_us) / spacing_us)),
    0
  )) AS lines_missing,
  sum(invalid) AS lines_invalid,
  max(silence_us) / 1e3 AS silence_ms
FROM placed
GROUP BY id
