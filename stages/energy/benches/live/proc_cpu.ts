/** Processor time by /proc: of the whole machine, and of single processes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ticks since boot, of all threads; busy is neither idle nor waiting for a disk, as native/logger counts it. */
export interface CpuTicks {
  readonly busy: number;
  readonly total: number;
}

/** Null where there is no such file. */
export function cpuTicks(proc = '/proc'): CpuTicks | null {
  const line = /^cpu +(.*)$/m.exec(read(join(proc, 'stat')) ?? '')?.[1];
  if (line === undefined) return null;
  const [user, nice, system, idle, iowait, ...rest] = line.split(' ').map(Number);
  // Guests' ticks, the last two, are in user and nice already.
  const others = rest.slice(0, 3).reduce((sum, ticks) => sum + ticks, 0);
  const busy = user + nice + system + others;
  return { busy, total: busy + idle + iowait };
}

/** Processor time of a process so far, µs, over all threads that it has; null where it is gone or Linux does not tell. */
export function processCpu_us(pid: number, proc = '/proc'): number | null {
  const threads = join(proc, String(pid), 'task');
  const times = names(threads).map((thread) => {
    const nanoseconds = read(join(threads, thread, 'schedstat'))?.split(' ')[0];
    return Number(nanoseconds ?? NaN) / 1e3;
  });
  const sum = times.reduce((total, time) => total + time, 0);
  return times.length > 0 && Number.isFinite(sum) ? sum : null;
}

/** Greatest resident memory of a process, KiB; null where it is gone. */
export function peakMemory_kib(pid: number, proc = '/proc'): number | null {
  const line = /^VmHWM:\s*(\d+) kB$/m.exec(read(join(proc, String(pid), 'status')) ?? '')?.[1];
  return line === undefined ? null : Number(line);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
