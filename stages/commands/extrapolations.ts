/** Why predictions go beyond what the predictor was fitted on, in few words: once for the answers, once for what is below them. */
import type { PredictedTree } from '../energy/prediction/predict_model.js';

/** So many reasons are said; --json has all. */
const saidReasons = 3;

/** Why predictions go beyond what the predictor was fitted on: the answers' reasons, then those of nodes below them. */
export function extrapolations(trees: readonly PredictedTree[]): string[] {
  const ofRoots = new Set(trees.flatMap(({ root }) => root.extrapolatedBy ?? []));
  const ofNodes = trees.flatMap(({ nodes }) => nodes.slice(1).flatMap(({ extrapolatedBy }) => extrapolatedBy ?? []));
  const below = ofNodes.filter((reason) => !ofRoots.has(reason));
  const said = (reasons: ReadonlySet<string>): string =>
    [...reasons].slice(0, saidReasons).join('; ') +
    (reasons.size > saidReasons ? `; and ${reasons.size - saidReasons} more, which --json has` : '');
  return [
    ...(ofRoots.size > 0 ? [`extrapolated (*): ${said(ofRoots)}`] : []),
    ...(below.length > 0 ? [`extrapolated (*) in ${below.length} nodes below: ${said(new Set(below))}`] : []),
  ];
}
