/**
 * One writer for a run: `data/runs/<run>/run.lock` names its owner. A dead owner's lock is taken over: on this host the
 * process is looked up, from another host its heartbeat (the file's time) must have stopped.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UnavailableError } from '../errors.js';
import { canonical } from './hash.js';

/** The owner touches its lock this often; an owner elsewhere that missed six beats is taken for dead. */
const heartbeat_ms = 10_000;
const deadAfter_ms = 6 * heartbeat_ms;

/** How often a lock that nobody living holds is tried for, while others try too. */
const attempts = 5;

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

/** The lock's time; long ago where it has just gone. */
const lastBeat_ms = (lockPath: string): number => statSync(lockPath, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function isAlive(owner: Owner, lockPath: string): boolean {
  if (owner.host !== hostname()) return Date.now() - lastBeat_ms(lockPath) < deadAfter_ms;
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
    // Somebody else's is there; or whoever holds the lock has just cleaned up the name we came with.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Takes a dead owner's lock over. Who holds the token looks again whether the owner is dead: it may have been replaced
 * by a living one since it was first looked at.
 */
function takeOver(path: string, owner: Owner): boolean {
  const token = `${path}.takeover.tmp`;
  if (!tryCreate(token, owner)) {
    const other = readOwner(token);
    if (!other || !isAlive(other, token)) rmSync(token, { force: true });
    return false;
  }
  try {
    if (livingOwner(path)) return false;
    rmSync(path, { force: true });
    return tryCreate(path, owner);
  } finally {
    rmSync(token, { force: true });
  }
}

function livingOwner(path: string): Owner | null {
  const owner = readOwner(path);
  return owner && isAlive(owner, path) ? owner : null;
}

const lockFile = (folder: string): string => join(folder, 'run.lock');

/** Who writes a run just now, in words; null where nobody does. */
export function writerOf(folder: string): string | null {
  const owner = livingOwner(lockFile(folder));
  return owner && `process ${owner.pid} on ${owner.host} (pipeline ${owner.command})`;
}

/** Takes the run's lock and returns what gives it back. Throws UnavailableError while somebody else holds it. */
export function lockRun(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = lockFile(folder);
  const command = process.argv.slice(2).join(' ');
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid), command };
  for (let attempt = 0; !tryCreate(path, owner) && !takeOver(path, owner); attempt++) {
    const writer = writerOf(folder);
    if (writer === null && attempt < attempts) continue;
    throw new UnavailableError(
      `${folder} is in use by ${writer ?? 'somebody who is just starting'}`,
      'wait for it or end it, then run again; or give this configuration another "run:" name',
    );
  }
  const isMine = () => canonical(readOwner(path)) === canonical(owner);
  const beat = setInterval(() => isMine() && utimesSync(path, new Date(), new Date()), heartbeat_ms);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (isMine()) rmSync(path, { force: true });
  };
}
