/** What predictions are made with: what `train` has fitted, and the files that `calibrate` writes. */
import * as assert from 'uvu/assert';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder } from '../pipeline/folder.js';
import { csvOfPowers, ramp, simulatedPoints } from '../stages/energy/calibration/simulated_points.js';
import { runProgram } from '../stages/commands/run_program.js';
import type { Artefact } from './artefacts.js';
import { checkRefusal, type Bench } from './detected_and_repaired.js';
import { FolderCopy } from './folder_copy.js';

const configuration = `run: ours
bench: { source: [twin] }
trace: { models: [distilgpt2, gpt2, distilbert-base-uncased], batch_sizes: [8], lengths: [32, 64] }
profile: { round: 20 s, rounds: 3, instruments: ideal }
train: { predictors: [law], features: [all], seeds: 1 }
report: { tables: [table4] }
`;

/** A file that a user predicts with, and the commands that would use what it says. */
export interface PredictorFile {
  readonly kind: string;
  readonly file: string;
  readonly readers: readonly (readonly string[])[];
}

const size = ['--batch', '8', '--length', '48'];

export const predictorFiles: readonly PredictorFile[] = [
  {
    kind: 'predictors that calibrate fitted to a run',
    file: 'data/predictors/ours.yaml',
    readers: [
      ['predict', 'distilgpt2', ...size, '--on', 'ours'],
      ['what-if', 'distilgpt2', ...size, '--set', 'layers=3', '--on', 'ours'],
      ['compare', 'distilgpt2', 'gpt2', ...size, '--on', 'ours'],
    ],
  },
  {
    kind: 'bench that calibrate fitted to a table',
    file: 'data/benches/box.yaml',
    readers: [
      ['list', 'benches'],
      ['predict', 'distilgpt2', ...size, '--on', 'box', '--profile', 'profile.csv'],
    ],
  },
];

export interface FittedBench extends Bench {
  readonly artefacts: readonly Artefact[];
}

/** In a new working directory: a run of the twin that is up to date, and what calibrate makes of it and of a table. */
export async function fittedBench(): Promise<FittedBench> {
  freshFolder();
  writeFileSync('ours.yaml', configuration);
  const points = simulatedPoints({ eta: 1.046, restW: 99.9, gpuW: ramp(40, 12, 200), noisePct: 0.5 });
  writeFileSync('box.csv', csvOfPowers(points));
  writeFileSync('profile.csv', 'batch_size,length,latency_ms,gpu_j\n8,48,14.7,2.467\n');
  for (const argv of [
    ['run', 'ours.yaml', '--quiet'],
    ['calibrate', 'ours.yaml', '--name', 'ours'],
    ['calibrate', '--from', 'box.csv', '--map', 'wall_w=meter,gpu_w=nvml,group=model', '--name', 'box'],
    // Undamaged, they all end well.
    ...predictorFiles.flatMap(({ readers }) => readers),
  ]) {
    const { code, stderr } = await runProgram(...argv);
    assert.is(code, 0, stderr);
  }
  const folder = 'data/runs/ours/train/fitted';
  const [file] = readdirSync(folder).map((name) => join(folder, name));
  const repairs = { train: 1 };
  const artefacts = [
    { kind: 'what train fitted, asked by SQL', file, reader: ['query', 'ours.yaml', 'SELECT * FROM fitted'], repairs },
    { kind: 'what train fitted, read by evaluate', file, reader: ['run', 'ours.yaml', '--from', 'evaluate', '--jobs', '1'], repairs }, // prettier-ignore
  ];
  return { pipeline: runProgram, config: 'ours.yaml', copy: new FolderCopy(['data', 'reports']), artefacts };
}

/** `spoil` does it and tells what: whoever predicts with the file, one reader for each `i`, ends with 5 and names it. */
export async function checkPredictorFile({ file, readers, kind }: PredictorFile, i: number, spoil: () => string) {
  copyFileSync(file, 'as-calibrated.yaml');
  const what = `${kind}, ${spoil()}`;
  const reader = readers[i % readers.length];
  checkRefusal(await runProgram(...reader), file, `${what}: ${reader.join(' ')}`);
  copyFileSync('as-calibrated.yaml', file);
}
