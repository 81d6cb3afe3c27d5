/** Tells processes and machines from one another, for locks that outlive their owners. */
import { readFileSync, readlinkSync } from 'node:fs';

/** This boot of this machine, and which process numbers are seen here (a container has its own); null where /proc lacks. */
export const machine: string | null = (() => {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
})();

/** When a process of this machine started, in clock ticks since boot; null where it is gone, or /proc lacks. */
export function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, whoever has not yet asked how.
    return fields[0] === 'Z' ? null : fields[19];
  } catch {
    return null;
  }
}
