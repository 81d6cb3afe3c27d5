/** All of what crash.test.ts does a sample of. */
import { Random } from '../../stages/energy/random.js';
import { needs } from '../needs.js';
import type { TorturePart, TortureRow } from '../torture_part.js';
import { countOfExport, disturbedExport, exportBase } from './exports.js';
import { buildFaults, type Fault } from './faults.js';
import { inParallel } from './in_parallel.js';
import { limited, limitsHere } from './limits.js';
import { duration_ms, ended, signals, stages } from './moments.js';
import { countOperations, disturbed, scenarios } from './operations.js';
import { disturbedOutput, formats, wholeOutput } from './outputs.js';
import { sevenStages, toy, undisturbed } from './subject.js';
import { together } from './together.js';

const everyOperation: readonly Fault['what'][] = ['kill', 'ENOSPC', 'EIO', 'EROFS'];

/** Kills, and failures of the disk, at each write, fsync, rename, link, unlink and mkdir in turn. */
export const operations: TorturePart = {
  name: 'operations',
  async run(_, tell) {
    const library = buildFaults(needs('cc') ?? 'cc');
    const rows: TortureRow[] = [];
    for (const scenario of await scenarios()) {
      for (const what of everyOperation) {
        const count = await countOperations(library, scenario, what);
        const faults = Array.from({ length: count }, (_, i): Fault => ({ what, at: i + 1 }));
        const wrong = await inParallel(faults, (fault) => disturbed(library, scenario, fault));
        rows.push({ what: `${what} at every operation of ${scenario.name}`, tried: count, wrong: wrong.flat() });
        tell(`${scenario.name}: ${what} at each of ${count}`);
      }
    }
    return rows;
  },
};

/** Of each stage. */
const moments_n = 51;

export const moments: TorturePart = {
  name: 'moments',
  async run(seed, tell) {
    const expected = await undisturbed(sevenStages);
    const rows: TortureRow[] = [];
    for (const stage of stages) {
      const random = new Random('moments', stage, seed);
      const most_ms = await duration_ms(expected, stage);
      const wrong: string[] = [];
      for (let i = 0; i < moments_n; i++)
        wrong.push(...(await ended(expected, stage, signals[i % signals.length], most_ms, random)));
      rows.push({ what: `SIGKILL, SIGINT, SIGTERM at random moments of ${stage}`, tried: moments_n, wrong });
      tell(`${stage}: ${moments_n} moments of ${Math.round(most_ms)} ms`);
    }
    expected.remove();
    return rows;
  },
};

/** Every value of each limit. */
export const limits: TorturePart = {
  name: 'limits',
  async run(_, tell) {
    const expected = await undisturbed(toy);
    const rows: TortureRow[] = [];
    for (const limit of limitsHere()) {
      const found = await inParallel(limit.values, (value) => limited(limit, value, expected));
      const wrong = found.flatMap(([, problems]) => problems);
      rows.push({ what: `too little: ${limit.name}`, tried: limit.values.length, wrong });
      tell(`${limit.name}: ${limit.values.length} of ${limit.unit}`);
    }
    expected.remove();
    return rows;
  },
};

const meetings = 100;

/** Programs that meet at one run. */
export const meeting: TorturePart = {
  name: 'meeting',
  async run(seed, tell) {
    const expected = await undisturbed(toy);
    const wrong: string[] = [];
    for (let i = 0; i < meetings; i++) {
      const found = await together(expected, new Random('together', seed, i));
      wrong.push(...found.map((text) => `case ${i}: ${text}`));
      if (i % 10 === 9) tell(`${i + 1} of ${meetings}`);
    }
    expected.remove();
    return [{ what: 'two runs, clean and query at a run whose owner was killed', tried: meetings, wrong }];
  },
};

/** Kills, and failures of the disk, at each operation of `query --output`. */
export const outputs: TorturePart = {
  name: 'outputs',
  async run(_, tell) {
    const library = buildFaults(needs('cc') ?? 'cc');
    const base = await undisturbed(toy);
    const rows: TortureRow[] = [];
    for (const format of formats) {
      const wrong: string[] = [];
      let tried = 0;
      for (const what of everyOperation) {
        const { count, text } = await wholeOutput(library, base, format, what);
        for (let at = 1; at <= count; at++)
          wrong.push(...(await disturbedOutput(library, base, format, text, { what, at })));
        tried += count;
      }
      rows.push({ what: `kill, ENOSPC, EIO, EROFS at every operation of query --output, ${format}`, tried, wrong });
      tell(`${format}: ${tried}`);
    }
    base.remove();
    return rows;
  },
};

/** Kills, and failures of the disk, at each operation of `export`. */
export const exports: TorturePart = {
  name: 'exports',
  async run(_, tell) {
    const library = buildFaults(needs('cc') ?? 'cc');
    const { base, whole } = await exportBase();
    const rows: TortureRow[] = [];
    for (const what of everyOperation) {
      const count = await countOfExport(library, base, what);
      const faults = Array.from({ length: count }, (_, i): Fault => ({ what, at: i + 1 }));
      const wrong = await inParallel(faults, (fault) => disturbedExport(library, base, whole, fault));
      rows.push({ what: `${what} at every operation of export`, tried: count, wrong: wrong.flat() });
      tell(`${what} at each of ${count}`);
    }
    base.remove();
    return rows;
  },
};
