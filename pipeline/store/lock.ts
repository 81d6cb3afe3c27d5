/**
 * One writer for a run: `data/runs/<run>/run.lock` names its owner. A dead owner's lock is taken over: on this machine the
 * process is looked up, from another machine its heartbeat (the file's time) must have stopped.
 *
 * A lock appears by a link and thus whole, and only who has the right to may remove it: its owner, or, of a dead owner,
 * who holds the claim named after exactly that owner's text. A claim is such a lock again. Whoever comes late with an old
 * look at the lock gets a claim to a text that is no longer there, and removes nothing.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { IntegrityError, UnavailableError } from '../errors.js';
import { withFile } from '../system_problem.js';
import { discard, writeAtomically } from './atomic.js';
import { hashOf } from './hash.js';
import { machine, startOf } from './process_identity.js';
import { temporaryName } from './temporary_name.js';

/** The owner touches its lock this often; an owner elsewhere that missed six beats is taken for dead. */
const heartbeat_ms = 10_000;
const deadAfter_ms = 6 * heartbeat_ms;

/** How often, and how far apart, a lock that nobody living holds is tried for while others try too. */
const attempts = 50;
const attemptEvery_ms = 20;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Processes of one machine see each other; null where the system does not tell. */
  readonly machine: string | null;
  /** Tells a process from a later one with the same number; null where the system does not tell. */
  readonly started: string | null;
  readonly command: string;
  /** No two locks have the same text. */
  readonly once: string;
}

/** What a lock holds: its text, and its owner if the text is as it was written. */
interface Held {
  readonly text: string;
  readonly owner: Owner | null;
}

const textOf = (owner: Owner): string => `${JSON.stringify({ ...owner, sha256: hashOf('lock', owner) })}\n`;

/** Null where there is no lock. */
function readLock(path: string): Held | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { sha256, ...owner } = JSON.parse(text) as Owner & { sha256: string };
    return { text, owner: hashOf('lock', owner) === sha256 ? owner : null };
  } catch {
    return { text, owner: null };
  }
}

/** The present by the clock that gives the folder's files their times: on a shared folder, that of its server. */
function now_ms(folder: string): number {
  const probe = temporaryName(join(folder, 'now'));
  try {
    writeFileSync(probe, '');
    const { mtimeMs } = statSync(probe);
    rmSync(probe, { force: true });
    return mtimeMs;
  } catch {
    return Date.now(); // A folder that may only be read.
  }
}

/** Whether the lock was touched of late; not so where it has just gone. */
function beats(path: string): boolean {
  const beat_ms = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return now_ms(dirname(path)) - beat_ms < deadAfter_ms;
}

/** An owner that cannot be read, or looked up, lives while its heart beats. */
function isAlive({ owner }: Held, path: string): boolean {
  if (!owner || owner.machine !== machine || (machine === null && owner.host !== hostname())) return beats(path);
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return owner.started === null || owner.started === startOf(owner.pid);
}

function tryCreate(path: string, text: string): boolean {
  const mine = temporaryName(path);
  try {
    withFile(path, () => writeFileSync(mine, text));
    linkSync(mine, path);
    return true;
  } catch (error) {
    // Somebody else's is there; or whoever holds the lock has just cleaned up the name we came with. Over a network an
    // answer may get lost and the link be there all the same.
    if (!['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return statSync(mine, { throwIfNoEntry: false })?.nlink === 2;
  } finally {
    discard(mine);
  }
}

/** The right to remove the lock that has this text. */
const claimTo = (path: string, text: string): string => `${path}.${hashOf('claim', text).slice(0, 12)}.tmp`;

/** Takes a lock that is free or of a dead owner. */
function acquire(path: string, text: string): boolean {
  if (tryCreate(path, text)) return true;
  const held = readLock(path);
  if (!held || isAlive(held, path)) return false;
  const claim = claimTo(path, held.text);
  if (!acquire(claim, text)) return false;
  try {
    if (readLock(path)?.text === held.text) rmSync(path, { force: true });
    return tryCreate(path, text);
  } finally {
    rmSync(claim, { force: true });
  }
}

const lockFile = (folder: string): string => join(folder, 'run.lock');

const wordsOf = ({ pid, host, command }: Owner): string => `process ${pid} on ${host} (pipeline ${command})`;

/** Who writes a run just now, in words; null where nobody does. */
export function writerOf(folder: string): string | null {
  const path = lockFile(folder);
  const held = readLock(path);
  if (!held || !isAlive(held, path)) return null;
  return held.owner ? wordsOf(held.owner) : 'somebody whose lock is damaged';
}

/** Why the lock cannot be had now. */
function refusal(folder: string): Error {
  const path = lockFile(folder);
  const held = readLock(path);
  if (held && !held.owner && isAlive(held, path)) {
    const reason = `it does not say who works in ${folder}`;
    const hint = `run again in ${deadAfter_ms / 1000} s: if nobody has touched it by then, nobody works there`;
    return new IntegrityError(path, 'lock', reason, hint);
  }
  return new UnavailableError(
    `${folder} is in use by ${writerOf(folder) ?? 'somebody who is just starting'}`,
    'wait for it or end it, then run again; or give this configuration another "run:" name',
  );
}

const pause = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

export interface RunLock {
  /** False where somebody took it over because this process stood still for long, or where it was removed. */
  readonly isMine: () => boolean;
  readonly release: () => void;
}

/** Takes the run's lock. Throws UnavailableError while somebody else holds it. `lost` is called when it is no longer ours. */
export function lockRun(folder: string, lost: (error: Error) => void = () => {}): RunLock {
  const path = lockFile(folder);
  const command = process.argv.slice(2).join(' ');
  const { pid } = process;
  const text = textOf({ pid, host: hostname(), machine, started: startOf(pid), command, once: randomUUID() });
  // Who cleans a run may remove the folder that we have just made.
  const attempt = (): boolean => {
    mkdirSync(folder, { recursive: true });
    return acquire(path, text);
  };
  for (let tried = 1; !attempt(); tried++) {
    if (writerOf(folder) !== null || tried === attempts) throw refusal(folder);
    pause(attemptEvery_ms);
  }
  const isMine = () => readLock(path)?.text === text;
  const beat = () => {
    try {
      const now = new Date(now_ms(folder));
      if (isMine()) return utimesSync(path, now, now);
      // Nobody takes a lock that says nothing while it beats: it is ours, and was damaged.
      if (readLock(path)?.owner === null) return writeAtomically(path, text);
    } catch {
      return; // A disk that fails for a moment: the next beat tries again.
    }
    clearInterval(timer);
    lost(new UnavailableError(`${folder} was taken over by ${writerOf(folder) ?? 'somebody'} while this process stood still`)); // prettier-ignore
  };
  const timer = setInterval(beat, heartbeat_ms);
  timer.unref();
  const release = () => {
    clearInterval(timer);
    if (isMine()) rmSync(path, { force: true });
  };
  return { isMine, release };
}
