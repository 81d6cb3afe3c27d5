import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfiguration } from '../../../pipeline/config/configuration.js';
import type { Source } from '../../../pipeline/stage.js';
import { numbers, optionalNumbers, strings, toRows } from '../../../pipeline/rows.js';
import { source } from '../../../stages/energy/benches/source.js';
import { trace, type TraceParams } from '../../../stages/trace/stage.js';
import { needs } from '../../needs.js';
import { thrown } from '../../thrown.js';
import { anySource, fakeContext, type FakeContext } from '../context.js';
import { editLine, publishedFolder, smallModel } from '../energy/benches/published_folder.js';
import { paperBatchSizes, paperLengths, paperModels } from '../energy/twin_rows.js';

const paper: TraceParams = { models: paperModels, batch_sizes: paperBatchSizes, lengths: paperLengths };
const small: TraceParams = { models: [smallModel], batch_sizes: [8], lengths: [32] };
const twin = (await source.open('twin', source.params.parse({}), { download: false })) as Source;
const published = (folder: string): Source => ({ kind: 'published', label: 'published', about: { device: 'device_1' }, place: { folder } }); // prettier-ignore

async function traced(of: Source, params: TraceParams, model = params.models[0]): Promise<FakeContext<TraceParams>> {
  const context = await fakeContext({ params, partition: { model }, source: of });
  try {
    await trace.run(context);
  } finally {
    context.close();
  }
  return context;
}

const findingsOf = ({ written }: FakeContext<TraceParams>) => toRows(written.get('findings')!);

test('the paper’s grid on the twin: 24633 nodes, 2442 measurements', async () => {
  const ids = new Set<string>();
  let nodes = 0;
  for (const model of paperModels) {
    const { written } = await traced(twin, paper, model);
    for (const id of strings(written.get('nodes')!, 'measurement_id')) ids.add(id);
    nodes += written.get('nodes')!.numRows;
  }
  assert.equal([nodes, ids.size], [24633, 2442]);
});

test('a node’s operators summed over its subtree are its counts, in the tables too', async () => {
  const { written, steps } = await traced(twin, { ...paper, batch_sizes: [8, 16], lengths: [32] }, 'distilgpt2');
  const [nodes, operators] = ['nodes', 'operators'].map((name) => toRows(written.get(name)!));
  assert.equal(steps, [[1, 2], [2, 2]]); // prettier-ignore
  for (const batchSize of [8, 16]) {
    const tree = nodes.filter(({ batch_size }) => batch_size === batchSize);
    const flops = tree.map(() => 0);
    for (const row of operators) if (row.batch_size === batchSize) flops[Number(row.node_id)] += Number(row.flops);
    for (let i = tree.length - 1; i > 0; i--) flops[Number(tree[i].parent_id)] += flops[i];
    assert.equal(flops, tree.map((node) => node.flops)); // prettier-ignore
  }
  const expected = {
    model: 'distilgpt2', batch_size: 8, length: 32, node_id: 5, parent_id: 3, scope: '0.attn', type: 'Attention', level: 'module', depth: 3,
    num_parameters: 2362368, shapes: '(8,32,768)', flops: 1233715202, mem_bytes: 20054056,
    signature: 'gpt2/Attention(8,32,768) float32 H=768 h=12 parameters=2362368',
    measurement_id: 'distilgpt2/b8/s32/Attention/1233715202/20054056', measured: true,
  }; // prettier-ignore
  assert.equal(
    nodes.find(({ scope, type }) => scope === '0.attn' && type === 'Attention'),
    expected,
  );
  const bias = { inputs: '(256,768)(768,2304)(2304)', output: '(256,2304)', dtype: 'float32', kernels: 1 };
  const projection = operators.find(({ node_id, batch_size }) => node_id === 6 && batch_size === 8)!;
  assert.equal({ ...projection, ...bias }, projection);
  assert.is(projection.moved_bytes, 4 * (256 * 768 + 768 * 2304 + 2304 + 256 * 2304));
});

test('a workload of which only a part exists has nodes without parents, and every lack is a finding', async () => {
  const context = await traced(twin, { ...paper, batch_sizes: [32], lengths: [96, 128, 160] }, 'openai-gpt');
  const nodes = context.written.get('nodes')!;
  const [lengths, parents, types] = [
    numbers(nodes, 'length'),
    optionalNumbers(nodes, 'parent_id'),
    strings(nodes, 'type'),
  ];
  const odd = types.filter((_, i) => lengths[i] === 128);
  assert.equal([odd.length, new Set(odd)], [36, new Set(['MatMul', 'Softmax'])]);
  assert.ok(parents.every((parent, i) => lengths[i] === 96 || parent === null));
  assert.is(parents.filter((parent) => parent === null).length, 36 + 1);
  const expected = [
    ['openai-gpt/b32/s128', 'not published but for ml_function: no tree'],
    ['openai-gpt/b32/s160', 'not published'],
  ];
  assert.equal(findingsOf(context).map(({ subject, message }) => [subject, message]), expected); // prettier-ignore
  for (const { check_id, severity, value, limit } of findingsOf(context)) {
    assert.equal([check_id, severity, value, limit], ['not_published', 'info', null, null]);
  }
});

test('published rows find their nodes; a miniature is traced like any model', async () => {
  const context = await traced(published(publishedFolder()), small);
  assert.is(context.written.get('nodes')!.numRows, 44);
  assert.equal(findingsOf(context), []);
});

test('copies that differ are a finding', async () => {
  const folder = publishedFolder();
  editLine(join(folder, 'ml2_level_features.csv'), 2, (line) => line.split(',').with(12, '5').join(','));
  const [{ check_id, severity, value, message }] = findingsOf(await traced(published(folder), small));
  assert.equal([check_id, severity, value], ['rows_disagree', 'warn', 1]);
  assert.is(message, `rows of 1 measurements differ though type and counts are equal; averaged (first ${folder}/ml2_level_features.csv:2)`); // prettier-ignore
});

const ml1 = 'ml1_level_features.csv';
const misfits: readonly (readonly [what: string, edit: (folder: string) => void, message: string])[] = [
  [
    'a row of no node',
    (folder) => editLine(join(folder, ml1), 2, (line) => line.replace('word_embeddings', 'wort_embeddings')),
    `${ml1}:2: column level_name: found "embeddings.wort_embeddings:Embedding", which is no node of this model; nearest: embeddings.word_embeddings:Embedding (and 1 more rows that do not fit)`,
  ],
  [
    'a row that counts otherwise',
    (folder) => editLine(join(folder, ml1), 2, (line) => line.split(',').with(2, '7.5').join(',')),
    `${ml1}:2: column flops: found a count of 7500000, expected 0`,
  ],
  [
    'a row that lacks',
    (folder) => editLine(join(folder, ml1), 2, () => null),
    `${ml1}: ${smallModel}, batch size 8, length 32: column level_name: found 0 rows embeddings.word_embeddings:Embedding, expected 1`,
  ],
  [
    'a row of another part',
    (folder) => editLine(join(folder, ml1), 2, (line) => line.replace(/[^,]*:Embedding/, 'pooler:MatMul')),
    `${ml1}:2: column level_name: found "pooler:MatMul", which is no node of this model (and 1 more rows that do not fit)`,
  ],
];

for (const [what, edit, message] of misfits) {
  test(`${what} ends trace with the first and the number of such rows`, async () => {
    const folder = publishedFolder();
    edit(folder);
    const error = await thrown(() => traced(published(folder), small));
    assert.equal([error.name, error.message.replaceAll(`${folder}/`, '')], ['UnavailableError', message]);
  });
}

test('a model of which the source has nothing is not traced in silence', async () => {
  const error = await thrown(() => traced(published(publishedFolder()), { ...small, lengths: [64] }));
  assert.is(error.message, `${smallModel}: the source (published) has none of the batch sizes 8 with the lengths 64`);
});

test('a task’s files are the model’s description and the bench’s, under names that are the same everywhere', () => {
  const files = (of: Source) => trace.files!(small, of, { model: 'distilgpt2' }, {});
  const described = ['models/configurations/distilgpt2.yaml', 'models/families/gpt2.yaml'];
  assert.equal(files(twin).map(({ name }) => name), [...described, 'bench']); // prettier-ignore
  const csv = ['ml1', 'ml2', 'module', 'model'].map((level) => `${level}_level_features.csv`);
  const named = files(published('/somewhere'));
  assert.equal(named.map(({ name }) => name), [...described, ...csv]); // prettier-ignore
  assert.ok(named.every(({ name, path }) => basename(name) === basename(path)));
  assert.equal(trace.partitions(paper, {}, {}, anySource), paperModels.map((model) => ({ model }))); // prettier-ignore
});

/** The problems that a configuration's `bench` and `trace` sections have, as the program tells them. */
async function problems(yaml: string): Promise<string[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'trace-')), 'c.yaml');
  writeFileSync(file, `run: x\n${yaml}`);
  const registry = { url: '', choice: source, stages: [{ stage: trace, module: new URL('file:///trace') }] };
  const { message } = await thrown(() => loadConfiguration(file, registry));
  return message.replaceAll(file, 'c.yaml').split('\n').slice(1);
}

test('all mistakes at once, each where it stands', async () => {
  const yaml = `bench: { source: [remote, twin], device: device_1 }
trace:
  models: [bert-base, gpt2, gpt2, roberta-bas]
  batch_sizes: [8, 0, 8.5]
  lengths: [x]
`;
  assert.equal(await problems(yaml), [
    'c.yaml:2:19 bench.source.0: source "remote" is not available; available: published, twin, logs, live',
    'c.yaml:4:12 trace.models.0: unknown model "bert-base"; nearest: bert-base-uncased',
    'c.yaml:4:29 trace.models.2: gpt2 stands there twice',
    'c.yaml:4:35 trace.models.3: unknown model "roberta-bas"; nearest: roberta-base',
    'c.yaml:5:20 trace.batch_sizes.1: expected a positive number',
    'c.yaml:5:23 trace.batch_sizes.2: expected a whole number, received 8.5',
    'c.yaml:6:13 trace.lengths.0: expected a number, received "x"',
  ]);
});

test('an input longer than a model takes, beside an unknown model and a wrong key', async () => {
  const yaml = `trace:
  models: [gpt, roberta-base]
  batch_sizes: [8]
  lengths: [512, 513]
  lenghts: [1]
`;
  assert.equal(await problems(yaml), [
    'c.yaml:3:12 trace.models.0: unknown model "gpt"; nearest: gpt2',
    'c.yaml:5:18 trace.lengths.1: 513 tokens are more than roberta-base takes: at most 512',
    'c.yaml:6:3 trace.lenghts: unknown key, did you mean "lengths"?',
  ]);
});

const folder = needs('published');
if (folder) {
  test('published and twin have the same nodes', async () => {
    for (const model of ['openai-gpt', 'distilbert-base-uncased']) {
      const [a, b] = await Promise.all(
        [published(join(folder, 'device_1')), twin].map((of) => traced(of, paper, model)),
      );
      for (const table of ['nodes', 'findings'])
        assert.equal(toRows(a.written.get(table)!), toRows(b.written.get(table)!));
    }
  });
}

test.run();
