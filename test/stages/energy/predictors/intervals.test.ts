import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assumedWidening, intervalParts, intervalsOf } from '../../../../stages/energy/predictors/intervals.js';
import { classesOf, type Forest } from '../../../../stages/energy/predictors/forest.js';
import { partOf } from '../../../../stages/energy/predictors/parts.js';
import type { Fitted, Predictor } from '../../../../stages/energy/predictors/predictor.js';
import { Random } from '../../../../stages/energy/random.js';
import { forestOf, problemOf } from '../../forest_of.js';
import { smallFeatures, smallModelNames, smallRows } from '../../small_features.js';

const nothing: Fitted = { variant: 'clean', fold: 'none', shared: [], seeds: [] };
const everything = { name: 'none', heldOut: () => false };

/** Predicts every class as measured, but off by a known part of the prediction; knows which classes are unlike others. */
const predictorOff = (
  offBy: (forest: Forest, c: number) => number,
  unlike: (forest: Forest, c: number) => boolean = () => false,
): Predictor => ({
  fit: ({ folds }) => folds.map(({ name }) => ({ ...nothing, fold: name })),
  predict(_, forest, workloads) {
    const classes = classesOf(workloads);
    const wallJ = Float64Array.from(classes, (c) => forest.wallJ[c] / (1 + offBy(forest, c)));
    const extrapolated = Uint8Array.from(classes, (c) => (unlike(forest, c) ? 1 : 0));
    const draws = [{ seed: null, wallJ, latencyS: null, alpha: null }];
    return { classes, extrapolated, reasons: ['unlike'], draws };
  },
  explain: () => [],
});

const forest = await forestOf(smallFeatures(), smallModelNames);
const modelOf = (c: number): string => forest.workloads.find(({ first, end }) => first <= c && c < end)!.model;
const part = (predictor: Predictor, level: string, of = forest) => {
  const parts = intervalParts(predictor, problemOf(of), everything);
  const { terms, values } = partOf(parts, `interval/${level}`);
  return Object.fromEntries(terms.map((term, i) => [term, values[i]]));
};
const near = (found: number, expected: number, within: number): void =>
  assert.ok(Math.abs(found - expected) <= within, `${found}, expected ${expected} ± ${within}`);

test('a predictor that is always off by the same part has intervals of that width', () => {
  const { coverage, exponent, half_width, half_width_extrapolated } = part(
    predictorOff((_, c) => (c % 2 ? 0.03 : -0.03)),
    'module',
  );
  assert.equal([coverage, exponent], [0.9, 0]);
  near(half_width, 0.03, 1e-12);
  near(half_width_extrapolated, assumedWidening * 0.03, 1e-12);
});

test('where much is predicted to take nothing, no width is enough and there is no interval', () => {
  const nothingAt = (share: (c: number) => boolean) => predictorOff((_, c) => (share(c) ? Infinity : 0.03));
  assert.equal(intervalParts(nothingAt(() => true), problemOf(forest), everything), []); // prettier-ignore
  const some = intervalParts(nothingAt((c) => modelOf(c) === 'tiny'), problemOf(forest), everything); // prettier-ignore
  assert.ok(some.every(({ values }) => values.every(Number.isFinite)));
});

test('each model counts alike, however many nodes it has', () => {
  // Off in one model only: a third of the weight, more than a tenth.
  const { half_width } = part(
    predictorOff((_, c) => (modelOf(c) === 'tiny' ? 0.5 : 0.01)),
    'ml',
  );
  near(half_width, 0.5, 1e-12);
});

test('where small predictions are off by a larger part, the intervals follow', () => {
  const off = predictorOff(({ wallJ }, c) => (c % 2 ? 1 : -1) * 0.01 * wallJ[c] ** -0.25);
  const { exponent, half_width } = part(off, 'ml');
  assert.is(exponent, 0.25);
  near(half_width, 0.01, 1e-3);
});

test('what was extrapolated in training has a width of its own, never a smaller one', () => {
  const unlike = ({ types, type }: Forest, c: number): boolean => /MatMul|Linear/.test(types[type[c]]);
  const own = (off: number) =>
    part(
      predictorOff((of, c) => (unlike(of, c) ? off : 0.02), unlike),
      'ml',
    );
  near(own(0.2).half_width, 0.02, 1e-12);
  near(own(0.2).half_width_extrapolated, 0.2, 1e-12);
  near(own(0.001).half_width_extrapolated, 0.02, 1e-12);
});

test('a new model is covered as stated, on average over many benches', async () => {
  let [covered, total] = [0, 0];
  for (let bench = 0; bench < 8; bench++) {
    const rows = smallRows({ seed: bench, batches: [2, 4, 8] });
    const of = await forestOf(smallFeatures(rows), smallModelNames);
    const off = predictorOff(({ workloads }, c) => {
      const { model } = workloads.find(({ first, end }) => first <= c && c < end)!;
      const own = new Random('model', bench, model).uniform() - 0.5;
      return 0.02 * own + 0.02 * (new Random('node', bench, c).uniform() - 0.5);
    });
    const problem = problemOf(of);
    for (const fold of problem.folds) {
      const shared = intervalParts(off, problem, fold);
      const { classes, draws, extrapolated } = off.predict(nothing, of, of.workloads.filter(fold.heldOut));
      const intervals = intervalsOf({ ...nothing, shared }, of, classes, draws[0].wallJ, extrapolated)!;
      classes.forEach((c, i) => {
        total += of.nodes[c];
        if (intervals.lowJ[i] <= of.wallJ[c] && of.wallJ[c] <= intervals.highJ[i]) covered += of.nodes[c];
      });
    }
  }
  // Two calibration models are as few as there can be: a little less than stated is what pooling gives.
  assert.ok(covered / total > 0.8, String(covered / total));
});

test('the wider interval goes to what is extrapolated; its low end is never below nothing', () => {
  const shared = intervalParts(
    predictorOff(() => 0.8),
    problemOf(forest),
    everything,
  );
  const classes = classesOf(forest.workloads.slice(0, 1));
  const wallJ = Float64Array.from(classes, () => 2);
  const some = Uint8Array.from(classes, (_, i) => i % 2);
  const { lowJ, highJ, coverage } = intervalsOf({ ...nothing, shared }, forest, classes, wallJ, some)!;
  assert.is(coverage, 0.9);
  near(highJ[0], 3.6, 1e-9);
  near(lowJ[0], 0.4, 1e-9);
  near(highJ[1], 2 * (1 + 0.8 * assumedWidening), 1e-9);
  assert.is(lowJ[1], 0);
  assert.is(intervalsOf(nothing, forest, classes, wallJ, some), null, 'a bench without intervals');
});

test('one trained model gives no interval', () => {
  const problem = problemOf(forest, { split: 'leave_family_out' });
  assert.equal(
    intervalParts(
      predictorOff(() => 0.1),
      problem,
      problem.folds[0],
    ),
    [],
  );
});

test('folds share the fits that hold out the same', () => {
  let fits = 0;
  const off = predictorOff(() => 0.1);
  const counting: Predictor = {
    ...off,
    fit(problem) {
      fits++;
      return off.fit(problem);
    },
  };
  const problem = problemOf(forest);
  for (const fold of problem.folds) intervalParts(counting, problem, fold);
  assert.is(fits, 3);
});

test.run();
