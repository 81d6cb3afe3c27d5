/**
 * The same training by tfjs's automatic differentiation and its own Adam, in 32-bit floats: slow, independent, and the
 * gradient oracle of the tests. Uses `@tensorflow/tfjs-node` where it is installed, else the plain CPU backend.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Engine, Lesson, Step, Training } from './engine.js';
import type { Workload } from './forest.js';
import { objectives } from './objectives.js';

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
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
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

/** The loss of one tree, written as METHODS 2 does, in tensors. */
function lossOf(
  tf: Tf,
  { forest, x, terms, objective, leafJ, tau }: Lesson,
  w: Workload,
  weights: tfjs.Variable,
): tfjs.Scalar {
  const { first, count } = objectives[objective].rows(w);
  const rows = tf.tensor2d(x.subarray(first * terms, (first + count) * terms), [count, terms]);
  const z = tf.add(tf.matMul(rows, tf.slice(weights, [0, 0], [terms, 1])), tf.slice(weights, [terms, 0], [1, 1]));
  const measured = tf.tensor2d(Float32Array.from(forest.wallJ.subarray(w.inner, w.end)), [w.end - w.inner, 1]);
  const nodes = tf.tensor2d(Float32Array.from(forest.nodes.subarray(w.inner, w.end)), [w.end - w.inner, 1]);
  let predicted: tfjs.Tensor = z;
  if (objective !== 'unstructured') {
    const alpha = tf.pad(
      tf.add(1, tf.div(tf.tanh(z), tau)) as tfjs.Tensor2D,
      [
        [0, w.end - w.weighted],
        [0, 0],
      ],
      1,
    );
    const above = childMatrix(tf, forest, w);
    const column = (of: Float64Array) =>
      tf.tensor2d(Float32Array.from(of.subarray(w.first, w.end)), [w.end - w.first, 1]);
    const leaves = column(leafJ);
    let joules: tfjs.Tensor = objective === 'stepwise' ? column(forest.wallJ) : leaves;
    // Each round carries the leaves' joules one level further up; there are no more levels than inner classes.
    const rounds = objective === 'stepwise' ? 1 : w.end - w.inner;
    for (let i = 0; i < rounds; i++) joules = tf.add(leaves, tf.matMul(above, tf.mul(alpha, joules)));
    predicted = tf.slice(joules, [w.inner - w.first, 0]);
  }
  const error = tf.div(tf.sub(predicted, measured), measured);
  return tf.sum(tf.mul(nodes, tf.square(error))) as tfjs.Scalar;
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
