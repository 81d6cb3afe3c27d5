import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { benchNames, readBench, readCalibratedBench } from '../../../../stages/energy/benches/bench_file.js';
import { benchList } from '../../../../stages/energy/benches/bench_list.js';
import { thrown } from '../../../thrown.js';

const folder = mkdtempSync(join(tmpdir(), 'benches-'));
process.chdir(folder);
for (const kind of ['benches', 'predictors']) mkdirSync(join('data', kind), { recursive: true });

const fitted = (bench: string): string =>
  `bench: ${bench}
source: a table of one’s own
made_by: a test
fitted_on: { rows: 12 }
predictors:
  predicted_sum:
    constants: { eta: 1.1, rest_w: 40 }
`;

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

writeFileSync('data/benches/inline.yaml', `name: Inline\npredictors:\n${indented(fitted('Inline'))}`);
writeFileSync('data/benches/named.yaml', 'name: Named\nlabel: simulated\npredictors: shared\n');
writeFileSync('data/predictors/shared.yaml', fitted('Named'));
writeFileSync('data/benches/lost.yaml', 'name: Lost\npredictors: nowhere\n');
writeFileSync('data/benches/wrong.yml', 'name: Wrong\npredictors: { bench: 3 }\n');
writeFileSync('data/benches/bare.yaml', 'name: Bare\ngpu: { name: a card, idle: { power_w: 10 } }\n');

test('a bench has its predictors in itself or names their file', () => {
  const inline = readBench('inline');
  assert.is(inline.name, 'Inline');
  assert.is(inline.source, 'a table of one’s own');
  assert.equal(inline.predictors?.predictors.predicted_sum, { constants: { eta: 1.1, rest_w: 40 } });
  const named = readBench('named');
  assert.equal(named.predictors?.predictors, inline.predictors?.predictors);
  assert.equal(readBench('data/benches/named.yaml'), named, 'by its file too');
});

test('a file of predictors alone is a bench', () => {
  const bench = readBench('shared');
  assert.is(bench.name, 'Named');
  assert.equal(bench.predictors?.predictors, readBench('named').predictors?.predictors);
  assert.equal(readBench('data/predictors/shared.yaml'), bench);
});

test('a bench of the package is found where the working directory has none of the name', () => {
  assert.ok(benchNames().includes('pc2'));
  assert.is(readBench('pc2').name, 'PC2');
  assert.is(readBench('pc2').predictors, null);
});

test('an unknown name has the nearest, a lacking file is said to be lacking', async () => {
  assert.match((await thrown(() => readBench('inlin'))).message, /no bench inlin: did you mean inline\?/);
  assert.match((await thrown(() => readBench('./no.yaml'))).message, /\.\/no\.yaml: there is no such file/);
});

test('predictors that are not there, or none at all, are a thing to get', async () => {
  const lost = await thrown(() => readBench('lost'));
  assert.match(lost.message, /nowhere that it names are not there: expected data\/predictors\/nowhere\.yaml/);
  const bare = await thrown(() => readCalibratedBench('bare'));
  assert.match(bare.message, /bench Bare has no predictors/);
  assert.match(bare.hint ?? '', /pipeline calibrate/);
  assert.is((bare as { exitCode?: number }).exitCode, 4);
});

test('a wrong file is told with its place', async () => {
  const { message } = await thrown(() => readBench('data/benches/wrong.yml'));
  assert.match(message, /wrong\.yml:2:\d+ predictors/);
});

test('the list tells which predictors a bench has', () => {
  const byName = new Map(benchList().map((bench) => [bench.bench, bench]));
  assert.is(byName.get('inline')?.predictors, 'predicted_sum');
  assert.is(byName.get('named')?.predictors, 'predicted_sum');
  assert.is(byName.get('named')?.kind, 'simulated');
  assert.is(byName.get('lost')?.predictors, null);
  assert.is(byName.get('bare')?.gpu, 'a card');
  assert.is(byName.get('pc2')?.device, 'device_2');
});

test.run();
