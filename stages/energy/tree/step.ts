/**
 * One step of what a module runs, as a line of its family description:
 *
 *     query = Linear (b,s,H) -> (b,s,H)      a child
 *     layer[L] = BertLayer                   L children in a ModuleList: layer.0, layer.1, …
 *     MatMul (b,h,s,d) (b,h,d,s)             a function that is a node of its own
 *     add (b,h,s,s) (b,1,1,s)                an operator of the module itself
 */
import { dimensionsOf, readExpression, type Expression } from './expression.js';
import { readAll, type Scanner } from './scanner.js';
import { readTensor, readTensors, tensorDimensions, type SymbolicTensor } from './tensor.js';

export interface Step {
  /** Name of the child; null for functions and operators. */
  readonly child: string | null;
  /** Length of the ModuleList; null for a single child. */
  readonly times: Expression | null;
  /** A module of the family, a primitive or an operator. */
  readonly runs: string;
  readonly inputs: readonly SymbolicTensor[];
  readonly output: SymbolicTensor | null;
}

const name = /[A-Za-z_]\w*/y;

function readStep(scanner: Scanner): Step {
  const first = scanner.take(name) ?? scanner.fail('a name');
  const times = scanner.skip('[') ? readTimes(scanner) : null;
  const isChild = scanner.skip('=');
  if (times && !isChild) scanner.fail('"= MODULE" after a list');
  const runs = isChild ? (scanner.take(name) ?? scanner.fail('a module or a primitive')) : first;
  const inputs = readTensors(scanner);
  const output = scanner.skip('->') ? readTensor(scanner) : null;
  return { child: isChild ? first : null, times, runs, inputs, output };
}

function readTimes(scanner: Scanner): Expression {
  const times = readExpression(scanner);
  if (!scanner.skip(']')) scanner.fail('"]"');
  return times;
}

/** Throws a NotationError. */
export const parseStep = (text: string): Step => readAll(text, readStep, 'a shape, "->" or the end');

/** The dimensions that a step names itself. */
export const stepDimensions = ({ times, inputs, output }: Step): string[] => [
  ...(times ? dimensionsOf(times) : []),
  ...[...inputs, ...(output ? [output] : [])].flatMap(tensorDimensions),
];
