/** What `profile` writes: the raw logs of a session, measured or replayed. Two clocks: the host's and the meter's. */
import { boolean, double, int32, int64, nullable, string, table } from '../../pipeline/table.js';

export const rounds = table(
  'rounds',
  'one uninterrupted repetition of a measurement, or one step of a sync burst',
  {
    session: string('the measuring campaign'),
    measurement_id: nullable(string('what was run; absent for a sync step')),
    kind: string('round or sync'),
    round: int32("1, 2, … of the measurement, or of the session's sync steps"),
    repeats: int64('runs back to back in the round; 1 for a sync step'),
    start_us: int64("start on the host's monotonic clock", 'µs'),
    end_us: int64("end on the host's monotonic clock", 'µs'),
    excluded_by: nullable(string('checks that left the round out when it was measured, by id')),
  },
  ['session', 'start_us'],
);

export const power = table(
  'power',
  "one line of the power meter, in order of arrival; stamps are the meter's clock",
  {
    line: int64('position in the log'),
    seq: nullable(int64('the number the meter gave the line')),
    mono_us: int64("end of the line's window on the meter's monotonic clock", 'µs'),
    utc_us: int64('the same as UTC', 'µs'),
    voltage_v: nullable(double('RMS voltage', 'V')),
    current_a: nullable(double('RMS current', 'A')),
    real_power_w: nullable(double('mean real power of the window', 'W')),
    power_factor: nullable(double('real over apparent power')),
  },
  ['line'],
);

export const resources = table(
  'resources',
  "one sample of the resource logger; stamps are the host's clock, values are of the period that ends there",
  {
    mono_us: int64("end of the period on the host's monotonic clock", 'µs'),
    cpu_busy_ticks: nullable(int64('ticks in which a hardware thread worked, since the start (100 Hz, all threads)')),
    cpu_total_ticks: nullable(int64('all ticks since the start')),
    mem_total_kib: nullable(int64('memory of the machine', 'KiB')),
    mem_available_kib: nullable(int64('memory available', 'KiB')),
    cpu_energy_uj: nullable(
      int64('energy of all CPU packages since the logger started (RAPL), where it may be read', 'µJ'),
    ),
    dram_energy_uj: nullable(int64('energy of their memory since the logger started (RAPL), where it is told', 'µJ')),
    gpu_pct: nullable(double('GPU utilisation', '%')),
    gpu_mem_pct: nullable(double("utilisation of the GPU's memory controller (NVML), Table 1's gm_usg", '%')),
    gpu_mem_used_kib: nullable(int64("the GPU's memory that is taken", 'KiB')),
    gpu_clk_mhz: nullable(double('clock of the streaming multiprocessors', 'MHz')),
    gpu_mem_clk_mhz: nullable(double("clock of the GPU's memory", 'MHz')),
    gpu_power_w: nullable(double('power of the GPU as its driver tells', 'W')),
    gpu_energy_uj: nullable(int64('energy counter of the GPU, where it has one', 'µJ')),
    gpu_temperature_c: nullable(double('temperature of the GPU', '°C')),
    throttle_bits: nullable(int64('NVML throttle reasons')),
  },
  ['mono_us'],
);

export const failures = table(
  'failures',
  'a measurement that the bench could not make: it has no rounds, and its nodes no energy',
  {
    session: string('the measuring campaign'),
    measurement_id: string('what could not be measured'),
    message: string('why'),
  },
  ['session', 'measurement_id'],
);

export const session = table(
  'session',
  'one measuring campaign: what is known of bench and instruments (null: not stated)',
  {
    session: string('the measuring campaign'),
    bench: string('the machine'),
    label: string('where its measurements come from'),
    started_utc_us: int64('first host stamp as UTC', 'µs'),
    first_us: int64("first host stamp on the host's monotonic clock", 'µs'),
    last_us: int64("last host stamp on the host's monotonic clock", 'µs'),
    cpu_threads: int32('hardware threads of the machine'),
    meter: nullable(string('the power meter; absent where there is none: nothing is known at the wall')),
    one_clock: boolean("true where the meter's lines are stamped by the host's own clock, as its owner states"),
    meter_kind: nullable(string('window (a line is the mean of its window) or instant')),
    meter_period_us: nullable(int64('nominal distance of its lines', 'µs')),
    meter_noisy: nullable(boolean("true where the meter's noise makes a repeated value improbable")),
    meter_range_a: nullable(double("end of the meter's current range", 'A')),
    meter_uncertainty_pct: nullable(double('stated standard uncertainty of a reading', '%')),
    mains_voltage_v: nullable(double('nominal mains voltage', 'V')),
    power_factor_source: nullable(string('measured, assumed, or absent: then power is in volt-amperes')),
    resource_period_us: int64('nominal distance of the resource samples', 'µs'),
    standby_w: nullable(double('standby power at the wall', 'W')),
    gpu_standby_w: nullable(double('standby power of the GPU, by its driver', 'W')),
  },
  ['session'],
);
