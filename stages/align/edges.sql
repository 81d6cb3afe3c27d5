-- When each sync edge happened on the meter's clock, to a fraction of a window. The edge is expected at expected_us;
-- the windows nearer to it than a margin hold the step, those between it and its neighbouring edges give the power
-- before and after. The energy above the power before, over the step, is the time between the edge and the end.
WITH spans AS (
  SELECT *, unnest(range(previous_us // 10_000_000, (next_us + $margin_us) // 10_000_000 + 1)) AS bucket
  FROM sync_edges
),
near AS (
  SELECT
    edge,
    host_us,
    from_us,
    to_us,
    at_us - windows.before_us AS spacing_us,
    power_w,
    to_us <= expected_us - $margin_us AS earlier,
    from_us >= expected_us + $margin_us AS later
  FROM windows JOIN spans
    ON to_us // 10_000_000 = bucket AND from_us >= previous_us + $margin_us AND to_us <= next_us - $margin_us
),
steps AS (
  SELECT
    edge,
    host_us,
    avg(power_w) FILTER (earlier) AS earlier_w,
    avg(power_w) FILTER (later) AS later_w,
    max(to_us) FILTER (NOT earlier AND NOT later) AS end_us,
    sum(to_us - from_us) FILTER (NOT earlier AND NOT later) AS span_us,
    sum(power_w * (to_us - from_us)) FILTER (NOT earlier AND NOT later) AS span_uj,
    max(spacing_us) FILTER (NOT earlier AND NOT later) AS spacing_us
  FROM near
  GROUP BY edge, host_us
)
SELECT
  host_us,
  end_us - (span_uj - earlier_w * span_us) / (later_w - earlier_w) AS meter_us
FROM steps
WHERE abs(later_w - earlier_w) >= $least_step * greatest(earlier_w, later_w) AND spacing_us <= $longest_spacing_us
  AND end_us - meter_us BETWEEN 0 AND span_us
ORDER BY edge
