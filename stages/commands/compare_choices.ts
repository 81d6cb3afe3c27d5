/** What `compare` compares: choices with their energies, which of them are worth making, and what differs. */
import { overlapping, pareto, type Choice, type Judged } from '../energy/prediction/pareto.js';
import { difference, toldApart, type Compared, type Difference } from '../energy/prediction/difference.js';
import { energiesPer, perOf, type Per } from '../energy/prediction/difference_per_input.js';
import type { PredictedTree } from '../energy/prediction/predict_model.js';

export interface ComparedChoice extends Choice {
  /** As printed, from 1. */
  readonly number: number;
  /** As predicted, for a batch. */
  readonly tree: PredictedTree;
  /** Its place among those with an accuracy; null without one. */
  readonly judged: Judged | null;
  /** Against the first choice; null for the first itself. */
  readonly difference: Difference | null;
}

/** Two choices whose intervals overlap. */
export interface Overlap {
  readonly numbers: readonly [number, number];
  /** Whether the modules that differ tell them apart all the same. */
  readonly modulesTellApart: boolean;
}

export interface Comparison {
  /** What energies and differences are of. */
  readonly per: Per;
  readonly choices: readonly ComparedChoice[];
  /** Null where no choice has an interval: then nothing can be said. */
  readonly overlaps: readonly Overlap[] | null;
}

/** Compares predictions, in their order; accuracies by the same positions, null where there is none. */
export function compareChoices(
  predictions: readonly Compared[],
  accuraciesPct: readonly (number | null)[],
): Comparison {
  const per = perOf(predictions);
  const scaled = predictions.map((one) => energiesPer(per, one));
  const choices = scaled.map(({ tree: { root } }, i): Choice => {
    const { wallJ, lowJ, highJ } = root;
    return { energyJ: wallJ, lowJ, highJ, accuracyPct: accuraciesPct[i] };
  });
  const judged = pareto(choices);
  const known = choices.some(({ lowJ }) => lowJ !== null);
  return {
    per,
    choices: choices.map((choice, i) => ({
      ...choice,
      number: i + 1,
      tree: predictions[i].tree,
      judged: judged[i],
      difference: i === 0 ? null : difference(scaled[0], scaled[i]),
    })),
    overlaps: known
      ? overlapping(choices).map(([a, b]) => ({
          numbers: [a + 1, b + 1],
          modulesTellApart: toldApart(difference(scaled[a], scaled[b])) === 'modules',
        }))
      : null,
  };
}
