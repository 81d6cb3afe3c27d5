/**
 * A simulated PC whose power is a known function of what its node runner does, with a clock of its own: a session of hours
 * passes in milliseconds. It has the face of a bench's instruments, and writes the logs that a real one would.
 *
 *     power of the wall = standby + (wall_w of the node − standby) while it runs;   energy of one run = wall_w · latency_s
 */
import { appendFileSync } from 'node:fs';
import { History } from '../../stages/energy/benches/live/history.js';
import type {
  GpuSample,
  HostSample,
  Instruments,
  PowerLine,
  Runner,
} from '../../stages/energy/benches/live/instruments.js';
import { NodeFailure, RunnerDied } from '../../stages/energy/benches/live/node_runner.js';
import type { GpuUser } from '../../stages/energy/benches/live/nvidia_smi.js';
import type { LoadedModel, Stamps } from '../../stages/energy/benches/live/runner_protocol.js';
import { checkSum } from '../../stages/energy/meters/emonlib.js';
import { entryLine, headerLine } from '../../stages/energy/meters/meter_log.js';
import type { Identity } from '../../stages/energy/meters/meter.js';
import { identityOf, meterSettings } from '../../stages/energy/meters/settings.js';
import { Random } from '../../stages/energy/random.js';
import { checkedLine } from './checked_line.js';
import { burstTruth, type NodeTruth, standby_w as usualStandby_w } from './truth.js';

export interface Imperfections {
  /** Of a line's power, relative standard deviation. */
  readonly noise: number;
  /** Mean of the exponential delay of a line, s. */
  readonly delay_s: number;
  /** Decimals of the printed watts. */
  readonly decimals: number;
  /** Share of the lines that are lost. */
  readonly lost: number;
}

export const ideal: Imperfections = { noise: 0, delay_s: 0, decimals: 9, lost: 0 };
/** METHODS 6's default column. */
export const ordinary: Imperfections = { noise: 0.003, delay_s: 0.0015, decimals: 2, lost: 0.001 };

/** Something that goes wrong from one moment to another, µs of the PC's clock. */
export interface Fault {
  readonly kind:
    'silence' | 'no_logger' | 'throttle' | 'power_cap' | 'idle_gpu' | 'user' | 'load' | 'draw' | 'heat' | 'hot_room';
  readonly from_us: number;
  readonly to_us: number;
}

export interface PcOptions {
  readonly nodes: LoadedModel['nodes'];
  readonly truth: (node: { readonly scope: string; readonly type: string; readonly node_id: number; readonly batch_size: number; readonly length: number }) => NodeTruth; // prettier-ignore
  readonly imperfections?: Imperfections;
  readonly seed?: number;
  /** Where its logs are written; none where it is not given. */
  readonly logs?: { readonly meter: string; readonly resources: string };
  readonly started_us?: number;
  readonly standby_w?: number;
  /** What the bench lacks; nothing unless it says so. */
  readonly lacks?: 'meter' | 'gpu';
}

const meterPeriod_us = 170_000;
const resourcePeriod_us = 170_000;
const idleGpu_w = 10;
const busyGpu_pct = 97;
const threads = 20;
const mains_v = 120;
const bootId = 'simulated';

interface Step extends NodeTruth {
  readonly start_us: number;
  readonly end_us: number;
}

export class SimulatedPc implements Instruments {
  readonly meter: Identity | null;
  readonly hasGpu: boolean;
  readonly resourcePeriod_us = resourcePeriod_us;
  readonly threads = threads;
  readonly power = new History<PowerLine>();
  readonly host = new History<HostSample>();
  readonly gpu = new History<GpuSample>();
  /** Everything that ran, for who wants to know. */
  readonly steps: Step[] = [];
  faults: readonly Fault[] = [];
  /** How often UTC was set, and by how much. */
  utcOffset_us = 1.6e15;
  /** Raised by each round before it begins, by its count: what a runner may do wrong. */
  failing: (round: number, node: { scope: string; type: string }) => Error | null = () => null;
  /** Called before each round and each wait with the clock: what a test does at a moment. */
  onTime: (now_us: number) => void = () => {};
  rounds = 0;
  runners = 0;
  synced = 0;
  readonly standby_w: number;
  private readonly first_us: number;
  private now: number;
  private lines = 0;
  private ticks = 0;
  private busy = 0;
  private energy_uj = 0;
  private readonly noise: Random;
  private readonly delay: Random;
  private readonly imperfections: Imperfections;

  constructor(private readonly options: PcOptions) {
    const { imperfections = ideal, seed = 1, started_us = 600e6, standby_w = usualStandby_w, logs, lacks } = options;
    this.imperfections = imperfections;
    this.standby_w = standby_w;
    this.first_us = this.now = started_us;
    this.noise = new Random(seed, 'noise');
    this.delay = new Random(seed, 'delay');
    const settings = meterSettings.parse({ type: 'emonlib', port: '/dev/simulated' });
    this.meter = lacks === 'meter' ? null : identityOf(settings);
    this.hasGpu = lacks !== 'gpu';
    if (!logs) return;
    if (this.meter) appendFileSync(logs.meter, headerLine({ settings, boot_id: bootId }));
    const run = ['run', started_us, started_us + this.utcOffset_us, bootId, resourcePeriod_us, threads, 100];
    appendFileSync(
      logs.resources,
      `#irene-logger,1\n${checkedLine(run)}${this.hasGpu ? checkedLine(['device', 0, 'GPU-0', 'Simulated', '1']) : ''}`,
    );
  }

  now_us(): number {
    return this.now;
  }

  async wait(seconds: number): Promise<void> {
    this.pass(this.now + Math.round(seconds * 1e6));
  }

  async gpuUsers(): Promise<readonly GpuUser[]> {
    return this.during('user', this.now) ? [{ uuid: 'GPU-0', pid: 4711, name: 'another' }] : [];
  }

  ownCpu_us(): number {
    return 0;
  }

  sync(): void {
    this.synced++;
  }

  async startRunner(): Promise<Runner> {
    this.runners++;
    return this.runner();
  }

  private during(kind: Fault['kind'], at_us: number): boolean {
    return this.faults.some((fault) => fault.kind === kind && at_us > fault.from_us && at_us <= fault.to_us);
  }

  /** Lets time pass, and the instruments tell what there was. */
  private pass(to_us: number): void {
    this.onTime(this.now);
    for (;;) {
      const line_us = this.first_us + (this.lines + 1) * meterPeriod_us;
      const tick_us = this.first_us + (this.ticks + 1) * resourcePeriod_us;
      if (Math.min(line_us, tick_us) > to_us) break;
      if (line_us <= tick_us) this.line(line_us);
      else this.tick(tick_us);
    }
    this.now = to_us;
  }

  /** Energy between two moments, µJ: of the wall above standby, or of the GPU above its idle power. */
  private load_uj(from_us: number, to_us: number, above: (step: Step) => number): number {
    let sum = 0;
    for (const step of this.steps.slice(-40)) {
      const overlap = Math.min(to_us, step.end_us) - Math.max(from_us, step.start_us);
      if (overlap > 0) sum += overlap * above(step);
    }
    return sum;
  }

  private line(end_us: number): void {
    const seq = this.lines++;
    if (!this.meter) return;
    const from_us = end_us - meterPeriod_us;
    const load_w = this.load_uj(from_us, end_us, ({ wall_w }) => wall_w - this.standby_w) / meterPeriod_us;
    const extra_w = this.during('draw', end_us) ? 5 : 0;
    const exact_w = this.standby_w + load_w + extra_w;
    const { noise, delay_s, decimals, lost } = this.imperfections;
    const watts = Number((exact_w * (1 + noise * this.noise.gaussian())).toFixed(decimals));
    const mono_us = Math.round(end_us + delay_s * 1e6 * this.delay.exponential());
    if (this.delay.uniform() < lost || this.during('silence', end_us)) return;
    this.power.push({ mono_us, seq, power_w: watts, current_a: watts / mains_v });
    const va = watts.toFixed(decimals);
    const body = `${seq} ${va} ${va} ${mains_v}.00 ${(watts / mains_v).toFixed(Math.max(3, decimals))} 1.000 `;
    const text = `${body}*${checkSum(body)}`;
    const { logs } = this.options;
    if (logs) appendFileSync(logs.meter, entryLine({ mono_us, utc_us: mono_us + this.utcOffset_us, mark: '=', text }));
  }

  private tick(end_us: number): void {
    const tick = this.ticks++;
    const from_us = end_us - resourcePeriod_us;
    const gpu_uj = idleGpu_w * resourcePeriod_us + this.load_uj(from_us, end_us, ({ gpu_w }) => gpu_w - idleGpu_w);
    this.energy_uj += gpu_uj;
    const total = Math.round(((tick + 1) * resourcePeriod_us * threads) / 1e4);
    this.busy += this.during('load', end_us) ? 10 : 0;
    if (this.during('no_logger', end_us)) return;
    const utc_us = end_us + this.utcOffset_us;
    const host = { mono_us: end_us, utc_us, raw_us: end_us, cpu_busy_ticks: this.busy, cpu_total_ticks: total };
    this.host.push(host);
    const bits = (this.during('throttle', end_us) ? 0x40 : 0) | (this.during('power_cap', end_us) ? 0x4 : 0) | (this.during('idle_gpu', end_us) ? 1 : 0); // prettier-ignore
    const gpu: GpuSample = {
      mono_us: end_us + 50,
      gpu_energy_uj: Math.round(this.energy_uj),
      gpu_power_mw: Math.round((gpu_uj / resourcePeriod_us) * 1000),
      gpu_clk_mhz: 1500,
      gpu_temperature_c: this.temperature_c(end_us),
      throttle_bits: bits,
    };
    if (this.hasGpu) this.gpu.push(gpu);
    const { logs } = this.options;
    if (!logs) return;
    const { gpu_energy_uj, gpu_power_mw, gpu_clk_mhz, gpu_temperature_c, throttle_bits } = gpu;
    const hostLine = ['host', tick, end_us, utc_us, end_us, this.busy, total, 32_000_000, 24_000_000, '', ''];
    const gpuLine = ['gpu', tick, 0, gpu.mono_us, 100, gpu_energy_uj, gpu_power_mw, this.gpu_pct(from_us), 41, gpu_clk_mhz, 4004, gpu_temperature_c, 1_000_000, 8_000_000, throttle_bits, '']; // prettier-ignore
    appendFileSync(logs.resources, checkedLine(hostLine) + (this.hasGpu ? checkedLine(gpuLine) : ''));
  }

  /** Of what runs on at the end of a period. */
  private gpu_pct(from_us: number): number {
    const last = this.steps.at(-1);
    return last && last.end_us > from_us ? Math.round(last.gpu_pct ?? busyGpu_pct) : busyGpu_pct;
  }

  /** 40 °C; cooling down to it, or standing still above it. */
  private temperature_c(at_us: number): number {
    const heat = this.faults.find(({ kind, from_us, to_us }) => kind === 'heat' && at_us > from_us && at_us <= to_us);
    if (heat) return 40 + Math.round((45 * (heat.to_us - at_us)) / (heat.to_us - heat.from_us));
    return this.during('hot_room', at_us) ? 70 : 40;
  }

  private run(load: NodeTruth, duration_us: number): Stamps {
    const [start_us, end_us] = [this.now, this.now + duration_us];
    this.steps.push({ ...load, start_us, end_us });
    this.pass(end_us);
    return { start_mono_us: start_us, start_utc_us: start_us + this.utcOffset_us, end_mono_us: end_us, end_utc_us: end_us + this.utcOffset_us }; // prettier-ignore
  }

  private runner(): Runner {
    const { nodes, truth } = this.options;
    let workload = { batch_size: 0, length: 0 };
    let node = nodes[0];
    let alive = true;
    const living = <Result>(work: () => Result): Promise<Result> => {
      if (!alive) return Promise.reject(new RunnerDied('killed by SIGKILL'));
      try {
        return Promise.resolve(work());
      } catch (error) {
        if (error instanceof RunnerDied) alive = false;
        return Promise.reject(error as Error);
      }
    };
    const fail = (): void => {
      const error = this.failing(this.rounds, node);
      if (error) throw error;
    };
    const current = (): NodeTruth => truth({ ...node, ...workload });
    return {
      hello: { protocol: 1, pid: 1, device: 'Simulated', torch: '0' },
      load: (_, asked) => living(() => ((workload = asked), { nodes, traced_on: 'cpu' as const, torch: '0' })),
      prepare: (id) =>
        living(() => {
          node = nodes[id];
          fail();
          return node;
        }),
      warmUp: (seconds) => living(() => (this.run(current(), Math.round(seconds * 1e6)), Math.ceil(seconds / current().latency_s - 1e-9))), // prettier-ignore
      calibrate: (round_s) => living(() => ({ repeats: Math.ceil(round_s / current().latency_s), latency_s: current().latency_s })), // prettier-ignore
      round: ({ repeats }) =>
        living(() => {
          this.rounds++;
          fail();
          return { repeats, ...this.run(current(), Math.round(repeats * current().latency_s * 1e6)) };
        }),
      burst: (steps) =>
        living(() =>
          steps.map(({ on_s, off_s }) => {
            const stamps = this.run(burstTruth, Math.round(on_s * 1e6));
            this.pass(this.now + Math.round(off_s * 1e6));
            return stamps;
          }),
        ),
      release: () => living(() => undefined),
      close: () => Promise.resolve(),
      kill: () => void (alive = false),
    };
  }
}

/** What a runner tells when it runs out of memory. */
export const outOfMemory = (): NodeFailure => new NodeFailure('out_of_memory', 'RuntimeError: CUDA out of memory');
