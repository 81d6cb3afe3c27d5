/**
 * One writer for a run: `data/runs/<run>/run.lock` names its owner. A dead owner's lock is taken over: on this host the
 * process is looked up, from another host its heartbeat (the file's time) must have stopped.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UnavailableError } from '../errors.js';

/** The owner touches its lock this often; an owner elsewhere that missed six beats is taken for dead. */
const heartbeat_ms = 10_000;
const deadAfter_ms = 6 * heartbeat_ms;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with the same number; null where the system does not tell. */
  readonly started: string | null;
  readonly command: string;
}

/** Boot and start time of a process from /proc, null elsewhere or when it is gone. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}

function isAlive(owner: Owner, lockPath: string): boolean {
  if (owner.host !== hostname()) return Date.now() - statSync(lockPath).mtimeMs < deadAfter_ms;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return owner.started === null || owner.started === startOf(owner.pid);
}

function readOwner(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? owner : null;
  } catch {
    return null;
  }
}

function tryCreate(path: string, owner: Owner): boolean {
  const mine = `${path}.${owner.host}-${owner.pid}.tmp`;
  writeFileSync(mine, `${JSON.stringify(owner)}\n`);
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Removes a lock whose owner is dead or unreadable; of several that try only one succeeds. */
function breakLock(path: string): void {
  const aside = `${path}.${process.pid}.broken.tmp`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Takes the run's lock and returns what gives it back. Throws UnavailableError while somebody else holds it. */
export function lockRun(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'run.lock');
  const command = process.argv.slice(2).join(' ');
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid), command };
  for (let attempt = 0; !tryCreate(path, owner); attempt++) {
    const other = readOwner(path);
    if ((other && isAlive(other, path)) || attempt > 3) {
      throw new UnavailableError(
        `${folder} is in use by process ${other?.pid} on ${other?.host} (pipeline ${other?.command})`,
        'wait for it or end it, then run again; or give this configuration another "run:" name',
      );
    }
    breakLock(path);
  }
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), heartbeat_ms);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}
