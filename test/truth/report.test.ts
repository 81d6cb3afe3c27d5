/** Finished sessions need no instruments any more: from their journals and logs to the report, by the program. */
import { mkdtempSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipelineJson } from '../end_to_end/program.js';
import { leaveSession, leftConfiguration } from './left_behind.js';
import { nodesOf } from './simulated_session.js';
import { fewSignatures, tinyBert, truthOf } from './truth.js';

const models = [fewSignatures, tinyBert];

const configuration = `${leftConfiguration(models)}train: { predictors: [law, unstructured_ols, predicted_sum], seeds: 1 }
`;

interface Row {
  readonly model: string;
  readonly type: string;
  readonly wall_j: number;
  readonly rounds: number;
}

test('two sessions become features, predictions and a report, labelled measured live', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'irene-live-'));
  writeFileSync(join(folder, 'ours.yaml'), configuration);
  for (const model of models) await leaveSession(folder, 'ours', model);
  const { source } = await pipelineJson<{ source: object }>(folder, ['run', 'ours.yaml']);
  assert.equal(source, { kind: 'live', label: 'measured live' });
  assert.ok(existsSync(join(folder, 'reports', 'ours', 'index.html')));
  const rows = await pipelineJson<Row[]>(folder, ['query', 'ours.yaml', 'SELECT model, type, wall_j, rounds FROM features']); // prettier-ignore
  assert.is(rows.length, models.reduce((sum, model) => sum + nodesOf(model).length, 0)); // prettier-ignore
  for (const { type, wall_j, rounds } of rows) {
    const { wall_w, latency_s } = truthOf({ type });
    assert.ok(Math.abs(wall_j / (wall_w * latency_s) - 1) < 1e-3, type);
    assert.is(rounds, 5);
  }
});

test.run();
