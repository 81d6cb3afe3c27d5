import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBench } from '../../../stages/energy/benches/bench_file.js';
import { productPredictors } from '../../../stages/energy/calibration/fit_product.js';
import { runProgram } from './run_program.js';

process.chdir(mkdtempSync(join(tmpdir(), 'calibrate-run-')));

writeFileSync(
  'twin.yaml',
  `run: twin
bench: { source: [twin] }
trace: { models: [distilgpt2, gpt2, distilbert-base-uncased], batch_sizes: [8, 16], lengths: [32, 64] }
profile: { round: 20 s, rounds: 3, instruments: ideal }
train: { predictors: [predicted_sum], features: [all] }
`,
);

test('a run that is not measured is a thing to do first', async () => {
  const { code, stderr } = await runProgram('calibrate', 'twin.yaml');
  assert.is(code, 4);
  assert.match(stderr, /run twin is not measured yet.*\n.*pipeline run twin\.yaml --stage featurize/);
});

test('every predictor of the product is fitted on all of a run, and the file is a bench', async () => {
  const measured = await runProgram('run', 'twin.yaml', '--stage', 'featurize', '--quiet');
  assert.is(measured.code, 0, measured.stderr);
  const { code, stdout, stderr } = await runProgram('calibrate', 'twin.yaml', '--output', 'ours.yaml');
  assert.is(code, 0, stderr);
  assert.match(stdout, /^wall = 1\.0\d+ ± 0\.0\d+ × GPU \+ .* W × time \(PC1: simulated\)/);
  const { predictors } = readBench('ours.yaml');
  assert.equal(Object.keys(predictors!.predictors), productPredictors);
  assert.is(predictors!.source, 'simulated');
  assert.equal(predictors!.fitted_on.models, ['distilgpt2', 'gpt2', 'distilbert-base-uncased']);
  // The twin's law (data/benches/pc1-twin.yaml), its noise 0.4 %.
  const { eta, rest_w } = predictors!.predictors.law!.constants;
  assert.ok(Math.abs(eta - 1.046) < 0.02, String(eta));
  assert.ok(Math.abs(rest_w - 99.9) < 3, String(rest_w));
});

test('the same run gives the same bytes, and a name puts them where benches are looked for', async () => {
  const before = readFileSync('ours.yaml', 'utf8');
  assert.is((await runProgram('calibrate', 'twin.yaml', '--output', 'ours.yaml')).code, 0);
  assert.is(readFileSync('ours.yaml', 'utf8'), before);
  assert.is((await runProgram('calibrate', 'twin.yaml', '--name', 'our-twin')).code, 0);
  assert.ok(existsSync('data/predictors/our-twin.yaml'));
  assert.is(readBench('our-twin').name, 'our-twin');
});

test.run();
