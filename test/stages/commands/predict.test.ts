/** `pipeline predict` as a process: a bench of one's own, a profile, every output, every mistake. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';
import { program } from '../../../pipeline/cli/program.js';
import * as registry from '../../../pipeline/registry.js';
import type { Streams } from '../../../pipeline/terminal.js';
import { predictorFileText } from '../../../stages/energy/predictors/predictor_file.js';
import { pipeline, pipelineJson } from '../../end_to_end/program.js';

const folder = mkdtempSync(join(tmpdir(), 'predict-'));
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);

const interval = { coverage: 0.9, exponent: 0, half_width: 0.02, half_width_extrapolated: 0.04 };
const law = {
  constants: { eta: 1.046, rest_w: 99.9 },
  'load/low': { 'GPU power': 50 },
  'load/high': { 'GPU power': 250 },
  'interval/model': interval,
};
const file = predictorFileText({ bench: 'box', source: 'a test', made_by: 'hand', fitted_on: {}, coverage: [], predictors: { law } }); // prettier-ignore
write('box.yaml', `name: box\npredictors:\n${file.replace(/^/gm, '  ')}\n`);
write('whole.csv', 'batch_size,length,latency_ms,gpu_j\n8,32,14.7,2.467\n16,32,25.6,4.9\n');
write('model.json', JSON.stringify({ model_type: 'distilbert', dim: 768, n_layers: 6, n_heads: 12, hidden_dim: 3072, vocab_size: 30522, max_position_embeddings: 512, activation: 'relu' })); // prettier-ignore

// A constant lost its name: what is planned by it has no value.
write('odd.yaml', readFileSync(join(packageRoot, 'data', 'predictors', 'pc1.yaml'), 'utf8').replace(/^.*\n/, '').replaceAll('output_mib:', 'output:')); // prettier-ignore
const on = ['--on', 'box.yaml', '--profile', 'whole.csv'];
const bert = ['predict', 'bert-base-uncased', ...on];

test('a workload is one document, several are an array', async () => {
  const one = await pipelineJson<Record<string, unknown>>(folder, [...bert, '--batch', '8']);
  const wall_j = 1.046 * 2.467 + 99.9 * 0.0147;
  assert.ok(Math.abs((one.wall_j as number) - wall_j) < 1e-12);
  assert.ok(Math.abs((one.interval_high_j as number) - 1.02 * wall_j) < 1e-12);
  assert.equal(
    [one.coverage, one.setting, one.predictor, one.bench, one.extrapolated],
    [0.9, 'profiled', 'law', 'box', false],
  );
  const two = await pipelineJson<Record<string, unknown>[]>(folder, bert);
  assert.equal(two.map(({ batch_size, length }) => [batch_size, length]), [[8, 32], [16, 32]]); // prettier-ignore
});

test('the answer is the first line of stdout, warnings are not on it', async () => {
  const { code, stdout, stderr } = await pipeline(folder, ['predict', 'model.json', ...on, '--batch', '8']);
  assert.is(code, 0);
  assert.match(stdout, /^4\.05 J a batch \(3\.9 to 4\.2, 90 %\), 0\.14 kWh per million inputs, 1\.9 cents – profiled: with its measured latency and GPU energy\nmodel\.json \(DistilBertModel\), batch size 8, length 32, on box \(a test\), 14\.7 ms a batch\nof which GPU 2\.58 J, rest of the machine 1\.47 J\n/); // prettier-ignore
  assert.match(
    (await pipeline(folder, [...bert, '--batch', '8'])).stdout,
    /^4\.049 J a batch \(3\.97 to 4\.13, 90 %\)/,
  );
  assert.match(stderr, /warning: extrapolated \(\*\): it runs relu where the fitted models of its family run gelu/);
  assert.match(stderr, /box can plan nothing: the tree ends where the profile does/);
});

test('CSV to stdout alone, a page and a table as files', async () => {
  const csv = await pipeline(folder, [...bert, '--csv', '-']);
  assert.match(csv.stdout, /^model,batch_size,/);
  assert.is(csv.stdout.split('\r\n').length, 4);
  const { code } = await pipeline(folder, [...bert, '--csv', 'out/a.csv', '--html', 'out/a.html', '--quiet']);
  assert.is(code, 0);
  assert.is(readFileSync(join(folder, 'out/a.csv'), 'utf8'), csv.stdout);
  assert.match(readFileSync(join(folder, 'out/a.html'), 'utf8'), /^<!doctype html>/);
});

test('each mistake ends with one message, and writes nothing', async () => {
  const mistakes: readonly (readonly [string[], number, RegExp])[] = [
    [['predict'], 2, /an argument is missing: pipeline predict <model>/],
    [['predict', 'bert', ...on], 2, /unknown model "bert"/],
    [['predict', 'model.jsn', ...on], 2, /unknown model/],
    [['predict', 'gpt2', '--on', 'bx.yaml'], 2, /bx\.yaml: there is no such file of a bench/],
    [
      ['predict', 'gpt2', '--on', 'odd.yaml'],
      2,
      /bench PC1 gives no energy for .*: planned says NaN J\n.*calibrate the bench anew/,
    ],
    [['predict', 'gpt2', '--on', 'pc3'], 2, /there is no bench pc3: did you mean/],
    [['predict', 'gpt2', '--on', 'pc2'], 4, /PC2 has no predictors/],
    [['predict', 'gpt2', '--on', 'box.yaml'], 2, /cannot predict in the setting planned.*only law\n.*--profile/],
    [['predict', 'gpt2', '--on', 'box.yaml', '--setting', 'profiled'], 2, /the whole model \(GPT2Model\)/],
    [['predict', 'gpt2', '--on', 'box.yaml', '--setting', 'plan'], 2, /setting plan: did you mean "planned"\?/],
    [[...bert, '--batch', '8', '--length', '513'], 2, /length 513 is beyond the 512 positions/],
    [[...bert, '--batch', '9'], 2, /no rows of batch size × length 9 × 128\n.*it has 8 × 32, 16 × 32/],
    [[...bert, '--batch', 'x'], 2, /--batch x: expected positive whole numbers/],
    [[...bert, '--clock', '1.9'], 2, /--clock 1\.9: expected the GPU's clock in MHz/],
    [[...bert, '--price', '-1'], 2, /--price -1: expected a number of 0 or more/],
    [[...bert, '--depth', '1.5'], 2, /--depth 1\.5: expected a whole number/],
    [[...bert, '--csv', '.'], 2, /--csv \.: that is a folder/],
    [[...bert, '--json', '--csv', '-'], 2, /both write to stdout/],
    [['predict', 'gpt2', '--on', 'box.yaml', '--profile', 'none.csv'], 2, /none\.csv: there is no such file/],
  ];
  process.chdir(folder);
  for (const [args, expected, pattern] of mistakes) {
    const said = { stdout: '', stderr: '' };
    const stream = (name: keyof typeof said) => ({ write: (text: string) => Boolean((said[name] += text)) });
    const streams = { stdout: stream('stdout'), stderr: stream('stderr') } as unknown as Streams;
    const code = await program([...args, '--html', 'never.html'], registry, streams);
    assert.is(code, expected, `${args.join(' ')}\n${said.stderr}`);
    assert.match(said.stderr, pattern);
    assert.is(said.stderr.split('error:').length, 2, said.stderr);
    assert.is(said.stdout, '');
  }
  assert.not.ok(existsSync(join(folder, 'never.html')));
});

test.run();
