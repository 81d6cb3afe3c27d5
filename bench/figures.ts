/**
 * The figures that this project promises of itself, measured here and printed as a Markdown table: wall time and peak
 * memory of whole programs, and what they computed. `npm run bench` builds and runs it; nothing in the tests times
 * anything. Times are medians over a few runs on the machine it names; quote ratios where machines differ.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';

const program = join(packageRoot, 'dist', 'pipeline', 'main.js');

interface Measured {
  readonly wall_s: number;
  readonly peak_mib: number;
  readonly stdout: string;
}

/** How often a running program's memory is looked at. */
const look_ms = 20;

/** Peak resident memory of a live process so far, from the kernel's own high-water mark. */
function peakMib(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
  } catch {
    return 0;
  }
}

function measure(folder: string, args: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr, peak_mib] = ['', '', 0];
    const timer = setInterval(() => (peak_mib = Math.max(peak_mib, peakMib(child.pid!))), look_ms);
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`pipeline ${args.join(' ')} ended with ${code}:\n${stderr}`));
      else resolve({ wall_s: (performance.now() - started) / 1000, peak_mib, stdout });
    });
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function medianWall(times: number, work: () => Promise<Measured>): Promise<number> {
  const walls: number[] = [];
  for (let i = 0; i < times; i++) walls.push((await work()).wall_s);
  return median(walls);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-bench-'));
  cpSync(join(packageRoot, 'configs'), join(folder, 'configs'), { recursive: true });
  const config = 'configs/pc1.yaml';
  const whole = await measure(folder, ['run', config, '--json']);
  const { stages, source } = JSON.parse(whole.stdout) as {
    stages: Record<string, { seconds: number }>;
    source: { label: string };
  };
  const rows: [string, string, string][] = [
    [
      `\`pipeline run ${config}\`, nothing cached`,
      `${whole.wall_s.toFixed(1)} s, ${Math.round(whole.peak_mib)} MiB`,
      '≤ 60 s, 1.5 GB',
    ],
    [
      'the same with nothing stale',
      `${(await medianWall(5, () => measure(folder, ['run', config]))).toFixed(2)} s`,
      '≤ 0.5 s',
    ],
    ['`pipeline --help`', `${(await medianWall(9, () => measure(folder, ['--help']))).toFixed(3)} s`, '≤ 0.15 s'],
    [
      'report alone, all of it',
      `${(await medianWall(3, () => measure(folder, ['run', config, '--stage', 'report', '--force']))).toFixed(2)} s`,
      '≤ 3 s',
    ],
    [
      'align alone, 1.6 + 1.6 million lines',
      `${(await medianWall(3, () => measure(folder, ['run', config, '--stage', 'align', '--force']))).toFixed(2)} s`,
      '≤ 1.5 s',
    ],
    [
      'train alone, all predictors, 20 seeds',
      `${(await medianWall(1, () => measure(folder, ['run', config, '--stage', 'train', '--force']))).toFixed(1)} s`,
      '',
    ],
  ];
  console.log(`${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}; ${source.label}\n`);
  console.log('| what | here | promised |\n|---|---|---|');
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  console.log('\n| stage | seconds of work |\n|---|---|');
  for (const [name, { seconds }] of Object.entries(stages)) console.log(`| ${name} | ${seconds.toFixed(1)} |`);
  rmSync(folder, { recursive: true, force: true });
}

await main();
