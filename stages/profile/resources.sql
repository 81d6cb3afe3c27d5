-- The logger's samples; what a replay cannot know is absent: the counter of GPU energy (Pascal has none), temperature,
-- reasons for throttling. Whole numbers travel as doubles (exact below 2^53).
SELECT
  mono_us::BIGINT AS mono_us,
  cpu_busy_ticks::BIGINT AS cpu_busy_ticks,
  cpu_total_ticks::BIGINT AS cpu_total_ticks,
  mem_total_kib::BIGINT AS mem_total_kib,
  mem_available_kib::BIGINT AS mem_available_kib,
  gpu_pct,
  gpu_mem_pct,
  gpu_clk_mhz,
  gpu_mem_clk_mhz,
  gpu_power_w,
  NULL::BIGINT AS gpu_energy_uj,
  NULL::DOUBLE AS gpu_temperature_c,
  NULL::BIGINT AS throttle_bits
FROM resources_log
