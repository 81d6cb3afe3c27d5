-- The steps that the clock is found by, in order of time: those of the sync bursts, else the rounds.
SELECT start_us, end_us, measurement_id
FROM rounds
WHERE kind = CASE WHEN (SELECT count(*) FROM rounds WHERE kind = 'sync') > 0 THEN 'sync' ELSE 'round' END
ORDER BY start_us
