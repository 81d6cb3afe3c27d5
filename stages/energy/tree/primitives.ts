/**
 * The ML level: modules without children and the functions that are nodes of their own. Nothing else is a primitive
 * (METHODS 2); what each of them runs is a fact of PyTorch.
 */
import { leading, type Tensor } from './tensor.js';

export interface OperatorCall {
  readonly operator: string;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}

export interface PrimitiveCall {
  /** Its parameters. */
  readonly weights: readonly Tensor[];
  readonly operators: readonly OperatorCall[];
}

export interface Primitive {
  readonly kind: 'module' | 'function';
  /** What a step has to name: inputs, and the output where the weights follow from it. */
  readonly inputs: 1 | 2;
  readonly output: boolean;
  readonly call: (inputs: readonly Tensor[], output: Tensor | null) => PrimitiveCall;
}

const float = (...sizes: number[]): Tensor => ({ sizes, dtype: 'float32' });

/** A weight of (out, in); two-dimensional inputs take the fused product, others add the bias afterwards. */
function linear([input]: readonly Tensor[], output: Tensor | null): PrimitiveCall {
  const [i, o] = [input.sizes.at(-1)!, output!.sizes.at(-1)!];
  const product: readonly OperatorCall[] =
    input.sizes.length === 2
      ? [{ operator: 'addmm', inputs: [input, float(i, o), float(o)], output: output! }]
      : [
          { operator: 'matmul', inputs: [input, float(i, o)], output: output! },
          { operator: 'add_', inputs: [output!, float(o)], output: output! },
        ];
  return { weights: [float(o, i), float(o)], operators: product };
}

/** The GPT family's transposed Linear: a weight of (in, out), always one fused product of matrices. */
function conv1d([input]: readonly Tensor[], output: Tensor | null): PrimitiveCall {
  const [n, i, o] = [leading(input, 1), input.sizes.at(-1)!, output!.sizes.at(-1)!];
  const weights = [float(i, o), float(o)];
  return { weights, operators: [{ operator: 'addmm', inputs: [float(n, i), ...weights], output: float(n, o) }] };
}

function layerNorm([input]: readonly Tensor[]): PrimitiveCall {
  const weights = [float(input.sizes.at(-1)!), float(input.sizes.at(-1)!)];
  return { weights, operators: [{ operator: 'layer_norm', inputs: [input, ...weights], output: input }] };
}

/** Its two inputs are the ids and the table, which is its weight. */
function embedding([ids, table]: readonly Tensor[]): PrimitiveCall {
  const output = float(...ids.sizes, table.sizes.at(-1)!);
  return { weights: [table], operators: [{ operator: 'embedding', inputs: [ids, table], output }] };
}

function matMul([left, right]: readonly Tensor[]): PrimitiveCall {
  const output = float(...left.sizes.slice(0, -1), right.sizes.at(-1)!);
  return { weights: [], operators: [{ operator: 'matmul', inputs: [left, right], output }] };
}

const elementwise = (operator: string) =>
  ([input]: readonly Tensor[]): PrimitiveCall => ({ weights: [], operators: [{ operator, inputs: [input], output: input }] }); // prettier-ignore

/** By class, or by the name the field gives the function. */
export const primitives: Readonly<Record<string, Primitive>> = {
  Embedding: { kind: 'module', inputs: 2, output: false, call: embedding },
  LayerNorm: { kind: 'module', inputs: 1, output: false, call: layerNorm },
  Linear: { kind: 'module', inputs: 1, output: true, call: linear },
  Tanh: { kind: 'module', inputs: 1, output: false, call: elementwise('tanh') },
  Conv1D: { kind: 'module', inputs: 1, output: true, call: conv1d },
  Softmax: { kind: 'function', inputs: 1, output: false, call: elementwise('softmax') },
  MatMul: { kind: 'function', inputs: 2, output: false, call: matMul },
};

/** The types of the ML level, in METHODS 2's order. */
export const primitiveNames: readonly string[] = Object.keys(primitives);
