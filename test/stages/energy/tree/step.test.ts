import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { format } from '../../../../stages/energy/tree/expression.js';
import { parseStep } from '../../../../stages/energy/tree/step.js';
import { parseTensors, type SymbolicTensor } from '../../../../stages/energy/tree/tensor.js';
import { thrown } from '../../../thrown.js';

const text = ({ sizes, dtype }: SymbolicTensor): string => `(${sizes.map(format).join(',')}):${dtype}`;

function told(step: string): unknown[] {
  const { child, times, runs, inputs, output } = parseStep(step);
  return [child, times && format(times), runs, inputs.map(text).join(''), output && text(output)];
}

test('a child with shapes, a list of modules, a function and an operator', () => {
  const linear = ['query', null, 'Linear', '(b,s,H):float32', '(b,s,3 * H):float32'];
  assert.equal(told('query = Linear (b,s,H) -> (b,s,3*H)'), linear);
  assert.equal(told('query=Linear(b, s, H)->(b, s, 3 * H)'), linear);
  assert.equal(told('layer[L / 2] = BertLayer'), ['layer', 'L / 2', 'BertLayer', '', null]);
  assert.equal(told('Softmax (b,h,s,s)'), [null, null, 'Softmax', '(b,h,s,s):float32', null]);
  assert.equal(told('mul ():int64 ():int64'), [null, null, 'mul', '():int64():int64', null]);
  assert.equal(told('arange -> (s):int64'), [null, null, 'arange', '', '(s):int64']);
});

const failures: readonly (readonly [step: string, message: string])[] = [
  ['', 'expected a name at character 1 of "", found the end'],
  ['query =', 'expected a module or a primitive at character 8 of "query =", found the end'],
  ['layer[L', 'expected "]" at character 8 of "layer[L", found the end'],
  ['layer[L] BertLayer', 'expected "= MODULE" after a list at character 10 of "layer[L] BertLayer", found "BertLayer"'],
  ['add (b,s', 'expected "," or ")" at character 9 of "add (b,s", found the end'],
  ['add (b,s) ->', 'expected a shape like (b,s,H) at character 13 of "add (b,s) ->", found the end'],
  ['add b,s', 'expected a shape, "->" or the end at character 5 of "add b,s", found "b,s"'],
];

for (const [step, message] of failures) {
  test(`"${step}" is refused where it goes wrong`, async () => {
    assert.is((await thrown(() => parseStep(step))).message, message);
  });
}

test('an element type that nobody knows is refused with those that are known', () => {
  assert.throws(
    () => parseTensors('(b,s):int63'),
    'expected one of float32, float16, int64, int32, bool, uint8 at character 7 of "(b,s):int63", found "int63"',
  );
});

test.run();
