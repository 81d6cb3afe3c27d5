-- Every round with its energies and means, of one run, and with what is known of its log. $edge is the rule of wall_j;
-- the GPU's joules follow it too, but for an energy counter, which is interpolated at the edges: that is clipping.
CREATE TEMP TABLE rounds_measured AS
SELECT
  jobs.*,
  CASE $edge WHEN 'step' THEN wall.step_j WHEN 'clip' THEN wall.clip_j ELSE wall.interior_j END / repeats AS wall_j,
  wall.step_j / repeats AS wall_step_j,
  wall.clip_j / repeats AS wall_clip_j,
  wall.interior_j / repeats AS wall_interior_j,
  wall.vi_j / repeats AS wall_vi_j,
  CASE $gpu_edge WHEN 'step' THEN gpu.step_j WHEN 'clip' THEN gpu.clip_j ELSE gpu.interior_j END / repeats AS gpu_j,
  (end_us - start_us) / 1e6 / repeats AS latency_s,
  cpu_pct,
  mem_pct,
  gpu_pct,
  gpu_mem_pct,
  gpu_clk_mhz,
  gpu_mem_clk_mhz,
  CASE WHEN $metered THEN coalesce(wall.covered_us, 0) / 1e6 END AS covered_s,
  CASE WHEN $metered THEN (end_us - start_us - coalesce(wall.covered_us, 0)) / 1e6 END AS gap_s,
  (end_us - start_us - coalesce(gpu.covered_us, 0)) / 1e6 AS gpu_gap_s,
  silence_ms,
  CASE WHEN $metered THEN coalesce(wall.lines, 0) END AS lines,
  CASE WHEN $metered THEN coalesce(lines_missing, 0) END AS lines_missing,
  CASE WHEN $metered THEN coalesce(lines_invalid, 0) END AS lines_invalid
FROM jobs
LEFT JOIN wall_energy AS wall USING (id)
LEFT JOIN gpu_energy AS gpu USING (id)
LEFT JOIN losses USING (id)
LEFT JOIN means USING (id)
