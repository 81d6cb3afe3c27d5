-- Energy of every round by each edge rule, from what the lines of one instrument stand for: from_us to to_us at
-- power_w, the lines before and after at before_w and after_w. A hash join on buckets of 10 s; a line belongs to the
-- bucket of its end, so that a round looks one longest line beyond its own end (research/measuring.md 1.3). A round
-- that the lines do not cover from end to end has no energy: what was not seen is not filled.
WITH spans AS (
  SELECT *, unnest(range(start_us // 10_000_000, (end_us + $max_gap_us) // 10_000_000 + 1)) AS bucket
  FROM jobs
),
parts AS (
  SELECT
    id,
    end_us - start_us AS duration_us,
    power_w,
    apparent_va,
    to_us - from_us AS line_us,
    least(to_us, end_us) - greatest(from_us, start_us) AS inside_us,
    -- Load on one side of the edge, standby on the other: a window holds both, so the outside neighbour's part is
    -- taken away; an instant is wholly one or the other, so the inside neighbour's reaches to the edge.
    CASE
      WHEN NOT instant THEN power_w * line_us - CASE WHEN from_us < start_us THEN before_w * (start_us - from_us) ELSE 0 END
        - CASE WHEN to_us > end_us THEN after_w * (to_us - end_us) ELSE 0 END
      WHEN at_us <= start_us THEN after_w * inside_us
      WHEN at_us > end_us THEN before_w * inside_us
      ELSE power_w * inside_us
    END AS step_uj,
    at_us > start_us AND at_us <= end_us AS stamped
  FROM query_table($windows) JOIN spans ON to_us // 10_000_000 = bucket AND to_us > start_us AND from_us < end_us
  WHERE NOT gap
),
sums AS (
  SELECT
    id,
    duration_us,
    count(*) AS lines,
    sum(inside_us) AS covered_us,
    CASE WHEN count(*) = count(step_uj) THEN sum(step_uj) END AS step_uj,
    sum(power_w * inside_us) AS clip_uj,
    sum(power_w * line_us) FILTER (inside_us = line_us) / sum(line_us) FILTER (inside_us = line_us) AS interior_w,
    sum(apparent_va) FILTER (stamped) AS apparent_va
  FROM parts
  GROUP BY id, duration_us
)
SELECT
  id,
  lines,
  covered_us,
  CASE WHEN covered_us = duration_us THEN step_uj / 1e6 END AS step_j,
  CASE WHEN covered_us = duration_us THEN clip_uj / 1e6 END AS clip_j,
  CASE WHEN covered_us = duration_us THEN interior_w * duration_us / 1e6 END AS interior_j,
  CASE WHEN covered_us = duration_us THEN apparent_va * $period_us / 1e6 END AS vi_j
FROM sums
