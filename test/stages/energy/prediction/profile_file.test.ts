/** What somebody logged: every way of naming a node and a unit, and every mistake. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../../pipeline/database.js';
import { describeModel } from '../../../../stages/energy/prediction/described_model.js';
import { measuredNodes, workloadsOf } from '../../../../stages/energy/prediction/profile.js';
import { readProfile } from '../../../../stages/energy/prediction/profile_file.js';
import { thrown } from '../../../thrown.js';

const folder = mkdtempSync(join(tmpdir(), 'profile-'));
const workload = { batchSize: 8, length: 32 };
const tree = (await describeModel('bert-base-uncased')).tree(workload);
let files = 0;

function file(content: string, ending = '.csv'): string {
  const path = join(folder, `profile${++files}${ending}`);
  writeFileSync(path, content);
  return path;
}

const measuredOf = async (content: string, ending?: string) =>
  measuredNodes(await readProfile(file(content, ending)), 'bert-base-uncased', workload, tree);

const idOf = (scope: string, type: string, nth = 0): number =>
  tree.filter((node) => node.scope === scope && node.type === type)[nth].id;

test('nodes as published, with paths as PyTorch has them; the two MatMul of an attention in order', async () => {
  const { measured, warnings } = await measuredOf(
    `batch_size,seq_len,times_mean,gpu_energy_mean,gpu,level_name,model_name
8.0,32.0,0.0147,2.467,96.0,bert-base-uncased,bert-base-uncased
8.0,32.0,0.0001,0.01,90.0,encoder.layer.3.attention.self:MatMul,bert-base-uncased
8.0,32.0,0.0002,0.02,91.0,encoder.layer.3.attention.self:MatMul,bert-base-uncased
8.0,32.0,0.0003,0.03,91.0,encoder.layer.3.attention.self.dropout:Dropout,bert-base-uncased
8.0,32.0,0.0104,1.5,95.0,distilbert-base-uncased,distilbert-base-uncased
`,
  );
  assert.equal(measured.get(0), { latency_s: 0.0147, gpu_j: 2.467, gpu_pct: 96 });
  assert.is(measured.get(idOf('encoder.3.attention.self', 'MatMul'))!.latency_s, 0.0001);
  assert.is(measured.get(idOf('encoder.3.attention.self', 'MatMul', 1))!.latency_s, 0.0002);
  assert.is(measured.size, 3);
  assert.match(warnings.join(), /no nodes of bert-base-uncased: encoder\.layer\.3\.attention\.self\.dropout:Dropout/);
});

test('other units, scopes of ours, a path without its class is the module', async () => {
  const { measured } = await measuredOf('scope,latency_ms,gpu_mj\nencoder.3.attention.self,0.5,50\n,14.7,2467\n');
  assert.equal(measured.get(idOf('encoder.3.attention.self', 'BertSelfAttention')), { latency_s: 0.0005, gpu_j: 0.05 });
  assert.is(measured.size, 2);
  const json = await measuredOf(
    '[{"scope": "pooler", "type": "BertPooler", "latency_us": 90, "gpu_j": 0.008}]',
    '.json',
  );
  assert.equal([...json.measured.keys()], [idOf('pooler', 'BertPooler')]);
  const whole = await measuredOf('latency_s,gpu_j\n0.0147,2.467\n');
  assert.equal([...whole.measured.keys()], [0]);
});

test('Parquet, and the workloads that a profile has', async () => {
  const path = join(folder, 'profile.parquet');
  const database = await Database.open();
  await database.copy(
    "SELECT '' AS scope, b AS batch_size, 32 AS length, 0.01 * b AS latency_s, 1.5 * b AS gpu_j FROM range(1, 3) t(b)",
    path,
  );
  database.close();
  const profile = await readProfile(path);
  assert.equal(workloadsOf(profile, 'any'), [{ batchSize: 1, length: 32 }, { batchSize: 2, length: 32 }]); // prettier-ignore
  const error = await thrown(() => measuredNodes(profile, 'any', workload, tree));
  assert.match(`${error.message} → ${error.hint}`, /no rows of batch size × length 8 × 32 → it has 1 × 32, 2 × 32/);
});

test('each mistake has one message that says where', async () => {
  const refused = async (content: string, pattern: RegExp, ending?: string): Promise<void> => {
    const error = await thrown(() => measuredOf(content, ending));
    assert.is(error.name, 'UsageError');
    assert.match(`${error.message} → ${error.hint}`, pattern);
  };
  await refused('scope,latency_s\n,0.1\n', /no column gpu_j or gpu_mj or gpu_energy_mean → it has scope, latency_s/);
  await refused('latency_s,gpu_j\n14.7,2.467\n', /2\.467 J in 14\.7 s are 0\.168 W, which no GPU draws: wrong units\?/);
  await refused('latency_s,gpu_j\n0,2.467\n', /wrong units/);
  await refused('latency_s,gpu_j\n0.0147,abc\n', /profile\d+\.csv:2 gpu_j: found "abc", expected a number/);
  await refused('latency_s,gpu_j\n0.0147,\n', /profile\d+\.csv:2 gpu_j: found nothing/);
  await refused('latency_s,gpu_j\n0.0147\n', /profile\d+\.csv:2: found 1 cells, expected 2/);
  await refused('latency_s,latency_s\n', /stands there twice/);
  await refused('latency_s,gpu_j\n', /it has no rows/);
  await refused('{"a": 1}', /expected a list of mappings/, '.json');
  await refused('no parquet', /it is no Parquet file/, '.parquet');
  await refused('x', /expected a table in one of \.csv, \.json, \.parquet/, '.xlsx');
  await refused('scope,latency_s,gpu_j\nencoder.layer.0.atention,0.01,1\n', /none of its rows names a node.*attention/);
  await refused(
    'model,latency_s,gpu_j\ngpt2,0.01,1\nroberta-base,0.01,1\n',
    /no rows of bert-base-uncased → it has gpt2/,
  );
  const missing = await thrown(() => readProfile(join(folder, 'none.csv')));
  assert.match(missing.message, /there is no such file/);
});

test.run();
