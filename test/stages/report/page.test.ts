import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figures } from '../../../stages/report/figures/list.js';
import { jsonForScript } from '../../../stages/report/page/trees.js';
import { tables } from '../../../stages/report/tables/list.js';
import { publish } from './build.js';
import { fixture } from './fixture.js';

test('the page is one file that loads nothing and may run its own script alone', async () => {
  const page = (await publish('page')).get('index.html')!;
  assert.not.match(page, /(src|href)="(?!#|data:)/);
  assert.not.match(page, /@import|url\(/);
  const script = page.slice(page.lastIndexOf('<script>') + '<script>'.length, page.lastIndexOf('</script>'));
  const hash = createHash('sha256').update(script).digest('base64');
  assert.match(page, `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`);
});

test('every id is there once, and the parts come in order: first the answer', async () => {
  const page = (await publish('page')).get('index.html')!;
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
  );
  const places = [
    'answer',
    'tree',
    'table1',
    'table12',
    'figure1',
    'figure5',
    'past',
    'settings',
    'workload_size',
    'findings',
    'provenance',
  ].map((id) => ids.indexOf(id));
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
  );
  assert.ok(places[0] >= 0);
});

test('the source label is at both ends and on every table', async () => {
  const page = (await publish('page', { source: { kind: 'twin', label: 'simulated' } })).get('index.html')!;
  assert.is(page.match(/Source of every number of ours: <strong>simulated<\/strong>/g)!.length, 2);
  assert.is(
    page.match(/<p class="caption">[^\n]*<span class="source">simulated<\/span>/g)!.length,
    [...tables, ...figures].length,
  );
});

/** Of others: the paper’s name of a method, and what the predictors that ship were fitted on. */
const notOurs = /software measurement|published measurements, replayed logs/g;

for (const [origin, label] of [
  ['simulated', 'simulated'],
  ['replayed', 'published measurements, replayed logs'],
  ['measured', 'measured, from logs'],
  ['measured', 'measured live'],
] as const) {
  test(`values of a source that is “${label}” are called ${origin}, and no other is`, async () => {
    const source = { label };
    const page = (await publish('page', { source })).get('index.html')!;
    assert.match(page, `Energy at the wall, ${origin}: one batch`);
    assert.match(page, `rounds were ${origin}`);
    const outputs = await Promise.all(
      [...tables, ...figures].map(async ({ id }) => [...(await publish(id, { source }))]),
    );
    const texts = [['page', page] as const, ...outputs.flat()];
    for (const [name, text] of texts) {
      const own = text
        .replaceAll(label, '')
        .replace(notOurs, '')
        .replace(/<script>[^]*<\/script>/, '');
      for (const other of ['measured', 'replayed', 'simulated'])
        if (other !== origin) assert.not.match(own, new RegExp(`\\b${other}\\b`, 'i'), name);
    }
  });
}

test('the page lists every round left out, and findings.json has all', async () => {
  const published = await publish('page');
  const { counts, findings, rounds, excluded_rounds } = JSON.parse(published.get('findings.json')!);
  assert.equal(counts, { refuse: 0, exclude: 6, warn: 0, info: 6 });
  assert.is(findings.length, 12);
  assert.is(rounds, 60);
  assert.is(excluded_rounds, 12);
  const page = published.get('index.html')!;
  for (const { severity, subject } of findings) if (severity === 'exclude') assert.match(page, subject);
});

test('provenance says what it rests on, and nothing of when or where', async () => {
  const text = (await publish('page', { source: { place: { folder: '/home/somebody/data' } } })).get(
    'provenance.json',
  )!;
  const provenance = JSON.parse(text);
  assert.equal(provenance.source.about, { device: 'device_1' });
  assert.is(provenance.seeds, 20);
  assert.equal(provenance.configuration.train, { seeds: 20 });
  assert.is(provenance.software.name, 'irene-energy');
  assert.match(provenance.paper[0].sha256, /^[0-9a-f]{64}$/);
  assert.not.match(text, /somebody|\d{4}-\d\d-\d\d/);
});

test('a workload that was not measured is replaced by the largest that was', async () => {
  const page = (await publish('page', { params: { workload: { batch_size: 64, length: 512 } } })).get('index.html')!;
  assert.match(page, 'one batch of 16 inputs of 256 tokens');
});

test('an empty run has a page too', async () => {
  const empty = Object.fromEntries(Object.entries(fixture()).map(([name, rows]) => [name, rows.slice(0, 0)]));
  const page = (await publish('page', { tables: empty })).get('index.html')!;
  assert.match(page, 'No model of this run was replayed');
  assert.match(page, 'id="table12"');
  assert.not.match(page.slice(0, page.indexOf('<script')), /NaN|undefined|Infinity/);
});

test('data inside a script element cannot end it', () => {
  assert.not.match(jsonForScript({ name: '</script><!--' }), '<');
});

test.run();
