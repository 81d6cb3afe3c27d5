import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  dimensionsOf,
  evaluate,
  format,
  parseExpression,
  type Expression,
} from '../../../../stages/energy/tree/expression.js';
import { thrown } from '../../../thrown.js';

const dimensions = { b: 8, s: 32, H: 768, h: 12 };
const names = Object.keys(dimensions) as (keyof typeof dimensions)[];

/** Expressions without division, which need not come out even. */
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    fc.nat(50).map((value): Expression => ({ kind: 'number', value })),
    fc.constantFrom(...names).map((name): Expression => ({ kind: 'name', name })),
    fc
      .tuple(fc.constantFrom('+' as const, '-' as const, '*' as const), tie('expression'), tie('expression'))
      .map(([sign, left, right]): Expression => ({ kind: 'operation', sign, left, right })),
  ),
}));

test('what is printed parses to the same expression', () => {
  fc.assert(fc.property(expression, (tree) => assert.equal(parseExpression(format(tree)), tree)));
});

test('its value is what JavaScript makes of the same text', () => {
  const oracle = (text: string): number => Function(...names, `return ${text}`)(...Object.values(dimensions)) as number;
  fc.assert(
    fc.property(expression, (tree) => {
      const value = evaluate(tree, dimensions);
      if (Number.isSafeInteger(value)) assert.is(value, oracle(format(tree)));
    }),
  );
});

test('products bind before sums, and signs of one rank from left to right', () => {
  assert.is(evaluate(parseExpression('2 + 3 * 4'), {}), 14);
  assert.is(evaluate(parseExpression('(2+3)*4'), {}), 20);
  assert.is(evaluate(parseExpression('24 / 4 / 2 - 1 - 1'), {}), 1);
  assert.is(evaluate(parseExpression('H/h'), dimensions), 64);
  assert.equal(dimensionsOf(parseExpression('b*s + b*H')), ['b', 's', 'H']);
});

const failures: readonly (readonly [text: string, message: string])[] = [
  ['', 'expected a number, a dimension or "(" at character 1 of "", found the end'],
  ['H +', 'expected a number, a dimension or "(" at character 4 of "H +", found the end'],
  ['(H', 'expected ")" at character 3 of "(H", found the end'],
  ['H h', 'expected an operator or the end at character 3 of "H h", found "h"'],
  ['2 ** 3', 'expected a number, a dimension or "(" at character 4 of "2 ** 3", found "* 3"'],
  ['1.5', 'expected an operator or the end at character 2 of "1.5", found ".5"'],
];

for (const [text, message] of failures) {
  test(`"${text}" is refused where it goes wrong`, async () => {
    assert.is((await thrown(() => parseExpression(text))).message, message);
  });
}

test('a division that leaves a remainder says so, as does a dimension that nobody gave', () => {
  assert.throws(() => evaluate(parseExpression('H / (h - 5)'), dimensions), 'H / (h - 5) is no whole number: 768 / 7');
  assert.throws(() => evaluate(parseExpression('H / 0'), dimensions), 'H / 0 is no whole number: 768 / 0');
  assert.throws(() => evaluate(parseExpression('2 * T'), dimensions), 'unknown dimension T');
});

test('no text whatever makes it fail otherwise than by a NotationError', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('H', ' ', '(', ')', '+', '-', '>', '*', '/', '7', '.', '[') }),
      (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          assert.is((error as Error).name, 'NotationError');
        }
      },
    ),
  );
});

test.run();
