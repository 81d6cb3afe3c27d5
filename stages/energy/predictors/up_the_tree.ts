/**
 * What end2end, stepwise and predicted_sum share: primitives from their regressors, every other node the weighted sum
 * of its children, P(n) = Σ α(c)·P(c) (paper, equations 2 and 3).
 */
import { classesOf, pick, type Forest, type Workload } from './forest.js';
import { explainLeaf, fitLeaves, leafParts, predictLeaves, readLeaves, type Leaves } from './leaves.js';
import { linearOutputs, trainFolds } from './linear_layer.js';
import { sumUp, weigh } from './objectives.js';
import { partOf } from './parts.js';
import type { Draw, Fitted, Prediction, Predictor, Problem, Summand } from './predictor.js';
import { extrapolated, rangeParts } from './range.js';

/** A predictor that learns α by the given objective. */
export function learnedSum(objective: 'end2end' | 'stepwise'): Predictor {
  return sumOfChildren(
    (problem) => {
      const leaves = problem.folds.map((fold) => fitLeaves(problem, fold));
      return trainFolds(
        problem,
        objective,
        (f) => passedUp(problem, leaves, f),
        (f) => [...leafParts(leaves[f]), ...rangeParts(problem, problem.folds[f])],
      );
    },
    (fitted, forest, workloads) => {
      const outputs = linearOutputs(fitted, objective, forest, workloads);
      const tau = partOf(fitted.shared, 'tree/tau').values[0];
      return outputs.map((z, s) => {
        const alpha = new Float64Array(z.length);
        weigh(z, tau, z.length, alpha);
        return { seed: fitted.seeds[s].seed, alpha };
      });
    },
  );
}

/**
 * What each leaf passes up while a fold is trained. Clean: its own regressors' predictions. Paper: of a tree that
 * another fold holds out that fold's prediction, whose regressors saw what this one holds out.
 */
function passedUp({ forest, variant, folds }: Problem, leaves: readonly Leaves[], own: number): Float64Array {
  const joules = new Float64Array(forest.type.length);
  const predictingFold = (workload: Workload): number => {
    const holding = folds.findIndex(({ heldOut }) => heldOut(workload));
    return variant === 'clean' || holding < 0 ? own : holding;
  };
  folds.forEach((_, f) => {
    const workloads = forest.workloads.filter((workload) => predictingFold(workload) === f);
    predictLeaves(leaves[f], forest, variant, workloads, joules);
  });
  return joules;
}

/** The weights of all classes of the forest, by seed; only those of the given workloads matter. */
type Weights = (
  fitted: Fitted,
  forest: Forest,
  workloads: readonly Workload[],
) => readonly { readonly seed: number | null; readonly alpha: Float64Array }[];

/** A predictor that goes up the tree by given weights. */
export function sumOfChildren(fit: Predictor['fit'], weightsOf: Weights): Predictor {
  function predict(fitted: Fitted, forest: Forest, workloads: readonly Workload[]): Prediction {
    const classes = classesOf(workloads);
    const leafJ = new Float64Array(forest.type.length);
    predictLeaves(readLeaves(fitted.shared), forest, fitted.variant, workloads, leafJ);
    const draws = weightsOf(fitted, forest, workloads).map(({ seed, alpha }): Draw => {
      const joules = leafJ.slice();
      for (const workload of workloads) {
        const { first, end } = workload;
        sumUp(forest, workload, 1, alpha.subarray(first, end), joules.subarray(first, end));
      }
      return { seed, wallJ: pick(joules, classes), latencyS: null, alpha: pick(alpha, classes) };
    });
    return { classes, ...extrapolated(fitted, forest, workloads, classes), draws };
  }
  return { fit, predict, explain: (fitted, forest, node) => explainSum(predict, fitted, forest, node) };
}

/** The children of an inner node with what each adds; the terms of a primitive's regressor. */
function explainSum(predict: Predictor['predict'], fitted: Fitted, forest: Forest, node: number): Summand[] {
  const workload = forest.workloads.find(({ first, end }) => first <= node && node < end)!;
  if (node < workload.inner) {
    const terms = explainLeaf(readLeaves(fitted.shared), forest, fitted.variant, node);
    return terms.map((term) => ({ ...term, child: null }));
  }
  const { draws } = predict({ ...fitted, seeds: fitted.seeds.slice(0, 1) }, forest, [workload]);
  const summands: Summand[] = [];
  for (let e = forest.childStart[node]; e < forest.childStart[node + 1]; e++) {
    const [child, copies] = [forest.child[e], forest.copies[e]];
    const at = child - workload.first;
    const alpha = draws[0].alpha![at];
    const name = forest.types[forest.type[child]];
    summands.push({ name, wallJ: copies * alpha * draws[0].wallJ[at], child: { node: child, copies, alpha } });
  }
  return summands;
}
