/** The shim of faults.c: counts what a program does to its files, and at one of those operations kills it or fails. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import type { Place } from './subject.js';

/** Everything that changes files. */
export const changes = 'wsmludo';

/** What a failure of the disk reaches: one that is full refuses no removal. */
export const kindsOf = (what: Fault['what']): string => (what === 'ENOSPC' ? 'wsmldo' : changes);

/** Builds the shim and returns its path. */
export function buildFaults(cc: string): string {
  const library = join(mkdtempSync(join(tmpdir(), 'pipeline-faults-')), 'faults.so');
  const source = join(packageRoot, 'test', 'crash', 'faults.c');
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  const { status, stderr } = spawnSync(cc, [...flags, '-o', library, source, '-ldl'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${cc} ended with ${status}:\n${stderr}`);
  return library;
}

export interface Fault {
  /** The operation it happens at, from 1; 0: never. */
  readonly at: number;
  readonly what: 'kill' | keyof typeof constants.errno;
  readonly kinds?: string;
}

/** The environment in which a program at that place meets the fault. */
export function faultAt(library: string, place: Place, { at, what, kinds = kindsOf(what) }: Fault): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: library,
    FAULTS_FOLDER: realpathSync(place.folder),
    FAULTS_KINDS: kinds,
    FAULTS_LOG: `${place.folder}.operations`,
    FAULTS_AT: String(at),
    FAULTS_DO: what === 'kill' ? what : String(constants.errno[what]),
  };
}

/** What the program has done at that place so far, a line each. */
export function operations(place: Place): string[] {
  const file = `${place.folder}.operations`;
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
