-- A stamp of the meter's clock as the host's would have shown it: meter = host + offset + drift · (host − first stamp).
CREATE TEMP MACRO host_us(meter_us) AS round(
  getvariable('first_us')::DOUBLE
  + (meter_us - getvariable('first_us')::DOUBLE - getvariable('offset_us')::DOUBLE) / (1 + getvariable('drift')::DOUBLE)
)::BIGINT
