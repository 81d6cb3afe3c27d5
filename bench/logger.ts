/** The resource logger beside one of psutil and CodeCarbon's tracker: all at once on one machine, for a minute. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../pipeline/paths.js';
import { median } from '../stages/energy/median.js';
import type { Bench, Row } from './bench.js';
import { environment, peersFolder, python } from './command.js';
import { digits, mebibytes, seconds } from './figures.js';

const native = join(packageRoot, 'native', 'logger');
const period_s = 0.17;
/** Start-up is not the logger's work: the first seconds are not counted. */
const starting_s = 8;
const window_s = 60;

/** Of the logs: a stamp of CLOCK_MONOTONIC in µs a sample. */
const stampsOf = {
  ours: (line: string) => (line.startsWith('host,') ? line.split(',')[2] : undefined),
  psutil: (line: string) => line.split(',')[0],
  CodeCarbon: (line: string) => line,
} as const;
type Name = keyof typeof stampsOf;
const names = Object.keys(stampsOf) as Name[];

/** Those of one thread: Linux counts its time to the nanosecond, that of a process with more in ticks of 10 ms. */
const oneThread: readonly Name[] = ['ours', 'psutil'];

function cpu_s(name: Name, pid: number): number {
  const path = `/proc/${pid}`;
  if (oneThread.includes(name)) return Number(readFileSync(join(path, 'schedstat'), 'utf8').split(' ')[0]) / 1e9;
  const [user, system] = readFileSync(join(path, 'stat'), 'utf8').split(') ')[1].split(' ').slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

const peak_mib = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

interface Logged {
  readonly cpu_pct: number;
  /** Processor time since it was started. */
  readonly cpu_s: number;
  readonly peak_mib: number;
  /** How much longer than the period it took from sample to sample, ms. */
  readonly late_ms: readonly number[];
  readonly samples: number;
}

/** What a log shows of the time that was counted. */
function read(name: Name, log: string, from_us: number, to_us: number): Pick<Logged, 'late_ms' | 'samples'> {
  const stamps = readFileSync(log, 'latin1')
    .split('\n')
    .map((line) => Number(stampsOf[name](line)))
    .filter((stamp_us) => stamp_us >= from_us && stamp_us < to_us);
  const late_ms = stamps.slice(1).map((stamp_us, i) => Math.max(0, (stamp_us - stamps[i]) / 1000 - 1000 * period_s));
  return { late_ms: late_ms.sort((a, b) => a - b), samples: stamps.length };
}

const monotonic_us = (): number => Number(process.hrtime.bigint() / 1000n);

async function watch(folder: string): Promise<Record<Name, Logged>> {
  const duration = String(starting_s + window_s + 5);
  const log = (name: Name): string => join(folder, `${name}.log`);
  const script = (file: string, name: Name) => [python, join(peersFolder, file), log(name), String(period_s), duration];
  const commands: Record<Name, string[]> = {
    ours: [join(native, 'build', 'irene-logger'), '--output', log('ours'), '--quiet', '--duration-s', duration],
    psutil: script('logger_psutil.py', 'psutil'),
    CodeCarbon: script('logger_codecarbon.py', 'CodeCarbon'),
  };
  const start = (name: Name): ChildProcess => {
    rmSync(log(name), { force: true });
    const [command, ...args] = commands[name];
    return spawn(command, args, { env: environment(), stdio: 'ignore' });
  };
  const children = names.map(start);
  const ends = children.map((child) => new Promise((resolve) => child.once('close', resolve)));
  await sleep(1000 * starting_s);
  const [from_us, before] = [monotonic_us(), names.map((name, i) => cpu_s(name, children[i].pid!))];
  await sleep(1000 * window_s);
  const [to_us, after] = [monotonic_us(), names.map((name, i) => cpu_s(name, children[i].pid!))];
  const peaks = children.map((child) => peak_mib(child.pid!));
  await Promise.all(ends);
  const logged = names.map((name, i) => {
    const cpu_pct = (100 * (after[i] - before[i])) / ((to_us - from_us) / 1e6);
    return [name, { cpu_pct, cpu_s: after[i], peak_mib: peaks[i], ...read(name, log(name), from_us, to_us) }];
  });
  return Object.fromEntries(logged) as Record<Name, Logged>;
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.ceil(share * sorted.length) - 1];

const text = ({ cpu_pct, peak_mib: mib, late_ms, samples }: Logged): string =>
  `${digits(cpu_pct)} % of a core, ${mib < 10 ? `${mib.toFixed(1)} MiB` : mebibytes(mib)}, late p50 ${digits(median(late_ms))} and p99 ${digits(at(late_ms, 0.99))} ms, ${samples} samples`;

export const logger: Bench = {
  name: 'logger',
  about: 'the C logger beside psutil and CodeCarbon: processor time, memory, lateness',
  peers: true,
  async run({ folder, say }) {
    const made = spawnSync('make', ['-C', native], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`make -C ${native} ended with ${made.status}:\n${made.stderr}`);
    say(`${starting_s + window_s} s of all three`);
    const logged = await watch(folder);
    const row = (name: Name): Row => {
      const ratio = logged[name].cpu_pct / logged.ours.cpu_pct;
      const judged = name === 'CodeCarbon';
      return {
        what: `a sample every ${1000 * period_s} ms for ${window_s} s`,
        ours: text(logged.ours),
        peer: name,
        theirs: text(logged[name]),
        ratio: `${digits(ratio)}× CPU (${digits(logged[name].cpu_s / logged.ours.cpu_s)}× with its start), ${digits(logged[name].peak_mib / logged.ours.peak_mib)}× memory`, // prettier-ignore
        target: judged ? 'CPU ≥ 50×' : '',
        met: judged ? ratio >= 50 : null,
      };
    };
    return {
      title: 'logger',
      rows: [row('psutil'), row('CodeCarbon')],
      notes: [
        `All at once, without a GPU; the first ${starting_s} s are not counted, but in what is said to be with the start: ${names.map((name) => `${name} ${seconds(logged[name].cpu_s)}`).join(', ')} of processor time. Late is how much more than the period passed since the sample before; ${Math.round(window_s / period_s)} samples are due.`, // prettier-ignore
      ],
    };
  },
};
