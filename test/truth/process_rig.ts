/**
 * A simulated PC around the real program: a pseudo-terminal that prints what the meter would see of the fake runner's
 * work, the real logger on a machine of files with a stub NVML, and the pipeline as a process that can be killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { checkSum } from '../../stages/energy/meters/emonlib.js';
import { hostClock_us } from '../../stages/energy/meters/host_clock.js';
import { Random } from '../../stages/energy/random.js';
import { BenchRig, smiGpu, type buildRig } from '../stages/commands/bench_rig.js';
import { Pty } from '../stages/energy/meters/pty.js';
import { fewSignatures, standby_w, tinyWorkload } from './truth.js';

/** How long everything takes on this bench, and how finely its meter prints. */
export interface Pace {
  readonly model: string;
  readonly meterPeriod_ms: number;
  readonly round: string;
  readonly rounds: number;
  readonly live: Readonly<Record<string, string | number>>;
  /** Of the shown watts. */
  readonly decimals: number;
  /** Of a line's power, relative standard deviation; share of the lines that are not printed. */
  readonly noise: number;
  readonly lost: number;
}

/** A round of 66 lines in two seconds: what a test can wait for. */
export const hasty: Pace = {
  model: fewSignatures,
  meterPeriod_ms: 30,
  round: '2 s',
  rounds: 3,
  live: { pause: '150 ms', warm_up: '100 ms', gate: '300 ms', patience: '2 min', lead: '300 ms', burst_scale: 0.1 },
  decimals: 6,
  noise: 0,
  lost: 0,
};

/** The meter of METHODS 6, and rounds of 62 lines: what `npm run truth` waits for. */
export const patient: Pace = {
  model: fewSignatures,
  meterPeriod_ms: 170,
  round: '10.6 s',
  rounds: 3,
  live: { pause: '1 s', warm_up: '500 ms', gate: '2 s', patience: '2 min', lead: '3 s', burst_scale: 0.4 },
  decimals: 2,
  noise: 0.003,
  lost: 0.001,
};

interface Step {
  readonly start_us: number;
  readonly end_us: number;
  readonly wall_w: number;
  readonly gpu_w: number;
  readonly gpu_pct: number;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

const mains_v = 120;
/** What the GPU draws while nothing runs, W. */
const idleGpu_w = 10;
const gpuFields = ['controller 0 41', 'sm 0 1500', 'memory_clock 0 4004', 'temperature 0 40', 'used 0 1048576', 'total 0 8388608']; // prettier-ignore

/** Meter and GPU are no work of the machine's: where that is permitted they go on however busy it is. */
function raise(): void {
  try {
    setPriority(process.pid, constants.priority.PRIORITY_HIGHEST);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
  }
}

export class ProcessRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'irene-truth-'));
  readonly run = 'truth';
  private readonly activity = join(this.folder, 'activity');
  private readonly bench: BenchRig;
  private readonly pty: Pty;
  private readonly steps: Step[] = [];
  private readonly random = new Random('meter', 1);
  private read = 0;
  private lines = 0;
  private ticks = 0;
  private first_us = 0;
  private timer: NodeJS.Timeout | undefined;
  private silent = false;
  private throttled = false;
  private shownGpu = '';
  /** Watts at a moment besides what the fake runner does; of a real runner, by its processor time. */
  besides: (from_us: number, to_us: number) => number = () => 0;
  /** What the pipeline is started with besides. */
  environment: NodeJS.ProcessEnv = {};
  /** What the pipeline said, over all of its starts. */
  said = '';

  constructor(
    built: ReturnType<typeof buildRig>,
    socat: string,
    private readonly pace: Pace,
    memory = 'nothing',
    private readonly device = 'cuda:0',
    pc: 'types' | 'twin' = 'types',
  ) {
    this.bench = new BenchRig(built);
    this.pty = new Pty(socat, join(this.folder, 'meter'));
    this.showGpu(undefined);
    const runner = join(packageRoot, 'dist', 'test', 'truth', 'fake_runner.js');
    const environment = `IRENE_TRUTH_ACTIVITY='${this.activity}' IRENE_TRUTH_MEMORY=${memory} IRENE_TRUTH_PC=${pc}`;
    process.env.IRENE_PYTHON = this.bench.script('python', `${environment} exec '${process.execPath}' '${runner}'`);
    writeFileSync(this.activity, '');
    writeFileSync(join(this.folder, 'bench.yaml'), this.configuration());
  }

  private configuration(): string {
    const { model, meterPeriod_ms, round, rounds, live } = this.pace;
    const { batch_size, length } = tinyWorkload;
    const { device } = this;
    const meter = `{ type: emonlib, port: ${this.pty.port}, period: ${meterPeriod_ms} ms, baud: 115200 }`;
    const waits = Object.entries(live).map(([key, value]) => `${key}: ${value}`).join(', '); // prettier-ignore
    return [
      `run: ${this.run}`,
      `bench: { source: [live], live: { machine: { name: simulated PC, threads: 20 }, meter: ${meter}, gpu: 0, device: ${device} } }`,
      `trace: { models: [${model}], batch_sizes: [${batch_size}], lengths: [${length}] }`,
      `profile: { round: ${round}, rounds: ${rounds}, live: { ${waits} } }`,
      'evaluate: { splits: [leave_family_out] }',
      `align: { max_gap: ${3.5 * meterPeriod_ms} ms }`,
      '',
    ].join('\n');
  }

  async plug(): Promise<void> {
    await this.pty.plug();
    raise();
    this.first_us = hostClock_us();
    this.lines = 0;
    this.timer = setInterval(() => this.pass(), 2);
  }

  async unplug(): Promise<void> {
    clearInterval(this.timer);
    await this.pty.unplug();
  }

  /** The meter hangs: it measures on, and prints nothing. */
  hang(silent: boolean): void {
    this.silent = silent;
  }

  throttle(on: boolean): void {
    this.throttled = on;
    this.showGpu(this.running());
  }

  /** What runs now, if anything does. */
  private running(): Step | undefined {
    const now_us = hostClock_us();
    return this.steps.findLast(({ start_us, end_us }) => start_us <= now_us && now_us < end_us);
  }

  /** The stub of NVIDIA's library tells what the runner does. */
  private showGpu(step: Step | undefined): void {
    const draws = [
      `power 0 ${Math.round(1e3 * (step?.gpu_w ?? idleGpu_w))}`,
      `gpu 0 ${Math.round(step?.gpu_pct ?? 0)}`,
    ];
    const fields = [...draws, ...gpuFields, `throttle 0 ${this.throttled ? 0x40 : 0}`];
    if (fields.join() === this.shownGpu) return;
    this.shownGpu = fields.join();
    this.bench.machine.gpus('gpus 1', ...fields.map((field) => `0 ${field}`));
  }

  /** NVIDIA's driver does not start. */
  driverHangs(): void {
    this.bench.machine.gpus('init 0 600000 deaf');
  }

  /** Another program on the GPU. */
  gpuUser(there: boolean): void {
    this.bench.smi({
      gpus: [smiGpu(0)],
      users: there ? ['GPU-00000000-0000-0000-0000-000000000000, 4711, another'] : [],
    });
  }

  /** Prints the lines that are due: each the exact mean of its window. */
  private pass(): void {
    const period_us = this.pace.meterPeriod_ms * 1e3;
    const now_us = hostClock_us();
    const ticks = Math.floor((now_us / 1e4) * 20);
    if (ticks - this.ticks > 100) this.bench.machine.cpu(1000, (this.ticks = ticks));
    for (let end_us = this.first_us + (this.lines + 1) * period_us; end_us <= now_us; end_us += period_us) {
      const text = this.line(this.lines++, end_us - period_us, end_us);
      if (!this.silent && this.random.uniform() >= this.pace.lost) this.pty.print(text);
    }
  }

  private line(seq: number, from_us: number, to_us: number): string {
    this.look();
    this.showGpu(this.running());
    let watts = standby_w + this.besides(from_us, to_us);
    for (const { start_us, end_us, wall_w } of this.steps.slice(-50)) {
      const overlap_us = Math.min(to_us, end_us) - Math.max(from_us, start_us);
      if (overlap_us > 0) watts += ((wall_w - standby_w) * overlap_us) / (to_us - from_us);
    }
    watts *= 1 + this.pace.noise * this.random.gaussian();
    const shown = watts.toFixed(this.pace.decimals);
    const body = `${seq} ${shown} ${shown} ${mains_v}.00 ${(watts / mains_v).toFixed(9)} 1.000 `;
    return `${body}*${checkSum(body)}\r\n`;
  }

  /** What the fake runner has begun. One that was killed draws no more. */
  private look(): void {
    const text = readFileSync(this.activity, 'latin1');
    const end = text.lastIndexOf('\n') + 1;
    for (const line of text.slice(this.read, end).split('\n')) {
      const [start_us, end_us, wall_w, gpu_w, gpu_pct] = line.split(' ').map(Number);
      if (line !== '') this.steps.push({ start_us, end_us, wall_w, gpu_w, gpu_pct });
    }
    this.read = end;
  }

  /** Starts the pipeline; resolves with its exit code, null where it was killed. */
  measure(...more: readonly string[]): Started {
    return this.start('run', 'bench.yaml', '--stage', 'featurize', ...more);
  }

  /** The same with any command. */
  start(...args: readonly string[]): Started {
    const program = join(packageRoot, 'dist', 'pipeline', 'main.js');
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...this.environment },
    });
    // The pipeline is not the rig: it gets no more of the machine than anybody.
    if (child.pid !== undefined) setPriority(child.pid, 0);
    child.stdout.on('data', (data: Buffer) => (this.said += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.said += data.toString()));
    return { child, ended: new Promise((resolve) => child.once('close', resolve)) };
  }

  get port(): string {
    return this.pty.port;
  }

  get session(): string {
    return join(this.folder, 'data', 'sessions', this.run, this.pace.model.replaceAll('/', '--'));
  }

  journal(): string {
    const file = join(this.session, 'journal.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  table(stage: string, name: string): string {
    return join(this.folder, 'data', 'runs', this.run, stage, name, '*.parquet');
  }

  async end(): Promise<void> {
    await this.unplug();
    this.bench.end();
  }
}

/** The process below another whose command line has these words; null where there is none. */
export function processBelow(parent: number, words: string): number | null {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const read = (pid: string, name: string): string => {
    try {
      return readFileSync(join('/proc', pid, name), 'latin1').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  };
  const parentOf = (pid: string): number => Number(/^PPid:\t(\d+)$/m.exec(read(pid, 'status'))?.[1]);
  const found = pids.find((pid) => parentOf(pid) === parent && read(pid, 'cmdline').includes(words));
  return found === undefined ? null : Number(found);
}
