import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contest, ratioOf } from '../../bench/contest.js';
import { digits, seconds, times } from '../../bench/figures.js';
import { markdown } from '../../bench/markdown.js';

test('contestants take turns, and none is always first', async () => {
  const turns: string[] = [];
  const turn = (name: string) => async () => turns.push(name);
  const samples = await contest(3, { a: turn('a'), b: turn('b'), c: turn('c') });
  assert.is(turns.join(''), 'abcbcacab');
  assert.equal(samples, { a: [1, 6, 8], b: [2, 4, 9], c: [3, 5, 7] });
});

test('a ratio is the median of the rounds, not of the times', () => {
  assert.equal(ratioOf([2, 30, 8], [1, 10, 2]), { median: 3, least: 2, most: 4 });
});

test('figures have the digits that they deserve', () => {
  assert.equal([1234.6, 99.94, 9.999, 0.5, 0.01234, 2].map(digits), ['1235', '99.9', '10', '0.5', '0.0123', '2']);
  assert.equal([0.0021, 61.23].map(seconds), ['2.1 ms', '61.2 s']);
  assert.is(times({ median: 3.14159, least: 2, most: 40 }), '3.14× (2 to 40)');
  assert.is(times({ median: 3, least: 3, most: 3 }), '3×');
});

test('a row tells whether its target is met, and nothing where it has none', () => {
  const text = markdown({
    title: 'name',
    rows: [
      { what: 'a', ours: '1 s', peer: 'b', theirs: '3 s', ratio: '3×', target: '≥ 2×', met: true },
      { what: 'c', ours: '1 s', target: '≤ 0.5 s', met: false },
      { what: 'd', ours: '1 s', met: null },
    ],
    notes: ['e'],
  });
  assert.equal(text.split('\n').slice(4), [
    '| a | 1 s | b | 3 s | 3× | ≥ 2× | met |',
    '| c | 1 s |  |  |  | ≤ 0.5 s | **missed** |',
    '| d | 1 s |  |  |  |  |  |',
    '',
    '- e',
    '',
  ]);
});

test.run();
