/**
 * A family whose feed-forward modules run another activation: what a configuration may choose and a family description
 * fixes. Each activation is the sequence of operators that transformers 4.2 runs for it (its activations.py).
 */
import type { Family, Module } from './family.js';
import type { Step } from './step.js';
import type { SymbolicTensor } from './tensor.js';

/** Operators with the number of activations each takes in. */
type Sequence = readonly (readonly [operator: string, inputs: 1 | 2])[];

/** One kernel over the activations; `relu` stands for all such that the counter has no rule for. */
const oneKernel: Sequence = [['relu', 1]];

// prettier-ignore
const sequences = {
  gelu: [['gelu', 1]],
  // 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
  gelu_new: [['mul', 1], ['pow', 1], ['mul', 1], ['add', 2], ['mul', 1], ['tanh', 1], ['add', 1], ['mul', 2]],
  // 0.5·x·(1 + tanh(x·0.7978·(1 + 0.044715·x·x)))
  gelu_fast: [['mul', 1], ['mul', 1], ['mul', 1], ['mul', 2], ['add', 1], ['mul', 2], ['tanh', 1], ['add', 1], ['mul', 2]],
  gelu_pytorch_tanh: [['gelu', 1]],
  quick_gelu: [['mul', 1], ['relu', 1], ['mul', 2]],
  relu: oneKernel,
  relu6: oneKernel,
  silu: oneKernel,
  swish: oneKernel,
  sigmoid: oneKernel,
  tanh: [['tanh', 1]],
  linear: [],
} as const satisfies Record<string, Sequence>;

export type Activation = keyof typeof sequences;
export const activations = Object.keys(sequences) as Activation[];

interface Found {
  readonly activation: Activation;
  readonly module: string;
  readonly at: number;
  readonly tensor: SymbolicTensor;
}

/** Where a family runs its activation, the longest sequence first: `tanh` is part of others. */
function find({ modules }: Family): Found | null {
  const longestFirst = activations
    .filter((name) => sequences[name].length > 0)
    .sort((a, b) => sequences[b].length - sequences[a].length);
  for (const activation of longestFirst) {
    const sequence: Sequence = sequences[activation];
    for (const [module, { steps }] of Object.entries(modules)) {
      const at = steps.findIndex((_, i) =>
        sequence.every(([operator], k) => steps[i + k]?.runs === operator && steps[i + k].child === null),
      );
      if (at >= 0) return { activation, module, at, tensor: steps[at].inputs[0] };
    }
  }
  return null;
}

/** The activation that a family's description runs; null where it has none. */
export const activationOf = (family: Family): Activation | null => find(family)?.activation ?? null;

/** The family with another activation in its place, and in its name: signatures differ. Throws where it has none. */
export function withActivation(family: Family, activation: Activation): Family {
  const found = find(family);
  if (!found) throw new Error(`family ${family.family} runs no activation`);
  const { module, at, tensor } = found;
  const steps = sequences[activation].map(([runs, inputs]): Step => ({
    child: null,
    times: null,
    runs,
    inputs: Array(inputs).fill(tensor),
    output: null,
  }));
  const changed: Module = {
    ...family.modules[module],
    steps: family.modules[module].steps.toSpliced(at, sequences[found.activation].length, ...steps),
  };
  return { ...family, family: `${family.family}+${activation}`, modules: { ...family.modules, [module]: changed } };
}
