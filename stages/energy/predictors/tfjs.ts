/**
 * The same training by tfjs's automatic differentiation and its own Adam, in 32-bit floats: slow, independent, and the
 * gradient oracle of the tests. Uses `@tensorflow/tfjs-node` where it is installed, else the plain CPU backend.
 */
import type * as tfjs from '@tensorflow/tfjs';
import type { Engine, Lesson, Step, Training } from './engine.js';
import type { Workload } from './forest.js';

type Tf = typeof tfjs;

/** The constants of Adam that torch takes (adam.ts). */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** tfjs with the best backend at hand. */
async function openTfjs(): Promise<Tf> {
  const native = '@tensorflow/tfjs-node';
  try {
    const found = (await import(native)) as Tf & { readonly default?: Tf };
    return found.default ?? found;
  } catch {
    // Not installed, or its native library does not load here: the plain backend always does.
  }
  const loaded = (await import('@tensorflow/tfjs')) as Tf & { readonly default?: Tf };
  const tf = loaded.default ?? loaded;
  await tf.setBackend('cpu');
  // Its backend otherwise prints an advertisement for tfjs-node.
  tf.enableProdMode();
  return tf;
}

export async function loadTfjs(): Promise<Engine> {
  const tf = await openTfjs();
  return {
    name: 'tfjs',
    train: (lesson, initial, training) => initial.map((weights, seed) => trainOne(tf, lesson, weights, seed, training)),
  };
}

function trainOne(tf: Tf, lesson: Lesson, initial: Float64Array, seed: number, training: Training): Float64Array {
  const weights = tf.variable(tf.tensor2d(Float32Array.from(initial), [initial.length, 1]));
  const adam = tf.train.adam(training.learningRate, beta1, beta2, epsilon);
  for (let epoch = 0; epoch < training.epochs; epoch++) {
    for (const tree of lesson.trees) {
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => lossOf(tf, lesson, lesson.forest.workloads[tree], weights),
          [weights],
        );
        if (training.trace) training.trace(stepOf(seed, tree, value, weights, grads[weights.name]));
        adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      });
    }
  }
  const trained = Float64Array.from(weights.dataSync());
  tf.dispose(weights);
  adam.dispose();
  return trained;
}

const stepOf = (seed: number, tree: number, loss: tfjs.Scalar, weights: tfjs.Tensor, gradient: tfjs.Tensor): Step => ({
  seed,
  tree,
  loss: loss.dataSync()[0],
  weights: Float64Array.from(weights.dataSync()),
  gradient: Float64Array.from(gradient.dataSync()),
});

/** The loss of one tree, written as METHODS 2 does, over all its classes as columns of one number each. */
function lossOf(tf: Tf, lesson: Lesson, w: Workload, weights: tfjs.Variable): tfjs.Scalar {
  const { forest, objective, leafJ, tau } = lesson;
  const column = (value: (c: number) => number): tfjs.Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: w.end - w.first }, (_, i) => value(w.first + i)),
      [w.end - w.first, 1],
    );
  const z = tf.matMul(inputs(tf, lesson, w), weights as tfjs.Tensor2D);
  let predicted: tfjs.Tensor = z;
  if (objective !== 'unstructured') {
    const alpha = tf.add(
      column(() => 1),
      tf.mul(
        tf.tanh(z),
        column(() => 1 / tau),
      ),
    );
    const above = childMatrix(tf, forest, w);
    const leaves = column((c) => leafJ[c]);
    predicted = objective === 'stepwise' ? column((c) => forest.wallJ[c]) : leaves;
    // Each round carries the joules one level further up; there are no more levels than inner classes.
    const rounds = objective === 'stepwise' ? 1 : w.end - w.inner;
    for (let i = 0; i < rounds; i++) predicted = tf.add(leaves, tf.matMul(above, tf.mul(alpha, predicted)));
  }
  const ratio = tf.mul(
    predicted,
    column((c) => 1 / forest.wallJ[c]),
  );
  const error = tf.add(
    ratio,
    column(() => -1),
  );
  return tf.sum(
    tf.mul(
      column((c) => (c < w.inner ? 0 : forest.nodes[c])),
      tf.square(error),
    ),
  );
}

/** The monomials of a workload's classes, and 1 for the bias behind them. */
function inputs(tf: Tf, { x, terms }: Lesson, { first, end }: Workload): tfjs.Tensor2D {
  const rows = new Float32Array((end - first) * (terms + 1)).fill(1);
  for (let c = first; c < end; c++) rows.set(x.subarray(c * terms, (c + 1) * terms), (c - first) * (terms + 1));
  return tf.tensor2d(rows, [end - first, terms + 1]);
}

/** How often each class of a workload is a child of each: [parent][child]. */
function childMatrix(
  tf: Tf,
  { childStart, child, copies }: Lesson['forest'],
  { first, inner, end }: Workload,
): tfjs.Tensor2D {
  const size = end - first;
  const matrix = new Float32Array(size * size);
  for (let c = inner; c < end; c++) {
    for (let e = childStart[c]; e < childStart[c + 1]; e++) matrix[(c - first) * size + child[e] - first] = copies[e];
  }
  return tf.tensor2d(matrix, [size, size]);
}
