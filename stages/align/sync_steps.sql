-- The steps of the sync bursts, in order of time.
SELECT start_us, end_us
FROM rounds
WHERE kind = 'sync'
ORDER BY start_us
