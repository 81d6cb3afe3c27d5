/**
 * What an operator counts and moves. `flops` and `memBytes` follow the rules of the authors' counter, so that the
 * published columns come back bit for bit; `movedBytes` is what a kernel has to read and write at least.
 */
import { bytes, elementBytes, leading, volume, type Tensor } from './tensor.js';

export interface Counts {
  /** Floating-point operations, a multiply-add being two, as the authors counted them. */
  readonly flops: number;
  /** Bytes read and written, as the authors counted them. */
  readonly memBytes: number;
  /** Bytes of all inputs and the output; 0 where nothing is launched. */
  readonly movedBytes: number;
  /** 0 for a view and for arithmetic on shapes, else 1. */
  readonly kernels: 0 | 1;
}

/** Per element of the tensor it is counted by: floating-point operations, and elements read and written. */
interface Rule {
  readonly flops: number;
  readonly elements: number;
  readonly by: 'input' | 'output';
}

const rule = (flops: number, elements: number, by: Rule['by']): Rule => ({ flops, elements, by });

/** The authors' constants: add reads or writes two elements, mul three; weights of a layer_norm are not counted. */
const rules: Readonly<Record<string, Rule>> = {
  add: rule(1, 2, 'output'),
  add_: rule(1, 2, 'output'),
  div: rule(1, 2, 'output'),
  sub: rule(1, 2, 'output'),
  pow: rule(1, 2, 'output'),
  mul: rule(1, 3, 'output'),
  mul_: rule(1, 3, 'output'),
  rsub: rule(1, 3, 'output'),
  tanh: rule(4, 1, 'input'),
  relu: rule(1, 2, 'input'),
  gelu: rule(6, 2, 'input'),
  softmax: rule(5, 3, 'input'),
  layer_norm: rule(8, 4, 'input'),
};

const products = ['matmul', 'bmm', 'addmm'];

/** Operators that cost a kernel but count nothing: copies, masks, constants and conversions. */
const uncounted = ['contiguous', 'where', 'masked_fill_', 'stack', 'cat', 'ones', 'zeros', 'arange', 'to', 'type_as', 'eq', 'ne', 'cumsum', 'triu']; // prettier-ignore

/** Operators that only look at the same memory in another way. */
const views = ['view', 'permute', 'transpose', 't', 'slice', 'split', 'expand', 'unsqueeze', 'squeeze'];

/** Every operator that a family description may name. */
export const operatorNames: readonly string[] = [...Object.keys(rules), ...products, 'embedding', ...uncounted, ...views]; // prettier-ignore

/** The output where a description does not say: of a product from its operands, else that of the first input. */
export function defaultOutput(operator: string, inputs: readonly Tensor[]): Tensor {
  const [first, second] = inputs;
  if (products.includes(operator))
    return { sizes: [...first.sizes.slice(0, -1), second.sizes.at(-1)!], dtype: first.dtype };
  if (operator === 'embedding') return { sizes: [...first.sizes, second.sizes.at(-1)!], dtype: second.dtype };
  return first;
}

/** Counts one operator. The operands of a product come first, a bias last; of an embedding first the ids. */
export function count(operator: string, inputs: readonly Tensor[], output: Tensor): Counts {
  const { flops, memBytes } = authorsCount(operator, inputs, output);
  // Python's arithmetic on shapes is traced as tensors without dimensions: counted by the authors, launched by no one.
  const launched = !views.includes(operator) && [...inputs, output].some(({ sizes }) => sizes.length > 0);
  return { flops, memBytes, movedBytes: launched ? moved(operator, inputs, output) : 0, kernels: launched ? 1 : 0 };
}

function authorsCount(operator: string, inputs: readonly Tensor[], output: Tensor): Pick<Counts, 'flops' | 'memBytes'> {
  if (products.includes(operator)) return countProduct(inputs);
  if (operator === 'embedding') return { flops: 0, memBytes: bytes(inputs[0]) + bytes(output) };
  const rule = rules[operator];
  if (!rule) return { flops: 0, memBytes: 0 };
  const counted = rule.by === 'input' ? inputs[0] : output;
  const elements = volume(counted);
  return { flops: rule.flops * elements, memBytes: rule.elements * elements * elementBytes[counted.dtype] };
}

/** (…,m,k) × (…,k,p): both operands count once for each of the leading elements, a shared weight too; no bias. */
function countProduct([left, right]: readonly Tensor[]): Pick<Counts, 'flops' | 'memBytes'> {
  const batch = leading(left, 2);
  const [m, k] = left.sizes.slice(-2);
  const p = right.sizes.at(-1)!;
  return { flops: 2 * batch * m * k * p, memBytes: elementBytes[left.dtype] * batch * (m * k + k * p + m * p) };
}

function moved(operator: string, inputs: readonly Tensor[], output: Tensor): number {
  // Of an embedding's table only the rows that the ids name are read.
  if (operator === 'embedding') return bytes(inputs[0]) + 2 * bytes(output);
  return inputs.reduce((sum, input) => sum + bytes(input), bytes(output));
}
