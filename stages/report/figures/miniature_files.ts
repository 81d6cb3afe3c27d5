/** Which models the miniatures are, and the files that their figure rests on: known before anything is predicted. */
import { join } from 'node:path';
import { shippedFiles } from '../shipped.js';

/** Relative to the package. */
export const accuraciesFile = join('data', 'accuracy', 'sst2.csv');

const layers = [2, 4, 6, 8, 10, 12];
const hiddens = [128, 256, 512, 768];
/** Of the miniatures: 64 features a head. */
const headSize = 64;

/** All combinations, as their authors released them (Turc et al. 2019). */
export const miniatureNames = (): string[] =>
  layers.flatMap((L) => hiddens.map((H) => `google/bert_uncased_L-${L}_H-${H}_A-${H / headSize}`));

export const miniatureFiles = (): string[] => [accuraciesFile, ...shippedFiles('bert', miniatureNames())];
