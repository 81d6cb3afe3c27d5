/** Tensors as a family description names them, `(b,s,H)` or `(b,s):int64`, and as they are for one workload. */
import { dimensionsOf, evaluate, readExpression, type Dimensions, type Expression } from './expression.js';
import { readAll, type Scanner } from './scanner.js';

/** Bytes of one element. */
export const elementBytes = { float32: 4, float16: 2, int64: 8, int32: 4, bool: 1, uint8: 1 } as const;

export type DataType = keyof typeof elementBytes;

export interface SymbolicTensor {
  readonly sizes: readonly Expression[];
  readonly dtype: DataType;
}

export interface Tensor {
  readonly sizes: readonly number[];
  readonly dtype: DataType;
}

/** Reads a tensor where the scanner stands: `(size,size,…)`, of float32 unless `:type` follows. */
export function readTensor(scanner: Scanner): SymbolicTensor {
  if (!scanner.skip('(')) scanner.fail('a shape like (b,s,H)');
  const sizes: Expression[] = [];
  if (!scanner.skip(')')) {
    do sizes.push(readExpression(scanner));
    while (scanner.skip(','));
    if (!scanner.skip(')')) scanner.fail('"," or ")"');
  }
  return { sizes, dtype: scanner.skip(':') ? readType(scanner) : 'float32' };
}

function readType(scanner: Scanner): DataType {
  const { position } = scanner;
  const name = scanner.take(/\w+/y);
  if (name !== null && Object.hasOwn(elementBytes, name)) return name as DataType;
  scanner.goBack(position);
  return scanner.fail(`one of ${Object.keys(elementBytes).join(', ')}`);
}

/** Reads tensors as long as there are any. */
export function readTensors(scanner: Scanner): SymbolicTensor[] {
  const tensors: SymbolicTensor[] = [];
  for (;;) {
    const { position } = scanner;
    if (!scanner.skip('(')) return tensors;
    scanner.goBack(position);
    tensors.push(readTensor(scanner));
  }
}

/** Parses a whole text of tensors, e.g. `(b,s,H) (b,1,1,s)`. Throws a NotationError. */
export const parseTensors = (text: string): SymbolicTensor[] => readAll(text, readTensors, 'a shape or the end');

/** The dimensions that its sizes name. */
export const tensorDimensions = ({ sizes }: SymbolicTensor): string[] => sizes.flatMap(dimensionsOf);

export const concrete = ({ sizes, dtype }: SymbolicTensor, dimensions: Dimensions): Tensor => ({
  sizes: sizes.map((size) => evaluate(size, dimensions)),
  dtype,
});

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Number of elements; 1 for a tensor without dimensions. */
export const volume = ({ sizes }: Tensor): number => product(sizes);

export const bytes = (tensor: Tensor): number => volume(tensor) * elementBytes[tensor.dtype];

/** Product of all sizes but the last `kept`. */
export const leading = ({ sizes }: Tensor, kept: number): number => product(sizes.slice(0, sizes.length - kept));

/** e.g. `(8,32,768)`. */
export const shapeText = ({ sizes }: Tensor): string => `(${sizes.join(',')})`;

/** The same of several, one after the other. */
export const shapesText = (tensors: readonly Tensor[]): string => tensors.map(shapeText).join('');
