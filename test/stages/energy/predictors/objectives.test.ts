import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawWeights } from '../../../../stages/energy/predictors/initial.js';
import { loadEngine, type Lesson, type Step } from '../../../../stages/energy/predictors/engine.js';
import { kernel } from '../../../../stages/energy/predictors/kernel.js';
import { objectives } from '../../../../stages/energy/predictors/objectives.js';
import { Random } from '../../../../stages/energy/random.js';
import { forestOf } from '../../forest_of.js';
import { smallFeatures, smallModelNames } from '../../small_features.js';

const forest = await forestOf(smallFeatures(), smallModelNames);
const tfjs = await loadEngine('tfjs');
const terms = 7;
const random = new Random('objectives');

const lessonOf = (objective: Lesson['objective'], trees: readonly number[]): Lesson => ({
  forest,
  trees,
  x: Float32Array.from({ length: forest.type.length * terms }, () => random.gaussian()),
  terms,
  objective,
  leafJ: forest.wallJ.map((joules, c) => (forest.childStart[c] === forest.childStart[c + 1] ? joules * 1.1 : 0)),
  tau: 10,
});

/** The steps that an engine takes, told by its trace. */
function trace(engine: typeof kernel, lesson: Lesson, weights: readonly Float64Array[], epochs = 1): Step[] {
  const steps: Step[] = [];
  engine.train(lesson, weights, { epochs, learningRate: 1e-3, trace: (step) => steps.push(step) });
  return steps;
}

const distance = (a: Float64Array, b: Float64Array): number => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
const size = (a: Float64Array): number => Math.max(...a.map(Math.abs));

for (const objective of Object.keys(objectives) as Lesson['objective'][]) {
  const lesson = lessonOf(objective, [0]);
  const weights = drawWeights('fold', 1, terms);
  const [step] = trace(kernel, lesson, [weights]);

  test(`${objective}: the gradient is that of finite differences`, () => {
    const nudge = 1e-6;
    const differences = weights.map((_, i) => {
      const [low, high] = [-nudge, nudge].map((by) => {
        const moved = weights.slice();
        moved[i] += by;
        return trace(kernel, lesson, [moved])[0].loss;
      });
      return (high - low) / (2 * nudge);
    });
    assert.ok(size(step.gradient) > 0);
    assert.ok(distance(step.gradient, differences) < 1e-6 * size(step.gradient));
  });

  test(`${objective}: loss and gradient are those of automatic differentiation`, () => {
    const [automatic] = trace(tfjs, lesson, [weights]);
    assert.ok(Math.abs(step.loss - automatic.loss) < 1e-5 * step.loss);
    assert.ok(distance(step.gradient, automatic.gradient) < 1e-5 * size(step.gradient));
  });

  test(`${objective}: both engines are at the same weights after some steps`, () => {
    const several = { ...lesson, trees: [0, 5, 9] };
    const training = { epochs: 4, learningRate: 1e-3 };
    const [ours] = kernel.train(several, [weights], training);
    const [automatic] = tfjs.train(several, [weights], training);
    assert.ok(distance(ours, weights) > 1e-3, 'they have moved');
    assert.ok(distance(ours, automatic) < 1e-5);
  });

  test(`${objective}: a seed's result does not depend on the seeds beside it`, () => {
    const several = { ...lesson, trees: [0, 3, 11] };
    const all = [1, 2, 3, 4, 5, 6].map((seed) => drawWeights('fold', seed, terms));
    const together = kernel.train(several, all, { epochs: 3, learningRate: 1e-3 });
    all.forEach((one, i) => {
      assert.equal(kernel.train(several, [one], { epochs: 3, learningRate: 1e-3 })[0], together[i]);
    });
  });
}

test('a trace tells every step: tree by tree in order, epoch by epoch, the loss falling', () => {
  const steps = trace(kernel, lessonOf('end2end', [2, 7]), [drawWeights('fold', 1, terms)], 30);
  assert.equal(
    steps.slice(0, 4).map(({ tree }) => tree),
    [2, 7, 2, 7],
  );
  assert.is(steps.length, 60);
  assert.ok(steps[58].loss < steps[0].loss);
});

test('initial weights lie in ±1/√terms and differ by seed and fold', () => {
  const one = drawWeights('gpt2', 1, 680);
  assert.is(one.length, 681);
  assert.ok(size(one) <= 1 / Math.sqrt(680) && size(one) > 0.9 / Math.sqrt(680));
  assert.equal(one, drawWeights('gpt2', 1, 680));
  assert.not.equal(one, drawWeights('gpt2', 2, 680));
  assert.not.equal(one, drawWeights('bert', 1, 680));
});

test.run();
