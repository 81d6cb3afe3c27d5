/** Figure 4 on the toy bench: scores only where they were published, energies labelled predicted, the front beside the paper. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { overlapping } from '../../../stages/energy/prediction/pareto.js';
import { figure4, figureBody } from '../../../stages/report/figures/figure4.js';
import { judge, predictMiniatures, type Miniatures } from '../../../stages/report/figures/miniatures.js';
import { miniaturesSvg } from '../../../stages/report/figures/miniatures_svg.js';
import { miniatureFiles } from '../../../stages/report/figures/miniature_files.js';
import { readPaper } from '../../../stages/report/paper.js';
import { isCompared, type Compared } from '../../../stages/report/table_json.js';
import { whatIfBody } from '../../../stages/report/tables/what_if.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../pipeline/paths.js';
import { toyBench } from '../energy/prediction/toy_bench.js';
import { publish, tableJson } from './build.js';

const claim = { accuracyPct: 88, fromJ: 4, toJ: 12 };
const bare = await predictMiniatures(toyBench(), { batchSize: 16, length: 128 });

/** The same with intervals of ± some percent. */
function within(pct: number): Miniatures {
  const all = judge(
    bare.all.map((one) => ({ ...one, lowJ: one.energyJ * (1 - pct / 100), highJ: one.energyJ * (1 + pct / 100) })),
  );
  return { all, example: { ...bare.example, coverage: 0.9 }, overlaps: overlapping(all) };
}

const value = (row: Readonly<Record<string, unknown>>) => row.value as Compared;
const keyOf = (row: Readonly<Record<string, unknown>>) => (row.quantity as { key: string }).key;

test('all 24 have an energy, by energy; four have a published accuracy, none a made-up one', () => {
  assert.is(bare.all.length, 24);
  const energies = bare.all.map(({ energyJ }) => energyJ);
  assert.equal(energies, [...energies].sort((a, b) => a - b)); // prettier-ignore
  const scored = bare.all.filter(({ accuracyPct }) => accuracyPct !== null);
  assert.equal(scored.map(({ layers, hidden, accuracyPct }) => [layers, hidden, accuracyPct]), [[2, 128, 83.2], [4, 256, 85.9], [4, 512, 89.7], [8, 512, 89.6]]); // prettier-ignore
  assert.ok(scored.every(({ accuracySource }) => accuracySource!.startsWith('https://')));
  assert.equal(scored.map(({ standing }) => standing), ['on', 'on', 'on', 'off']); // prettier-ignore
  for (const one of bare.all) assert.is(one.standing === null, one.accuracyPct === null);
});

test('the table has the paper’s values with ours beside, then a row each, labelled predicted', async () => {
  const { rows, notes, columns } = figureBody(await readPaper('figure4'), within(4));
  assert.is(rows.length, 6 + 24);
  const cheapest = rows.find((row) => value(row).paper === 4)!;
  const small = rows.find((row) => keyOf(row) === 'google/bert_uncased_L-4_H-512_A-8')!;
  assert.is(value(cheapest).ours, value(small).ours);
  for (const row of rows) {
    assert.ok(isCompared(value(row)));
    if (value(row).ours !== null) assert.match(String(row.source), 'predicted, planned (S3)');
    for (const name of Object.keys(row)) assert.ok(columns.some((column) => column.name === name), name); // prettier-ignore
  }
  assert.match(notes.join('\n'), /4 of 24 .*no accuracy/);
  assert.match(notes.join('\n'), /standard error of 0\.7 to 0\.9 points/);
  assert.match(notes.join('\n'), /90 % intervals overlap cannot be told apart: L4 H128 and L2 H256/);
  assert.match(notes.join('\n'), /no interval puts it in doubt/);
});

test('wide intervals leave the front open, and say so', async () => {
  assert.match(figureBody(await readPaper('figure4'), within(45)).notes.join('\n'), /the intervals leave .* open/);
});

test('the picture is a whole document, with and without intervals', async () => {
  for (const miniatures of [within(4), bare]) {
    const svg = await miniaturesSvg({ ...figure4, caption: String(figure4.caption) }, miniatures, claim);
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.match(svg, 'L4 H512: 89.7 %');
    assert.match(svg, 'predicted (planned, S3)');
    assert.match(svg, 'paper: 88 % and above, 4 to 12 J');
    assert.not.match(svg, /href|url\(|NaN|undefined/);
  }
});

test('without predictors for the machine the paper’s values stand alone, with the reason', async () => {
  const other = { kind: 'logs', about: { device: 'mine' } };
  const { rows, notes } = await tableJson('figure4', { source: other });
  assert.is(rows.length, 6);
  assert.match(notes[0], /None of ours: predictors are shipped for PC1/);
  const published = await publish('figure4', { source: other });
  assert.not([...published.keys()].some((path) => path.endsWith('.svg')));
  assert.match((await tableJson('what_if', { source: other })).notes[0], /shipped for PC1/);
});

test('the files that the figure rests on are declared and there', () => {
  for (const file of miniatureFiles()) assert.ok(existsSync(join(packageRoot, file)), file);
  assert.is(miniatureFiles().filter((file) => file.includes('configurations')).length, 24);
});

test('what-if: every change beside the original, differences that fit', async () => {
  const { rows, notes } = await whatIfBody(toyBench(), { batch_size: 16, length: 128 });
  const [original, ...changes] = rows;
  assert.is(changes.length, 6);
  for (const row of changes) {
    const difference = Number(row.energy_j) - Number(original.energy_j);
    assert.ok(Math.abs(difference - Number(row.difference_j)) < 1e-9);
    assert.is((row.setting as { key: string }).key, 'planned');
  }
  assert.ok(Number(changes[0].difference_pct) < -45);
  assert.match(notes[0], /bert-base-uncased, batch size 16, length 128/);
});

test.run();
