-- The logger's samples; what a replay cannot know is absent: counters of energy (RAPL was not read, Pascal has
-- none), memory taken on the GPU, temperature, reasons for throttling. Whole numbers travel as doubles (exact below 2^53).
SELECT
  mono_us::BIGINT AS mono_us,
  cpu_busy_ticks::BIGINT AS cpu_busy_ticks,
  cpu_total_ticks::BIGINT AS cpu_total_ticks,
  mem_total_kib::BIGINT AS mem_total_kib,
  mem_available_kib::BIGINT AS mem_available_kib,
  NULL::BIGINT AS cpu_energy_uj,
  NULL::BIGINT AS dram_energy_uj,
  gpu_pct,
  gpu_mem_pct,
  NULL::BIGINT AS gpu_mem_used_kib,
  gpu_clk_mhz,
  gpu_mem_clk_mhz,
  gpu_power_w,
  NULL::BIGINT AS gpu_energy_uj,
  NULL::DOUBLE AS gpu_temperature_c,
  NULL::BIGINT AS throttle_bits
FROM resources_log
