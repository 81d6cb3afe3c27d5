/** A model by name, by a Hugging Face configuration, by a file of ours, by a traced tree: the same tree each time. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeModel } from '../../../../stages/energy/prediction/described_model.js';
import { activations, activationOf, withActivation } from '../../../../stages/energy/tree/activation.js';
import { Library } from '../../../../stages/energy/tree/library.js';
import { thrown } from '../../../thrown.js';

const folder = mkdtempSync(join(tmpdir(), 'described-'));
const workload = { batchSize: 8, length: 32 };
let files = 0;

function file(content: unknown, ending = '.json'): string {
  const path = join(folder, `model${++files}${ending}`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const refused = async (path: string, pattern: RegExp): Promise<void> => {
  const error = await thrown(() => describeModel(path));
  assert.is(error.name, 'UsageError');
  assert.match(`${error.message} → ${error.hint}`, pattern);
};

const gpt2 = { model_type: 'gpt2', activation_function: 'gelu_new', n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024, vocab_size: 50257 }; // prettier-ignore
const encoder = { hidden_act: 'gelu', hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12, num_hidden_layers: 12 }; // prettier-ignore

/** The keys with which the published files describe these models. */
const configurations: Readonly<Record<string, object>> = {
  'bert-base-uncased': { ...encoder, architectures: ['BertForMaskedLM'], model_type: 'bert', max_position_embeddings: 512, type_vocab_size: 2, vocab_size: 30522 },
  'roberta-base': { ...encoder, model_type: 'roberta', max_position_embeddings: 514, type_vocab_size: 1, vocab_size: 50265 },
  'distilbert-base-uncased': { model_type: 'distilbert', activation: 'gelu', dim: 768, hidden_dim: 3072, n_heads: 12, n_layers: 6, max_position_embeddings: 512, vocab_size: 30522 },
  gpt2,
  distilgpt2: { ...gpt2, n_layer: 6 },
  'openai-gpt': { model_type: 'openai-gpt', afn: 'gelu', n_embd: 768, n_head: 12, n_layer: 12, n_positions: 512, n_ctx: 512, vocab_size: 40478 },
}; // prettier-ignore

for (const [name, configuration] of Object.entries(configurations)) {
  test(`a config.json of ${name} gives the shipped configuration's tree`, async () => {
    const [shipped, given] = [await describeModel(name), await describeModel(file(configuration))];
    assert.equal(given.tree(workload), shipped.tree(workload));
    assert.equal([...given.differences, ...given.assumptions], []);
  });
}

test('the YAML of a configuration is a model wherever it lies', async () => {
  const path = file('model: mine\nfamily: bert\nabout: mine\ndimensions: { hidden: 384, layers: 6, heads: 6, intermediate: 1536, vocabulary: 30522, positions: 512, types: 2 }\n', '.yaml'); // prettier-ignore
  const mine = await describeModel(path);
  assert.is(mine.name, 'mine');
  assert.is(mine.tree(workload).filter(({ type }) => type === 'BertLayer').length, 6);
});

test('what a config.json leaves out is said, what its family does not run is a difference', async () => {
  const small = await describeModel(file({ model_type: 'bert', hidden_size: 384, num_attention_heads: 6 }));
  assert.match(small.assumptions.join(), /as transformers takes it: num_hidden_layers 12, intermediate_size 3072/);
  const relu = await describeModel(file({ ...configurations['bert-base-uncased'], hidden_act: 'relu' }));
  assert.equal(relu.differences, ['it runs relu where the fitted models of its family run gelu']);
  const runs = relu.tree(workload).find(({ type }) => type === 'BertIntermediate')!.operators;
  assert.equal(runs.map(({ operator }) => operator), ['relu']); // prettier-ignore
  const half = await describeModel(file({ ...gpt2, torch_dtype: 'float16', pruned_heads: { 0: [1] } }));
  assert.is(half.differences.length, 2);
  const old = await describeModel(file({ ...encoder, architectures: ['BertModel'] }));
  assert.is(old.root, 'BertModel');
});

test('every activation takes the place of a family’s own', () => {
  const library = new Library();
  for (const name of library.familyNames()) {
    const family = library.family(name);
    const own = activationOf(family)!;
    assert.is(own, ['gpt2', 'openai-gpt'].includes(name) ? 'gelu_new' : 'gelu');
    for (const activation of activations) {
      const changed = withActivation(family, activation);
      if (activation === own) assert.equal(changed.modules, family.modules);
      else assert.not.equal(changed.family, family.family);
    }
  }
});

const rowOf = { batch_size: 1, length: 4 };
const node = (node_id: number, parent_id: number | null, rest: object = {}) => ({ ...rowOf, node_id, parent_id, scope: parent_id === null ? '' : `n${node_id}`, type: parent_id === null ? 'Net' : 'Linear', level: parent_id === null ? 'model' : 'ml', num_parameters: 1, flops: 2, mem_bytes: 3, signature: `n${node_id}`, ...rest }); // prettier-ignore
const operator = (node_id: number, rest: object = {}) => ({ ...rowOf, node_id, position: 0, operator: 'matmul', inputs: '(1,4,8)(8,8)', output: '(1,4,8)', dtype: 'float32', moved_bytes: 64, kernels: 1, ...rest }); // prettier-ignore

test('a traced tree brings its workloads', async () => {
  const path = file({ model: 'net', nodes: [node(0, null), node(1, 0)], operators: [operator(1)] });
  const net = await describeModel(path);
  assert.equal([net.name, net.root, net.workloads], ['net', 'Net', [{ batchSize: 1, length: 4 }]]);
  assert.is(net.tree({ batchSize: 1, length: 4 })[1].operators[0].operator, 'matmul');
  const error = await thrown(() => net.tree({ batchSize: 2, length: 4 }));
  assert.match(error.message, /no tree of batch size × length 2 × 4/);
});

test('each mistake in a file has one message that says where', async () => {
  const nodes = [node(0, null), node(1, 0)];
  await refused('no-such-model', /unknown model "no-such-model"/);
  await refused('bert-base', /nearest: bert-base-uncased/);
  await refused(join(folder, 'none.json'), /there is no such file/);
  await refused(join(folder, 'none.yaml'), /there is no such file/);
  await refused(file('{'), /it is no JSON/);
  await refused(file('[1]'), /expected a mapping/);
  await refused(file({ hidden: 3 }), /no model_type/);
  await refused(file({ model_type: 'robert' }), /model_type robert is no family of the project; nearest: roberta/);
  await refused(file({ model_type: 'llama' }), /families: bert, roberta/);
  await refused(
    file({ model_type: 'bert', hidden_size: '768' }),
    /model\d+\.json:1:\d+ hidden_size: expected a number/,
  );
  await refused(file({ model_type: 'bert', hidden_size: 770 }), /model\d+\.json: .*12/);
  await refused(file({ model_type: 'bert', hidden_act: 'gelo' }), /hidden_act gelo is no activation.*"gelu"/);
  await refused(file({ model: 'm', nodes: [], operators: [] }), /nodes: /);
  await refused(file({ model: 'm', nodes: [node(0, null, { flops: -1 })], operators: [] }), /nodes\[0\]\.flops: /);
  await refused(file({ model: 'm', nodes: [node(0, 3)], operators: [] }), /expected the whole model first/);
  await refused(file({ model: 'm', nodes: [node(0, null), node(2, 1)], operators: [] }), /expected a parent_id among/);
  await refused(file({ model: 'm', nodes: [...nodes, node(1, 0)], operators: [] }), /stands there twice/);
  await refused(file({ model: 'm', nodes, operators: [operator(5)] }), /an operator of node 5 of 1 × 4: no such node/);
  await refused(file({ model: 'm', nodes, operators: [operator(1, { inputs: '8x8' })] }), /operators\[0\]\.inputs: expected shapes/); // prettier-ignore
});

test.run();
