/** A machine for native/logger that is made of files: /proc, RAPL's counters, GPUs of a stub NVML; and the logger on it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { type LoggerRecord, parseLoggerLine } from '../../stages/energy/benches/live/logger_line.js';

export const sources = join(packageRoot, 'native', 'logger');

/** What the Makefile makes, below its build folder. */
const targets = {
  /** As shipped, with sanitizers for memory and undefined behaviour, and with that for data races. */
  plain: 'irene-logger',
  checked: 'checked/irene-logger',
  races: 'races/irene-logger',
  unit: 'unit',
  fuzz: 'fuzz_replay',
  nvml: 'libnvidia-ml.so.1',
  allocations: 'allocations.so',
} as const;

export type Target = keyof typeof targets;

/** Makes some of it in a folder of this process alone; returns where each lies. */
export function build<Made extends Target>(make: string, ...made: readonly Made[]): Record<Made, string> {
  const folder = mkdtempSync(join(tmpdir(), 'irene-logger-build-'));
  const paths = Object.fromEntries(made.map((target) => [target, join(folder, targets[target])]));
  const args = ['-j2', '-C', sources, `BUILD=${folder}`, ...Object.values(paths)];
  const { status, stdout, stderr } = spawnSync(make, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`make ended with ${status}:\n${stdout}${stderr}`);
  return paths as Record<Made, string>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that may still run. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const children = new Set<ChildProcess>();

/** Kills what a failed test left running. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

export function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  children.add(child);
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, ended };
}

/** A GPU that supports everything, for `FakeMachine.gpus`; fields by name and NVML's return code. */
export function fullGpu(index: number): string[] {
  const fields = ['energy 0 5000', 'power 0 120500', 'gpu 0 97', 'controller 0 41', 'sm 0 1733', 'memory_clock 0 4004', 'temperature 0 66', 'used 0 1048576', 'total 0 8388608', 'throttle 0 4']; // prettier-ignore
  return fields.map((field) => `${index} ${field}`);
}

const bootId = '566cbb42-65c5-4b5d-b1e2-79e1333539e9';

export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'irene-logger-machine-'));
  readonly log = join(this.folder, 'resources.log');
  private readonly nvml = join(this.folder, 'nvml');

  constructor(private readonly built: Readonly<Record<'checked' | 'nvml', string>>) {
    this.cpu(1000, 9000);
    this.memory('MemTotal:       32000 kB\nMemFree:         100 kB\nMemAvailable:    24000 kB\n');
    this.write('proc/sys/kernel/random/boot_id', `${bootId}\n`);
    this.gpus('gpus 0');
  }

  /** A file below the machine's folder, written in place: whoever has it open sees it. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    // Not emptied first: whoever reads at that moment would find nothing.
    const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT);
    writeSync(fd, text);
    ftruncateSync(fd, Buffer.byteLength(text));
    closeSync(fd);
    return path;
  }

  /** Counters of user ticks and of idle ticks. */
  cpu(busy: number, idle: number): void {
    this.write('proc/stat', `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n`);
  }

  memory(text: string): void {
    this.write('proc/meminfo', text);
  }

  /** What the stub's GPUs do from now on (native/logger/test/nvml_stub.c has the grammar). */
  gpus(...lines: readonly string[]): void {
    renameSync(this.write('nvml.new', `${lines.join('\n')}\n`), this.nvml);
  }

  zone(folder: string, name: string, energy_uj: number, range_uj = 1_000_000): void {
    this.write(`rapl/${folder}/name`, `${name}\n`);
    this.write(`rapl/${folder}/energy_uj`, `${energy_uj}\n`);
    this.write(`rapl/${folder}/max_energy_range_uj`, `${range_uj}\n`);
  }

  /** Where the machine's files lie, for the logger. */
  get roots(): string[] {
    return ['--proc', join(this.folder, 'proc'), '--rapl', join(this.folder, 'rapl'), '--nvml', this.built.nvml];
  }

  /** Starts the logger on this machine, by default one that is checked by sanitizers. */
  start(args: readonly string[], program = this.built.checked, env: NodeJS.ProcessEnv = {}): Running {
    return start(program, [...this.roots, '--output', this.log, ...args], { IRENE_NVML_STUB: this.nvml, ...env });
  }

  run(args: readonly string[], program = this.built.checked, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, program, env).ended;
  }

  /** The good lines of its log so far. */
  records(): LoggerRecord[] {
    if (!existsSync(this.log)) return [];
    const lines = readFileSync(this.log, 'latin1').split('\n');
    return lines.flatMap((line) => parseLoggerLine(line) ?? []);
  }

  of<Kind extends LoggerRecord['kind']>(kind: Kind): Extract<LoggerRecord, { kind: Kind }>[] {
    return this.records().filter((record) => record.kind === kind) as Extract<LoggerRecord, { kind: Kind }>[];
  }

  /** Resolves as soon as the log is such; a log that never is fails the test by its limit. */
  async until(what: string, holds: (machine: this) => boolean): Promise<void> {
    const attempts = 2000;
    for (let i = 0; i < attempts; i++) {
      if (holds(this)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`the log never came to hold ${what}`);
  }
}
