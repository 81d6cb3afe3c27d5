/** What `align` writes: the energy and resource means of every round, and the clock that joined the logs. */
import { boolean, double, int32, int64, nullable, string, table } from '../../pipeline/table.js';

export const measurements = table(
  'measurements',
  "one round of a measurement; energies, latency and means are of one run (the round's over its repeats)",
  {
    measurement_id: string('what was run'),
    session: string('the measuring campaign'),
    round: int32('1, 2, … of the measurement'),
    excluded: boolean('a check leaves this round out of the means'),
    excluded_by: nullable(string('the checks that do, by id')),
    repeats: int64('runs in the round'),
    wall_j: nullable(double('wall energy by the configured edge rule', 'J')),
    wall_step_j: nullable(double('wall energy, edges by the step rule', 'J')),
    wall_clip_j: nullable(double('wall energy, edge windows clipped in proportion', 'J')),
    wall_interior_j: nullable(double('wall energy, mean of the interior windows times duration', 'J')),
    wall_vi_j: nullable(double("the paper's Σ V·I over the lines in the round, each for its period (VA·s)", 'J')),
    gpu_j: nullable(double('GPU energy as its driver tells', 'J')),
    latency_s: double('time of one run', 's'),
    cpu_pct: nullable(double('CPU utilisation, of all hardware threads', '%')),
    mem_pct: nullable(double('memory in use', '%')),
    gpu_pct: nullable(double('GPU utilisation', '%')),
    gpu_mem_pct: nullable(double("utilisation of the GPU's memory controller", '%')),
    gpu_clk_mhz: nullable(double('clock of the streaming multiprocessors', 'MHz')),
    gpu_mem_clk_mhz: nullable(double("clock of the GPU's memory", 'MHz')),
    covered_s: nullable(double('part of the round that meter lines cover; absent without a meter', 's')),
    gap_s: nullable(double('part of the round in gaps of the meter; absent without one', 's')),
    lines: nullable(int32('meter lines that touch the round; absent without a meter')),
    lines_missing: nullable(int32('meter lines missing in the round, by their numbers; absent without a meter')),
  },
  ['session', 'measurement_id', 'round'],
);

export const clock = table(
  'clock',
  "the meter's clock against the host's in one session, estimated from the sync bursts",
  {
    session: string('the measuring campaign'),
    offset_s: double("meter minus host at the session's first host stamp", 's'),
    drift_ppm: double("how much faster the meter's clock runs", 'ppm'),
    residual_ms: double('median absolute deviation of the edges from the line', 'ms'),
    edges: int32('edges the line rests on'),
  },
  ['session'],
);
