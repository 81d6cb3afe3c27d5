/**
 * The derivatives of the six operations that the losses are made of. tfjs-core's build for Node comes without any: its
 * own are in modules that Node cannot load, and the package that bundles them brings layers, converters and WebGL. The
 * chain rule, which is what a tree's gradient is about, stays tfjs's.
 */
import type * as tfjs from '@tensorflow/tfjs-core';

type Rule = Omit<tfjs.GradConfig, 'kernelName'>;

/** Rules by kernel, for operands of equal shape (no broadcasting). */
const rules = (tf: typeof tfjs): Readonly<Record<string, Rule>> => ({
  Add: { gradFunc: (dy) => ({ a: () => dy as tfjs.Tensor, b: () => dy as tfjs.Tensor }) },
  Multiply: {
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({ a: () => tf.mul(dy as tfjs.Tensor, b), b: () => tf.mul(dy as tfjs.Tensor, a) }),
  },
  Tanh: {
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => tf.mul(dy as tfjs.Tensor, tf.sub(1, tf.square(y))) }),
  },
  Square: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tfjs.Tensor, tf.mul(2, x)) }),
  },
  Sum: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tfjs.Tensor, tf.onesLike(x)) }),
  },
  BatchMatMul: {
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => tf.matMul(dy as tfjs.Tensor, b, false, true),
      b: () => tf.matMul(a, dy as tfjs.Tensor, true, false),
    }),
  },
});

/** Gives tfjs the rules it lacks. */
export function registerGradients(tf: typeof tfjs): void {
  for (const [kernelName, rule] of Object.entries(rules(tf))) {
    if (!tf.getGradient(kernelName)) tf.registerGradient({ kernelName, ...rule });
  }
}
