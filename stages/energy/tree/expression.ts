/**
 * Sizes as formulas of named dimensions (`H / h`, `4 * H`), over whole numbers:
 *
 *     sum := product (('+' | '-') product)*     product := factor (('*' | '/') factor)*
 *     factor := number | name | '(' sum ')'
 */
import { NotationError, readAll, type Scanner } from './scanner.js';

/** Values of named dimensions: b, s, and those of a model (H, h, L, …). */
export type Dimensions = Readonly<Record<string, number>>;

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'operation'; readonly sign: Sign; readonly left: Expression; readonly right: Expression };

type Sign = '+' | '-' | '*' | '/';

const number = /\d+/y;
export const dimensionName = /[A-Za-z]\w*/y;

function factor(scanner: Scanner): Expression {
  const digits = scanner.take(number);
  if (digits !== null) return { kind: 'number', value: Number(digits) };
  const name = scanner.take(dimensionName);
  if (name !== null) return { kind: 'name', name };
  if (!scanner.skip('(')) scanner.fail('a number, a dimension or "("');
  const inner = readExpression(scanner);
  if (!scanner.skip(')')) scanner.fail('")"');
  return inner;
}

function chain(scanner: Scanner, signs: RegExp, operand: (scanner: Scanner) => Expression): Expression {
  let left = operand(scanner);
  for (let sign = scanner.take(signs); sign !== null; sign = scanner.take(signs)) {
    left = { kind: 'operation', sign: sign as Sign, left, right: operand(scanner) };
  }
  return left;
}

const product = (scanner: Scanner): Expression => chain(scanner, /[*/]/y, factor);

/** Reads an expression where the scanner stands; a "-" that begins "->" is not of it. Throws a NotationError. */
export const readExpression = (scanner: Scanner): Expression => chain(scanner, /\+|-(?!>)/y, product);

/** Parses a whole text. Throws a NotationError. */
export const parseExpression = (text: string): Expression => readAll(text, readExpression, 'an operator or the end');

/** Its value. Throws where a dimension is unknown or a division leaves a remainder. */
export function evaluate(expression: Expression, dimensions: Dimensions): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name': {
      const value = dimensions[expression.name];
      if (value === undefined) throw new NotationError(`unknown dimension ${expression.name}`);
      return value;
    }
    case 'operation': {
      const left = evaluate(expression.left, dimensions);
      const right = evaluate(expression.right, dimensions);
      return apply(expression, left, right);
    }
  }
}

function apply(operation: Expression & { kind: 'operation' }, left: number, right: number): number {
  switch (operation.sign) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0 || left % right !== 0) {
        throw new NotationError(`${format(operation)} is no whole number: ${left} / ${right}`);
      }
      return left / right;
  }
}

/** The dimensions it names. */
export function dimensionsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'name':
      return [expression.name];
    case 'operation':
      return [...new Set([...dimensionsOf(expression.left), ...dimensionsOf(expression.right)])];
  }
}

/** As text that parses to the same expression. */
export function format(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'name':
      return expression.name;
    case 'operation':
      return `${bracketed(expression.left, expression.sign, 'left')} ${expression.sign} ${bracketed(expression.right, expression.sign, 'right')}`;
  }
}

const rank = (sign: Sign): number => (sign === '+' || sign === '-' ? 1 : 2);

function bracketed(of: Expression, outer: Sign, side: 'left' | 'right'): string {
  if (of.kind !== 'operation') return format(of);
  const loose = rank(of.sign) < rank(outer) || (side === 'right' && rank(of.sign) === rank(outer));
  return loose ? `(${format(of)})` : format(of);
}
