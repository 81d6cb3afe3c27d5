-- What a session's logs are like as a whole.
WITH spacings AS (
  SELECT mono_us - lag(mono_us) OVER () AS spacing_us -- resources are stored in this order
  FROM resources
)
SELECT
  count(*) AS lines,
  count(*) FILTER (repeated) AS repeated,
  count(*) FILTER (same_values) AS same_values,
  count(*) FILTER (invalid) AS invalid,
  count(*) FILTER (has_real_power) AS real_power,
  count(*) FILTER (has_factor) AS with_factor,
  coalesce(sum(missing), 0) AS missing,
  min(at_us) AS first_us,
  max(at_us) AS last_us,
  quantile_disc(at_us - previous_us, 0.5) FILTER (NOT repeated) AS interval_us,
  max(current_a) FILTER (NOT invalid) AS peak_a,
  count(*) FILTER (NOT invalid AND current_a = (SELECT max(current_a) FILTER (NOT invalid) FROM lines)) AS at_peak,
  (SELECT quantile_disc(spacing_us, 0.5) FROM spacings) AS sample_us,
  (SELECT count(gpu_energy_uj) FROM resources) AS gpu_counters,
  (SELECT count(gpu_power_w) FROM resources) AS gpu_powers,
  (
    SELECT concat_ws(
      ', ',
      CASE WHEN count(cpu_busy_ticks) = 0 THEN 'cpu_pct' END,
      CASE WHEN count(mem_available_kib) = 0 THEN 'mem_pct' END,
      CASE WHEN count(gpu_pct) = 0 THEN 'gpu_pct' END,
      CASE WHEN count(gpu_mem_pct) = 0 THEN 'gpu_mem_pct' END,
      CASE WHEN count(gpu_clk_mhz) = 0 THEN 'gpu_clk_mhz' END,
      CASE WHEN count(gpu_mem_clk_mhz) = 0 THEN 'gpu_mem_clk_mhz' END,
      CASE WHEN count(gpu_energy_uj) + count(gpu_power_w) = 0 THEN 'gpu_j' END
    )
    FROM resources
  ) AS untold
FROM lines
