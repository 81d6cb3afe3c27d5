-- What each sample of the GPU's power stands for: the period that ended with it, on the host's clock. Power is the
-- difference of the energy counter where the GPU has one (µJ over µs are W), else what the driver tells. `resources` is
-- stored in order of time.
CREATE TEMP VIEW gpu_windows AS
SELECT
  mono_us AS at_us,
  lag(mono_us) OVER () AS from_us,
  mono_us AS to_us,
  CASE
    WHEN getvariable('gpu_counter') THEN (gpu_energy_uj - lag(gpu_energy_uj) OVER ()) / (at_us - from_us)
    ELSE gpu_power_w
  END AS power_w,
  lag(gpu_power_w) OVER () AS before_w,
  lead(gpu_power_w) OVER () AS after_w,
  NULL::DOUBLE AS apparent_va,
  false AS instant,
  to_us - from_us > getvariable('gpu_max_gap_us') OR power_w < 0 AS gap
FROM resources
WHERE CASE WHEN getvariable('gpu_counter') THEN gpu_energy_uj IS NOT NULL ELSE isfinite(gpu_power_w) AND gpu_power_w >= 0 END
QUALIFY from_us < at_us
