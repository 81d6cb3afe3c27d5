/** Where a difference comes from: parts that add up, and intervals in which common work cancels. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Library } from '../../../../stages/energy/tree/library.js';
import {
  difference,
  runToRunPct,
  toldApart,
  type Difference,
} from '../../../../stages/energy/prediction/difference.js';
import { roleOf } from '../../../../stages/energy/prediction/difference_roles.js';
import { changed, toyPrediction, withIntervals } from './toy_intervals.js';

const near = (a: number, b: number, scale: number): void =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.abs(scale), `${a} ≠ ${b}`);

const six = ['bert-base-uncased', 'distilbert-base-uncased', 'roberta-base', 'distilgpt2', 'openai-gpt', 'gpt2'];

const rolesIn = ({ parts }: Difference): string[] => [...new Set(parts.map(({ role }) => role))];

test('the parts of any two models add up to their energies and to the difference', async () => {
  const all = await Promise.all(six.map((model) => toyPrediction(model)));
  for (const first of all) {
    for (const second of all) {
      const { parts, differenceJ, interval } = difference(first, second);
      const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((total, part) => total + of(part), 0);
      near(sum((part) => part.wallJ[0]), first.tree.root.wallJ, first.tree.root.wallJ); // prettier-ignore
      near(sum((part) => part.wallJ[1]), second.tree.root.wallJ, second.tree.root.wallJ); // prettier-ignore
      near(sum((part) => part.differenceJ), differenceJ, first.tree.root.wallJ); // prettier-ignore
      assert.ok(interval!.lowJ <= differenceJ && differenceJ <= interval!.highJ);
    }
  }
});

test('families are compared by what their modules do', async () => {
  const parts = difference(await toyPrediction('bert-base-uncased'), await toyPrediction('gpt2'));
  assert.equal(rolesIn(parts), ['embeddings', 'attention', 'feed-forward', 'normalisation', 'pooler', 'between modules']); // prettier-ignore
  const attention = parts.parts.filter(({ role }) => role === 'attention').map(({ type, copies }) => [type, ...copies]);
  assert.equal(attention, [['BertSelfAttention', 12, 0], ['BertSelfOutput', 12, 0], ['Attention', 0, 12]]); // prettier-ignore
});

test('every class of the shipped families that has children of its own kind has a role, or is a residual', () => {
  const library = new Library();
  for (const family of library.familyNames().map((name) => library.family(name))) {
    for (const [type, { steps }] of Object.entries(family.modules)) {
      const isLowest = steps.every(({ runs }) => !(runs in family.modules));
      if (isLowest) assert.ok(roleOf(type), `${type} of ${family.family}`);
    }
  }
});

test('fewer layers: the interval of the difference is that of the layers left out', async () => {
  const first = await toyPrediction('bert-base-uncased');
  const { differenceJ, paired, interval, parts } = difference(first, await toyPrediction(await changed('bert-base-uncased', 'layers=6'))); // prettier-ignore
  const layerJ = first.tree.nodes.find(({ type }) => type === 'BertLayer')!.wallJ;
  near((paired!.highJ - paired!.lowJ) / 2, 6 * layerJ * 0.03, layerJ);
  assert.ok(paired!.lowJ < differenceJ && differenceJ < paired!.highJ);
  assert.ok(paired!.highJ - paired!.lowJ < (interval!.highJ - interval!.lowJ) / 2);
  assert.equal(parts.find(({ type }) => type === 'BertSelfAttention')!.copies, [12, 6]);
  assert.equal(parts.find(({ role }) => role === 'embeddings')!.interval, { lowJ: 0, highJ: 0 });
});

test('another activation: only the modules that run it bring their intervals', async () => {
  const first = await toyPrediction('bert-base-uncased');
  const { paired, parts } = difference(first, await toyPrediction(await changed('bert-base-uncased', 'activation=relu'))); // prettier-ignore
  const differing = parts.filter(({ interval }) => interval && interval.lowJ !== interval.highJ);
  assert.equal(differing.map(({ type }) => type), ['BertIntermediate']); // prettier-ignore
  const intermediate = first.tree.nodes.find(({ type }) => type === 'BertIntermediate')!.wallJ;
  near(
    (paired!.highJ - paired!.lowJ) / 2,
    12 * 0.03 * (2 * intermediate + differing[0].differenceJ / 12),
    intermediate,
  );
});

test('a model differs from itself by nothing; nothing common, and the free interval is all there is', async () => {
  const first = await toyPrediction('bert-base-uncased');
  assert.equal(difference(first, first).paired, { lowJ: 0, highJ: 0 });
  const longer = difference(first, await toyPrediction('bert-base-uncased', { length: 64 }));
  assert.equal(longer.paired, longer.interval);
});

test('layers of equal work cancel between two families', async () => {
  const [bert, roberta] = [await toyPrediction('bert-base-uncased'), await toyPrediction('roberta-base')];
  const { paired, interval, parts } = difference(bert, roberta);
  assert.ok(paired!.highJ - paired!.lowJ <= interval!.highJ - interval!.lowJ);
  assert.equal(rolesIn({ parts } as Difference).at(-1), 'between modules');
});

test('without intervals, or between benches, nothing is claimed', async () => {
  const bare = await toyPrediction('bert-base-uncased', { pct: null });
  const other = await toyPrediction('gpt2', { pct: null });
  assert.is(difference(bare, other).interval, null);
  assert.is(difference(bare, other).paired, null);
  const elsewhere = { ...other, tree: { ...withIntervals(other.tree, 3), bench: 'another' } };
  const apart = difference({ ...bare, tree: withIntervals(bare.tree, 3) }, elsewhere);
  assert.ok(apart.interval);
  assert.is(apart.paired, null);
  assert.ok(apart.parts.every(({ interval }) => interval === null));
});

test('a difference smaller than that of two equal runs is not told apart by the modules', async () => {
  const [bert, roberta] = [await toyPrediction('bert-base-uncased'), await toyPrediction('roberta-base')];
  const small = difference(bert, roberta);
  assert.ok(small.paired!.lowJ > 0 && Math.abs(small.differencePct) < runToRunPct);
  assert.is(toldApart(small), 'no');
  const wide = await toyPrediction('bert-base-uncased', { pct: 9 });
  const fewer = await toyPrediction(await changed('bert-base-uncased', 'layers=11'), { pct: 9 });
  assert.is(toldApart(difference(wide, fewer)), 'modules');
  assert.is(toldApart(difference(wide, await toyPrediction(await changed('bert-base-uncased', 'layers=2')))), 'intervals'); // prettier-ignore
  assert.is(toldApart(difference(wide, await toyPrediction('gpt2', { pct: null }))), null);
  assert.is(toldApart(difference(wide, wide)), 'no');
});

test.run();
