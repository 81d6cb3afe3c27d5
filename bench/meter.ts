/**
 * How late a meter's lines are stamped, and what the recorder costs, at the nominal rate, 10 and 100 times it: lines go
 * through a pseudo-terminal of socat to the recorder's process, whose stamps are compared with the moment before each
 * line was written (socat's forwarding is in it). Run `node dist/bench/meter.js [busy]` after a build; with `busy` twice
 * as many programs as there are cores compute beside it, and what plays the meter goes before them where permitted.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, constants, cpus, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostClock_us } from '../stages/energy/meters/host_clock.js';
import { readMeterLog } from '../stages/energy/meters/read_meter_log.js';
import { RecordedMeter } from '../stages/energy/meters/recorded_meter.js';
import { meterSettings } from '../stages/energy/meters/settings.js';
import { needs } from '../test/needs.js';
import { Pty } from '../test/stages/energy/meters/pty.js';

const socat = needs('socat');
if (!socat) process.exit(4);

/** The meter's side, a session of its own, is no part of what is measured. */
function goFirst(pid: number, session = true): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_HIGHEST);
    if (session) writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_HIGHEST));
  } catch {
    console.log('(not permitted to raise a priority: the delays of socat are in the figures)');
  }
}

const line = (seq: number): string => `${seq} 180.00 183.05 120.00 1.5254 0.983 \r\n`;

/** Linux counts a process's CPU time in ticks of 10 ms. */
function cpu_ms(pid: number): number {
  const [utime, stime] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
  return 10 * (Number(utime) + Number(stime));
}

const peak_mib = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

async function measured(every_ms: number, count: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'meter-bench-'));
  const [port, log] = [join(folder, 'port'), join(folder, 'log')];
  const pty = new Pty(socat!, port);
  await pty.plug();
  goFirst(pty.pid!);
  const meter = new RecordedMeter(meterSettings.parse({ type: 'emonlib', port, period: `${every_ms} ms` }), log);
  const written_us: number[] = [];
  const print = (): void => {
    written_us.push(hostClock_us());
    pty.print(line(written_us.length - 1));
  };
  const warming = setInterval(print, Math.max(20, every_ms));
  await meter.open();
  await sleep(1000);
  clearInterval(warming);
  const first = written_us.length;
  const before = [hostClock_us(), cpu_ms(meter.recorder!)];
  while (written_us.length < first + count) {
    const due = Math.floor((hostClock_us() - before[0]) / (1000 * every_ms));
    while (written_us.length < first + Math.min(due, count)) print();
    await sleep(Math.max(1, Math.floor(every_ms)));
  }
  await sleep(200);
  const spent = [hostClock_us() - before[0], cpu_ms(meter.recorder!) - before[1]];
  const memory = peak_mib(meter.recorder!);
  await meter.close();
  const { samples } = await readMeterLog(log);
  const late_us = samples
    .filter(({ reading }) => reading.seq! >= first)
    .map(({ mono_us, reading }) => mono_us - written_us[reading.seq!])
    .sort((a, b) => a - b);
  await pty.unplug();
  rmSync(folder, { recursive: true });
  const at = (share: number): string => (late_us[Math.ceil(share * late_us.length) - 1] / 1000).toFixed(2);
  const cpu_pct = (100 * spent[1]) / (spent[0] / 1000);
  return `| ${every_ms} | ${count} | ${count - late_us.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${cpu_pct.toFixed(2)} | ${memory.toFixed(0)} |`;
}

const busy = process.argv.includes('busy');
const load: ChildProcess[] = busy
  ? Array.from({ length: 2 * availableParallelism() }, () => spawn(process.execPath, ['-e', 'for (;;) Math.random()']))
  : [];
console.log(`${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}${busy ? `, ${load.length} programs computing` : ''}\n`); // prettier-ignore
console.log('| a line every ms | lines | lost | late p50 ms | p99 ms | max ms | CPU, % of a core | peak MiB |\n|---|---|---|---|---|---|---|---|'); // prettier-ignore
// The moment of writing is this program's: it must not wait between taking it and writing. Only now: children inherit it.
if (busy) goFirst(process.pid, false);
for (const [every_ms, count] of [[170, 150], [17, 1500], [1.7, 10_000]] as const) console.log(await measured(every_ms, count)); // prettier-ignore
for (const program of load) program.kill();
