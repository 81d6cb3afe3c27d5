-- Resource means of every round over the samples that lie wholly inside, each of the period that ended with it: the CPU
-- from the difference of its counters (a mean of ratios would weigh short samples too much), the others as means.
CREATE TEMP TABLE means AS
WITH spans AS (
  SELECT id, start_us, end_us, unnest(range(start_us // 10_000_000, end_us // 10_000_000 + 1)) AS bucket
  FROM jobs
),
samples AS (
  SELECT *, mono_us - $period_us >= start_us AS inside
  FROM resources JOIN spans ON mono_us // 10_000_000 = bucket AND mono_us BETWEEN start_us AND end_us
)
SELECT
  id,
  100 * (max(cpu_busy_ticks) - min(cpu_busy_ticks)) / nullif(max(cpu_total_ticks) - min(cpu_total_ticks), 0) AS cpu_pct,
  avg(100 * (mem_total_kib - mem_available_kib) / mem_total_kib) FILTER (inside) AS mem_pct,
  avg(gpu_pct) FILTER (inside) AS gpu_pct,
  avg(gpu_mem_pct) FILTER (inside) AS gpu_mem_pct,
  avg(gpu_clk_mhz) FILTER (inside) AS gpu_clk_mhz,
  avg(gpu_mem_clk_mhz) FILTER (inside) AS gpu_mem_clk_mhz
FROM samples
GROUP BY id
