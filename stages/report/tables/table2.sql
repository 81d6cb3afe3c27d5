SELECT bench, meter, meter_kind, meter_period_us, resource_period_us, median(standby_w) AS standby_w
FROM session
GROUP BY ALL
ORDER BY ALL
LIMIT 1
