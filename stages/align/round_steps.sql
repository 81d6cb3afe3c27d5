-- The rounds in order of time, for their edges.
SELECT start_us, end_us
FROM rounds
WHERE kind = 'round'
ORDER BY start_us
