/**
 * A run that gets less than it needs: a small disk that is really full, few files open at a time, little memory. It
 * ends with one message, or where Node itself gives up is killed; all that has its final name is whole, and with enough
 * of everything it goes on.
 */
import { spawnSync } from 'node:child_process';
import type { Ended } from '../end_to_end/program.js';
import { needs } from '../needs.js';
import { messageProblems, problemsAfter } from './recovery.js';
import { halfWritten } from './operations.js';
import { Place, toy } from './subject.js';

export interface Limit {
  readonly name: string;
  /** Ascending, in `unit`: from where Node starts at all to where all is enough. */
  readonly values: readonly number[];
  readonly unit: string;
  readonly run: (place: Place, value: number) => Promise<Ended>;
  /** What is to be undone before the place is removed. */
  readonly end?: (place: Place) => void;
  /** Whether Node itself, which then has not come to our code or is out of it, may end the process with its own words. */
  readonly nodeMayGiveUp: boolean;
}

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/** One worker, so that nothing but the limit decides where it ends. */
const alone = ['--jobs', '1'];

function mount(...words: string[]): void {
  const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${words.join(' ')}: ${stderr}`);
}

/** A disk of so many KiB; afterwards it is as large as anybody could want. */
const disk: Limit = {
  name: 'a disk',
  unit: 'KiB',
  values: range(8, 128, 4),
  async run(place, value) {
    mount('-t', 'tmpfs', '-o', `size=${value}k`, 'tmpfs', place.folder);
    place.write(toy.config, toy.yaml);
    const ended = await place.run(alone);
    mount('-o', 'remount,size=64m', place.folder);
    return ended;
  },
  end: (place) => void spawnSync('umount', [place.folder]),
  nodeMayGiveUp: false,
};

/** Under a limit of the shell. */
const under =
  (flag: string): Limit['run'] =>
  (place, value) =>
    place.run(alone, {}, 'run', `ulimit ${flag} ${value};`);

const files: Limit = {
  name: 'files open at a time',
  unit: 'files',
  values: range(20, 240, 4),
  run: under('-n'),
  nodeMayGiveUp: false,
};

const GiB_kB = 1024 ** 2;

/** V8 reserves addresses by the GiB before it runs anything. */
const addresses: Limit = {
  name: 'addresses',
  unit: 'kB',
  values: range(GiB_kB, 14 * GiB_kB, GiB_kB / 8),
  run: under('-v'),
  nodeMayGiveUp: true,
};

const memory: Limit = {
  name: 'memory of its own',
  unit: 'kB',
  values: range(100_000, 400_000, 5_000),
  run: under('-d'),
  nodeMayGiveUp: true,
};

/** Those that can be set here. */
export const limitsHere = (): Limit[] => [files, addresses, memory, ...(needs('mount') ? [disk] : [])];

/** How it ended, and in sentences what is wrong with that. */
export async function limited(limit: Limit, value: number, expected: Place): Promise<[Ended, string[]]> {
  const place = new Place(toy);
  const ended = await limit.run(place, value);
  const gaveUp = limit.nodeMayGiveUp && (ended.code === null || /Fatal |FATAL |terminate called/.test(ended.stderr));
  const problems = gaveUp ? [] : messageProblems(ended, [0, 4]);
  problems.push(...halfWritten(place, { base: null, expected }), ...(await problemsAfter(place, expected)));
  limit.end?.(place);
  place.remove();
  return [ended, problems.map((text) => `${value} ${limit.unit}: ${text}`)];
}
