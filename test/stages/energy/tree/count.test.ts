import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { count, defaultOutput, operatorNames } from '../../../../stages/energy/tree/count.js';
import { bytes, type DataType, type Tensor } from '../../../../stages/energy/tree/tensor.js';

const tensor = (sizes: readonly number[], dtype: DataType = 'float32'): Tensor => ({ sizes, dtype });
const x = tensor([2, 3, 5]);
const elements = 30;

/** Floating-point operations and bytes of one element of 32 bits: the rules of research/counting.md 1. */
const perElement: Readonly<Record<string, readonly [flops: number, bytes: number]>> = {
  add: [1, 8], add_: [1, 8], div: [1, 8], sub: [1, 8], pow: [1, 8], mul: [1, 12], mul_: [1, 12], rsub: [1, 12],
  tanh: [4, 4], relu: [1, 8], gelu: [6, 8], softmax: [5, 12], layer_norm: [8, 16],
}; // prettier-ignore

for (const [operator, [flops, memBytes]] of Object.entries(perElement)) {
  test(`${operator} counts ${flops} operations and ${memBytes} bytes an element`, () => {
    const counts = count(operator, [x], x);
    assert.is(counts.flops, flops * elements);
    assert.is(counts.memBytes, memBytes * elements);
    assert.is(counts.movedBytes, 2 * 4 * elements);
    assert.is(counts.kernels, 1);
  });
}

test('elements are counted by the output, in its own type; what is broadcast moves what it has', () => {
  const mask = tensor([2, 1, 1]);
  assert.is(count('add', [x, mask], x).memBytes, 8 * elements);
  assert.is(count('add', [x, mask], x).movedBytes, 4 * (30 + 2 + 30));
  assert.is(count('mul', [tensor([7], 'int32')], tensor([7], 'int32')).memBytes, 3 * 4 * 7);
  assert.is(count('add', [tensor([7], 'int64')], tensor([7], 'int64')).memBytes, 2 * 8 * 7);
});

test('products count both operands once for each leading element, and no bias', () => {
  const shared = count('matmul', [tensor([2, 3, 5]), tensor([5, 7])], tensor([2, 3, 7]));
  assert.equal(shared, { flops: 2 * 2 * 3 * 5 * 7, memBytes: 4 * 2 * (15 + 35 + 21), movedBytes: 4 * (30 + 35 + 42), kernels: 1 }); // prettier-ignore
  const batched = count('bmm', [tensor([6, 3, 5]), tensor([6, 5, 7])], tensor([6, 3, 7]));
  assert.equal([batched.flops, batched.memBytes], [2 * 6 * 105, 4 * 6 * (15 + 35 + 21)]);
  const fused = count('addmm', [tensor([3, 5]), tensor([5, 7]), tensor([7])], tensor([3, 7]));
  assert.equal([fused.flops, fused.memBytes, fused.movedBytes], [210, 4 * 71, 4 * 78]);
});

test('an embedding counts ids and output, and reads only the rows it needs', () => {
  const ids = tensor([2, 3], 'int64');
  const { flops, memBytes, movedBytes } = count('embedding', [ids, tensor([30522, 5])], x);
  assert.equal([flops, memBytes, movedBytes], [0, 8 * 6 + 4 * 30, 8 * 6 + 2 * 4 * 30]);
});

test('copies and conversions count nothing and are kernels; views and arithmetic on shapes are none', () => {
  const flags = tensor([2, 3, 5], 'bool');
  assert.equal(count('contiguous', [x], x), { flops: 0, memBytes: 0, movedBytes: 240, kernels: 1 });
  assert.equal(count('to', [x], flags), { flops: 0, memBytes: 0, movedBytes: bytes(x) + bytes(flags), kernels: 1 });
  assert.equal(count('view', [x], tensor([6, 5])), { flops: 0, memBytes: 0, movedBytes: 0, kernels: 0 });
  const size = tensor([], 'int64');
  assert.equal(count('sub', [size, size], size), { flops: 1, memBytes: 16, movedBytes: 0, kernels: 0 });
  assert.equal(count('mul', [size, size], size), { flops: 1, memBytes: 24, movedBytes: 0, kernels: 0 });
});

test('the output follows from the inputs', () => {
  assert.equal(defaultOutput('matmul', [tensor([2, 3, 5]), tensor([5, 7])]), tensor([2, 3, 7]));
  assert.equal(defaultOutput('embedding', [tensor([2, 3], 'int64'), tensor([9, 5])]), x);
  assert.is(defaultOutput('add', [x, tensor([5])]), x);
});

test('no operator is listed twice', () => assert.is(new Set(operatorNames).size, operatorNames.length));

test.run();
