/** All of what corruption.test.ts and its neighbours do a sample of: 200 bits of each kind of file. */
import { Random } from '../../stages/energy/random.js';
import { freshFolder, pipeline, writeToy } from '../pipeline/folder.js';
import type { TorturePart, TortureRow } from '../torture_part.js';
import { toyArtefacts, type Artefact } from './artefacts.js';
import { checkDetected, checkDetectedAndRepaired, type Bench } from './detected_and_repaired.js';
import { checkPredictorFile, fittedBench, predictorFiles } from './fitted.js';
import { FolderCopy } from './folder_copy.js';
import { JournalBench } from './journal.js';
import { flipOneBit } from './spoil.js';

const flips = 200;

type Flip = (random: Random, i: number) => Promise<void>;

/** Does it with as many bits of one kind of file as are tried. */
async function flipped(kind: string, seed: number, flip: Flip): Promise<TortureRow> {
  const random = new Random('corruption', kind, seed);
  const wrong: string[] = [];
  for (let i = 0; i < flips; i++) await flip(random, i).catch((error: Error) => void wrong.push(error.message));
  return { what: `a flipped bit: ${kind}`, tried: flips, wrong };
}

const ofArtefact =
  (bench: Bench, artefact: Artefact): Flip =>
  (random) =>
    checkDetectedAndRepaired(bench, artefact, () => flipOneBit(artefact.file, random));

async function toyBench(): Promise<Bench> {
  freshFolder();
  writeToy('run: toy\nmake: { letters: [a, b], count: 50 }\n');
  await pipeline('run', 'toy.yaml');
  return { pipeline, config: 'toy.yaml', copy: new FolderCopy(['data', 'reports']) };
}

/** One in so many goes the long way too: by the commands, or to the repair, which the engine makes alike for every dataset. */
const longWay = 10;

type Each = (kind: string, flip: Flip) => Promise<void>;

/** A part that does it with each kind of file, one after another. */
const part = (name: string, flipEach: (each: Each) => Promise<void>): TorturePart => ({
  name,
  async run(seed, tell) {
    const rows: TortureRow[] = [];
    await flipEach(async (kind, flip) => {
      rows.push(await flipped(kind, seed, flip));
      tell(kind);
    });
    return rows;
  },
});

/** What the engine keeps of a run. */
export const corruption = part('corruption', async (each) => {
  const toy = await toyBench();
  for (const artefact of toyArtefacts) await each(artefact.kind, ofArtefact(toy, artefact));
});

/** What the science keeps: what was measured, and what was fitted. */
export const keptFiles = part('kept-files', async (each) => {
  const journal = await JournalBench.open();
  await each('journal of a finished session', (random, i) => journal.flippedAsFinished(random, i % longWay === 0));
  await each('journal of a killed session', (random, i) => journal.flippedAsKilled(random, i % longWay === 0));
  await journal.putBack();
  const fitted = await fittedBench();
  for (const one of predictorFiles)
    await each(one.kind, (random, i) => checkPredictorFile(one, i, () => flipOneBit(one.file, random)));
  for (const artefact of fitted.artefacts)
    await each(artefact.kind, async (random, i) => {
      const check = i % longWay === 0 ? checkDetectedAndRepaired : checkDetected;
      await check(fitted, artefact, () => flipOneBit(artefact.file, random));
    });
});
