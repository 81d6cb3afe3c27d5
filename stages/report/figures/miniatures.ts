/** The 24 miniatures of BERT with their predicted energies, and the accuracies that their authors published. */
import { join } from 'node:path';
import { packageRoot } from '../../../pipeline/paths.js';
import { describeModel } from '../../energy/prediction/described_model.js';
import type { FittedBench } from '../../energy/prediction/fitted_bench.js';
import { overlapping, pareto, type Standing } from '../../energy/prediction/pareto.js';
import { readAccuracies } from '../../energy/prediction/pareto_accuracy.js';
import { predictModel, type PredictedTree } from '../../energy/prediction/predict_model.js';
import type { Workload } from '../../energy/tree/build.js';
import { shippedLibrary } from '../shipped.js';
import { accuraciesFile, miniatureNames } from './miniature_files.js';

export interface Miniature {
  readonly model: string;
  readonly layers: number;
  readonly hidden: number;
  readonly energyJ: number;
  readonly lowJ: number | null;
  readonly highJ: number | null;
  readonly latencyS: number | null;
  readonly extrapolatedBy: string | null;
  /** Null where its authors published none. */
  readonly accuracyPct: number | null;
  readonly accuracySource: string | null;
  readonly onFront: boolean | null;
  readonly standing: Standing | null;
}

export interface Miniatures {
  /** By energy. */
  readonly all: readonly Miniature[];
  /** One of the predictions, for what they have in common. */
  readonly example: PredictedTree;
  /** Pairs of positions whose intervals overlap. */
  readonly overlaps: readonly (readonly [number, number])[];
}

type Unjudged = Omit<Miniature, 'onFront' | 'standing'>;

/** In order of energy, each with its place. */
export function judge(miniatures: readonly Unjudged[]): Miniature[] {
  const sorted = [...miniatures].sort((a, b) => a.energyJ - b.energyJ);
  const judged = pareto(sorted);
  return sorted.map((one, i) => ({
    ...one,
    onFront: judged[i]?.onFront ?? null,
    standing: judged[i]?.standing ?? null,
  }));
}

export async function predictMiniatures(bench: FittedBench, workload: Workload): Promise<Miniatures> {
  const library = await shippedLibrary();
  const scores = await readAccuracies(join(packageRoot, accuraciesFile));
  const found: { one: Unjudged; tree: PredictedTree }[] = [];
  for (const name of miniatureNames()) {
    const model = await describeModel(name, library);
    const tree = await predictModel(bench, model, workload);
    const { wallJ, lowJ, highJ, latencyS, extrapolatedBy } = tree.root;
    const { layers, hidden } = model.sizes!.dimensions;
    const score = scores.get(name);
    const accuracy = { accuracyPct: score?.accuracyPct ?? null, accuracySource: score?.source ?? null };
    found.push({
      one: { model: name, layers, hidden, energyJ: wallJ, lowJ, highJ, latencyS, extrapolatedBy, ...accuracy },
      tree,
    });
  }
  const all = judge(found.map(({ one }) => one));
  return { all, example: found[0].tree, overlaps: overlapping(all) };
}
