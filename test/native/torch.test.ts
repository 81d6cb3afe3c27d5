/** native/torch: its own tests, and its traced trees against the declared families. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../pipeline/paths.js';
import { readCalibratedBench } from '../../stages/energy/benches/bench_file.js';
import { describeModel } from '../../stages/energy/prediction/described_model.js';
import { fittedBench } from '../../stages/energy/prediction/fitted_bench.js';
import { modelNode } from '../../stages/energy/prediction/model_node.js';
import { predictModel } from '../../stages/energy/prediction/predict_model.js';
import { buildTree } from '../../stages/energy/tree/build.js';
import { Library } from '../../stages/energy/tree/library.js';
import { traceWithTorch } from '../../stages/energy/tree/torch_tracer.js';
import { needs, notRun } from '../needs.js';
import { thrown } from '../thrown.js';
import { declaredOperators, declaredRow, differences, firstAlike, type TracedDocument } from './torch_agreement.js';
import { differencesOf5 } from './transformers_5.js';

process.chdir(packageRoot);

const library = new Library();
const folder = join(packageRoot, 'native', 'torch');

/** None of these commands takes this long; one that does is hung. */
const limit_ms = 300_000;

/** The six models of the paper, whose published counts the families give bit for bit. */
const models = ['bert-base-uncased', 'distilbert-base-uncased', 'roberta-base', 'distilgpt2', 'openai-gpt', 'gpt2'];

const trace = async (model: string, batchSizes: number[], lengths: number[]): Promise<TracedDocument> =>
  JSON.parse(await traceWithTorch({ model, name: model, batchSizes, lengths })) as TracedDocument;

/** The rows of a document by workload, without what names the workload. */
function byWorkload({ nodes, operators }: TracedDocument) {
  const names = [...new Set(nodes.map(({ batch_size, length }) => `${batch_size} ${length}`))];
  return names.map((name) => {
    const [batchSize, length] = name.split(' ').map(Number);
    const here = (row: { readonly batch_size: number; readonly length: number }): boolean =>
      row.batch_size === batchSize && row.length === length;
    return { batchSize, length, nodes: nodes.filter(here), operators: operators.filter(here) };
  });
}

/** Node for node and operator for operator, in every column. */
function equalTrees(model: string, document: TracedDocument): void {
  for (const { batchSize, length, nodes, operators } of byWorkload(document)) {
    const declared = buildTree(library.model(model), { batchSize, length });
    const withoutSignature = nodes.map(({ batch_size: _b, length: _s, signature: _, ...row }) => row);
    assert.equal(withoutSignature, declared.map(declaredRow));
    const ml = declared.flatMap(({ level }, i) => (level === 'ml' ? [i] : []));
    assert.equal(ml.map((i) => nodes[i].signature), ml.map((i) => declared[i].signature)); // prettier-ignore
    assert.equal(firstAlike(nodes.map(({ signature }) => signature)), firstAlike(declared.map(({ signature }) => signature))); // prettier-ignore
    const rows = declared.flatMap((node) =>
      declaredOperators(node).map((operator, position) => ({ node_id: node.id, position, ...operator })),
    );
    assert.equal(operators.map(({ batch_size: _b, length: _s, ...row }) => row), rows); // prettier-ignore
  }
}

/** How the trees of this transformers are compared; null where nobody has looked at it yet. */
const comparisons: Readonly<Record<string, (model: string) => Promise<void>>> = {
  '4.1': async (model) => equalTrees(model, await trace(model, [3, 8], [17, 64])),
  '5.24': async (model) => {
    const { nodes, operators } = await trace(model, [8], [64]);
    const declared = buildTree(library.model(model), { batchSize: 8, length: 64 });
    assert.equal(differences(declared, nodes, operators), differencesOf5[model].map(([text]) => text).sort());
  },
};

const python = needs('torch');
if (python) {
  for (const [what, ...command] of [
    ['its tests pass', 'pytest'],
    ['it is typed strictly', 'mypy'],
    ['it is formatted', 'black', '--check', '.'],
  ]) {
    test(what, () => {
      const { status, stdout, stderr } = spawnSync(python, ['-m', ...command], {
        cwd: folder,
        encoding: 'utf8',
        timeout: limit_ms,
      });
      assert.is(status, 0, stdout + stderr);
    });
  }

  const tiny = join(folder, 'tests', 'tiny_bert.json');
  const { transformers, torch } = (await trace(tiny, [1], [4])).traced;
  const compare = comparisons[transformers.split('.').slice(0, 2).join('.')];
  if (!compare)
    console.log(`${notRun} traced trees against the families: nobody compared transformers ${transformers}`);
  else {
    for (const model of models) test(`${model} as transformers ${transformers} runs it`, () => compare(model));
  }

  test('a traced tree is a model that can be predicted', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'torch-')), 'tiny.json');
    const document = await trace(tiny, [2], [4, 8]);
    writeFileSync(file, JSON.stringify(document));
    const model = await describeModel(file);
    assert.is(model.name, tiny);
    assert.is(model.about, `tree traced in ${file} with torch ${torch}, transformers ${transformers}`);
    assert.equal(model.workloads, [
      { batchSize: 2, length: 4 },
      { batchSize: 2, length: 8 },
    ]);
    const tree = model.tree({ batchSize: 2, length: 8 });
    assert.is(tree[0].type, 'BertModel');
    assert.equal(Object.keys(tree[0]).sort(), Object.keys(modelNode(buildTree(library.model('gpt2'), { batchSize: 1, length: 1 })[0])).sort()); // prettier-ignore
  });

  test('code is traced for the sizes that are asked for, and predicted', async () => {
    const code = join(folder, 'tests', 'small_models.py:gate');
    const model = await describeModel(code, library, { batchSizes: [2, 4], lengths: [8] });
    assert.equal([model.name, model.root, model.workloads?.length], [code, 'Gate', 2]);
    const bench = readCalibratedBench('pc1');
    const workload = { batchSize: 4, length: 8 };
    const { nodes } = await predictModel(fittedBench(bench.name, bench.predictors), model, {
      ...workload,
      clockMhz: null,
    });
    assert.is(nodes.length, 9);
    assert.ok(nodes.every(({ wallJ }) => wallJ > 0));
  });

  test('a model that is not there is a mistake of the user', async () => {
    const error = await thrown(() => trace('nowhere.py:make', [1], [1]));
    assert.is(error.name, 'UsageError');
    assert.is(error.message, 'nowhere.py: there is no such file; expected file.py:function');
  });
}

test('without PyTorch there is one message with what to do', async () => {
  const before = process.env.IRENE_PYTHON;
  process.env.IRENE_PYTHON = '/nowhere/python3';
  const error = await thrown(() => trace('gpt2', [1], [1]));
  if (before === undefined) delete process.env.IRENE_PYTHON;
  else process.env.IRENE_PYTHON = before;
  assert.is(error.name, 'UnavailableError');
  assert.match(error.message, '/nowhere/python3');
  assert.match(error.hint ?? '', 'native/torch/install');
});

test.run();
