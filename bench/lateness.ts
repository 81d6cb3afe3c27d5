/**
 * How late the resource logger's samples are, with what it is permitted and as an ordinary program, both at the same time:
 * `node dist/bench/lateness.js [SECONDS] [busy]` after a build; with `busy` twice as many programs as there are cores
 * compute beside them.
 */
import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';
import { type LoggerRecord, parseLoggerLine } from '../stages/energy/benches/live/logger_line.js';

const native = join(packageRoot, 'native', 'logger');
const program = join(native, 'build', 'irene-logger');
const kinds = { 'as permitted': [], ordinary: ['--ordinary'] } as const;

const words = process.argv.slice(2);
const busy = words.includes('busy');
const duration_s = words.find((word) => Number(word) > 0) ?? '300';

const made = spawnSync('make', ['-C', native], { encoding: 'utf8' });
if (made.status !== 0) throw new Error(`make -C ${native} ended with ${made.status}:\n${made.stderr}`);
const folder = mkdtempSync(join(tmpdir(), 'lateness-'));
const load: ChildProcess[] = busy
  ? Array.from({ length: 2 * availableParallelism() }, () => spawn(process.execPath, ['-e', 'for (;;) Math.random()']))
  : [];

async function measured(kind: keyof typeof kinds): Promise<string> {
  const log = join(folder, `${kind}.log`);
  // A session of its own, as the pipeline starts it.
  const options: SpawnOptions = { detached: true, stdio: ['ignore', 'ignore', 'inherit'] };
  const child = spawn(program, ['--output', log, '--quiet', '--duration-s', duration_s, ...kinds[kind]], options);
  await new Promise((resolve) => child.once('close', resolve));
  const records = readFileSync(log, 'latin1').split('\n').map(parseLoggerLine);
  const of = <K extends LoggerRecord['kind']>(kind: K) => records.find((record) => record?.kind === kind) as Extract<LoggerRecord, { kind: K }>; // prettier-ignore
  const [run, end, { policy, priority, memory_locked }] = [of('run'), of('end'), of('scheduling')];
  const how = `${policy} ${priority}, memory ${memory_locked ? '' : 'not '}locked`;
  const late = [end.late_p50_us, end.late_p99_us, end.late_max_us].map((us) => (us / 1000).toFixed(3));
  const cpu_pct = ((100 * end.cpu_us) / (end.mono_us - run.first_us)).toFixed(3);
  const memory_mib = ((end.peak_rss_kib ?? NaN) / 1024).toFixed(1);
  return `| ${kind}: ${how} | ${end.ticks} | ${end.missed_ticks} | ${late.join(' | ')} | ${cpu_pct} | ${memory_mib} |`;
}

console.log(
  `${cpus()[0].model}, ${availableParallelism()} cores${busy ? `, ${load.length} programs computing` : ''}\n`,
);
console.log('| | samples | missed | late p50 ms | p99 ms | max ms | CPU, % of a core | peak MiB |\n|---|---|---|---|---|---|---|---|'); // prettier-ignore
for (const row of await Promise.all((Object.keys(kinds) as (keyof typeof kinds)[]).map(measured))) console.log(row);
for (const program of load) program.kill();
rmSync(folder, { recursive: true });
