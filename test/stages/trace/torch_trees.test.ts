/** Models in a configuration that PyTorch traces: how they are named, and the rows that come of them. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';
import { toRows } from '../../../pipeline/rows.js';
import type { Source } from '../../../pipeline/stage.js';
import { source } from '../../../stages/energy/benches/source.js';
import { trace, traceParams, type TraceParams } from '../../../stages/trace/stage.js';
import { needs } from '../../needs.js';
import { thrown } from '../../thrown.js';
import { fakeContext } from '../context.js';

process.chdir(packageRoot);

const sizes = { batch_sizes: [8, 16], lengths: [32] };
const twin = (await source.open('twin', source.params.parse({}), { download: false })) as Source;
const code = 'native/torch/tests/small_models.py:gate';

async function traced(params: TraceParams, model: string): Promise<Map<string, ReturnType<typeof toRows>>> {
  const context = await fakeContext({ params, partition: { model }, source: twin });
  try {
    await trace.run(context);
    return new Map([...context.written].map(([name, table]) => [name, toRows(table)]));
  } finally {
    context.close();
  }
}

test('a model of one’s own stands among the others by its name', () => {
  const given = { models: ['gpt2', { torch: code, name: 'gate' }], ...sizes };
  assert.equal(traceParams.parse(given), { models: ['gpt2', 'gate'], ...sizes, torch: { gate: code } });
  const declared = { models: ['gpt2'], ...sizes };
  assert.equal(traceParams.parse(declared), declared);
});

for (const [what, model, message] of [
  ['the name of a configuration', { torch: code, name: 'gpt2' }, 'this is the name of a configuration, choose another'],
  ['a name with spaces', { torch: code, name: 'a b' }, 'expected a name of letters, digits and . _ - /'],
  ['no code', { torch: '', name: 'a' }, 'expected a configuration, a config.json or file.py:function'],
] as const) {
  test(`${what} is refused where it stands`, () => {
    const issues = traceParams.safeParse({ models: ['bert-base-uncased', model], ...sizes }).error!.issues;
    const texts = JSON.stringify(issues);
    assert.ok(texts.includes(message), texts);
  });
}

test('its code is a file that the trace depends on', () => {
  const params: TraceParams = { models: ['gate'], ...sizes, torch: { gate: code } };
  const files = trace.files!(params, twin, { model: 'gate' }, {});
  assert.equal(files[0], { name: join('torch', 'small_models.py'), path: 'native/torch/tests/small_models.py' });
  const again = trace.files!({ ...params, torch: { gate: 'gpt2' } }, twin, { model: 'gate' }, {});
  assert.equal(
    again.slice(0, 2).map(({ name }) => name),
    ['models/configurations/gpt2.yaml', 'models/families/gpt2.yaml'],
  );
});

test('code that is not there is said before anything runs', async () => {
  const params: TraceParams = { models: ['gate'], ...sizes, torch: { gate: 'nowhere.py:make' } };
  const error = await thrown(() => trace.files!(params, twin, { model: 'gate' }, {}));
  assert.equal([error.name, error.message], ['UsageError', 'trace.models: nowhere.py: there is no such file']);
});

if (needs('torch')) {
  test('its rows are like any other model’s', async () => {
    const tables = await traced({ models: ['gate'], ...sizes, torch: { gate: code } }, 'gate');
    const [nodes, operators] = [tables.get('nodes')!, tables.get('operators')!];
    assert.equal([nodes.length, tables.get('findings')!.length], [2 * 9, 0]);
    for (const batch_size of [8, 16]) {
      const tree = nodes.filter((node) => node.batch_size === batch_size);
      const own = operators.filter((operator) => operator.batch_size === batch_size);
      const sum = (column: 'flops' | 'mem_bytes') => own.reduce((total, row) => total + Number(row[column]), 0);
      assert.equal([tree[0].flops, tree[0].mem_bytes], [sum('flops'), sum('mem_bytes')]);
    }
    const linear = {
      model: 'gate', batch_size: 8, length: 32, node_id: 1, parent_id: 0, scope: 'shared', type: 'Linear', level: 'ml', depth: 2,
      num_parameters: 272, shapes: '(8,32,16)(16,16)(16)', flops: 135168, mem_bytes: 73728,
      signature: 'Linear(8,32,16)(16,16)(16) float32 parameters=272', measurement_id: 'gate/b8/s32/Linear/135168/73728', measured: true,
    }; // prettier-ignore
    assert.equal(nodes[1], linear);
  });
}

test.run();
