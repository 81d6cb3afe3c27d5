/**
 * What a run found wholly fresh, the next one may say again without opening a file: `fresh.json` in the run's folder has
 * the hash of the states (size, times, inode) of all that the finding rests on. Whatever is not exactly so is looked at anew.
 *
 * A file that changes while it is looked at, or twice within one tick of its clock, could be taken for what it no longer
 * is. So nothing is remembered unless all of it is older than the run that looked, by more than the coarsest clock's tick.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot, runFolder } from '../paths.js';
import { writeAtomically } from './atomic.js';
import { hashOf } from './hash.js';
import { sealed, unsealed } from './sealed.js';

/** FAT's times have steps of 2 s; those of other file systems are finer. */
const coarsestTick_ms = 2000;

/** A disk whose clock is further from ours, or a clock that was set meanwhile, does not tell what came first. */
const clocksAgree_ms = 1000;

/** Looking at more takes longer than the run would. */
const mostEntries = 20_000;

export const memoryFile = 'fresh.json';

/** What is said again. */
export interface Told {
  readonly run: string;
  readonly source: { readonly kind: string; readonly label: string };
  readonly left_out: readonly string[];
  readonly stages: Readonly<Record<string, { readonly fresh: number }>>;
}

/** What a run was called with. */
export interface Asked {
  readonly config: string;
  readonly set: readonly string[];
}

/** All that a finding rests on: files, folders with all below them, present or not; and variables of the environment. */
export interface Ground {
  readonly places: readonly string[];
  readonly variables: readonly string[];
}

interface Memory extends Ground {
  readonly asked: string;
  readonly state: string;
  readonly told: Told;
}

const keyOf = (asked: Asked): string =>
  hashOf('asked', { ...asked, folder: process.cwd(), program: packageRoot, node: process.version });

const otherRuns = [resolve('data', 'runs'), join(packageRoot, 'data', 'runs')];

/** What a run itself writes in its folder whenever it looks. */
const passing = ['run.lock', memoryFile];

class TooMany extends Error {}

/** The states of everything below the places as one hash, and when the latest of it changed. */
function stateOf(run: string, { places, variables }: Ground): { sha256: string; changed_ms: number } {
  const lines: string[] = [];
  let changed_ms = 0;
  const own = resolve(runFolder(run));
  const look = (path: string): void => {
    if (lines.length >= mostEntries) throw new TooMany();
    const state = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (path !== own && state) changed_ms = Math.max(changed_ms, Number(state.ctimeNs / 1_000_000n));
    if (!state?.isDirectory()) {
      lines.push(state ? `${path} ${state.size} ${state.mtimeNs} ${state.ctimeNs} ${state.ino} ${state.mode}` : path);
      return;
    }
    lines.push(`${path}/`);
    for (const name of readdirSync(path).sort()) {
      const below = join(path, name);
      if (!otherRuns.includes(below) && !(path === own && passing.includes(name))) look(below);
    }
  };
  for (const place of places) look(resolve(place));
  const values = variables.map((name) => [name, process.env[name] ?? null]);
  return { sha256: hashOf('state', { lines, values }), changed_ms };
}

const pathOf = (run: string): string => join(runFolder(run), memoryFile);

/** The name that the text most likely gives its run: where to look; the memory itself says whether it is of this text. */
const nameIn = (config: string): string | undefined =>
  /^run:\s*["']?([A-Za-z0-9][\w.-]*)/m.exec(readFileSync(config, 'utf8'))?.[1];

/** What a run told that found all fresh, if all it rests on is as it was and nobody writes the run; else null. */
export function recall(asked: Asked): Told | null {
  try {
    const run = nameIn(asked.config);
    if (run === undefined || !existsSync(pathOf(run)) || existsSync(join(runFolder(run), 'run.lock'))) return null;
    const found = unsealed('fresh', readFileSync(pathOf(run), 'utf8'));
    if ('reason' in found) return null;
    const memory = found.content as Memory;
    if (memory.asked !== keyOf(asked) || memory.told.run !== run) return null;
    return memory.state === stateOf(run, memory).sha256 ? memory.told : null;
  } catch {
    return null; // Whatever it is, the run itself tells it.
  }
}

/** Keeps what a run that began then has found all fresh, under its lock; nothing where a doubt is left, or where it cannot be written. */
export function remember(asked: Asked, told: Told, ground: Ground, began_ms = performance.timeOrigin): void {
  try {
    const places = [...new Set(ground.places.map((place) => resolve(place)))].sort();
    const { sha256, changed_ms } = stateOf(told.run, { ...ground, places });
    if (changed_ms >= began_ms - coarsestTick_ms) return;
    const memory: Memory = { asked: keyOf(asked), places, variables: ground.variables, state: sha256, told };
    const text = sealed('fresh', memory);
    const path = pathOf(told.run);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
    writeAtomically(path, text);
    const now_ms = performance.timeOrigin + performance.now();
    if (Math.abs(statSync(path).mtimeMs - now_ms) > clocksAgree_ms) rmSync(path);
  } catch {
    return; // The next run looks at everything again.
  }
}
