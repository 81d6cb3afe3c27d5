/**
 * How many metered nodes the wall-power law needs (METHODS 3): it is fitted on a few of them, drawn at random, and tried
 * on whole models of which none was drawn.
 */
import { UsageError } from '../../../pipeline/errors.js';
import { Random } from '../random.js';
import { fitLaw, lawJ, type LawConstants, type LawRow } from './law_fit.js';

/** One measurement. */
export interface MeteredNode extends LawRow {
  readonly model: string;
  /** True for a whole model: these the law is tried on. */
  readonly isRoot: boolean;
}

export interface CalibrationErrors {
  /** Mean error of all whole models, each without nodes of its own, one value a draw, in ascending order, %. */
  readonly errorsPct: readonly number[];
  /** Draws whose nodes did not tell the constants apart: a calibration refuses them. */
  readonly refused: number;
}

/** The first places of a shuffled list (Fisher and Yates), as many as are wanted. */
function drawn<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const all = [...items];
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random.uniform() * (all.length - i));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, count);
}

function fitOrRefuse(rows: readonly LawRow[]): LawConstants | null {
  try {
    return fitLaw(rows);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

const relative = (law: LawConstants, row: LawRow): number => Math.abs(lawJ(law, row) / row.wallJ - 1);

/**
 * The errors of `draws` calibrations of `count` nodes each; nodes count alike, as in a table of one's own. Null where
 * a held-out model leaves fewer nodes than that.
 */
export function calibrationErrors(
  nodes: readonly MeteredNode[],
  count: number,
  draws: number,
): CalibrationErrors | null {
  const models = [...new Set(nodes.map(({ model }) => model))];
  const folds = models.map((model) => ({
    model,
    training: nodes.filter((node) => node.model !== model),
    roots: nodes.filter((node) => node.model === model && node.isRoot),
  }));
  const tested = folds.reduce((sum, { roots }) => sum + roots.length, 0);
  if (tested === 0 || folds.some(({ training }) => training.length < count)) return null;
  const errorsPct: number[] = [];
  let refused = 0;
  for (let draw = 0; draw < draws; draw++) {
    const laws = folds.map(({ model, training }) =>
      fitOrRefuse(drawn(training, count, new Random('calibration size', count, draw, model)).map(withoutLevel)),
    );
    if (laws.includes(null)) refused++;
    else {
      const total = folds.reduce(
        (sum, { roots }, f) => sum + roots.reduce((own, root) => own + relative(laws[f]!, root), 0),
        0,
      );
      errorsPct.push((100 * total) / tested);
    }
  }
  return { errorsPct: errorsPct.sort((a, b) => a - b), refused };
}

const withoutLevel = ({ wallJ, gpuJ, latencyS }: LawRow): LawRow => ({ wallJ, gpuJ, latencyS });
