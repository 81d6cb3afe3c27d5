/** Finished sessions need no instruments any more: from their journals and logs to the report, by the program. */
import { mkdirSync, mkdtempSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Journal, meterLog, resourceLog, sessionFolder } from '../../stages/profile/live/journal.js';
import { measureSession } from '../../stages/profile/live/session.js';
import { pipelineJson } from '../end_to_end/program.js';
import { ordinary, SimulatedPc } from './simulated_pc.js';
import { jobsIn, nodesOf, settings } from './simulated_session.js';
import { fewSignatures, tinyBert, tinyWorkload, truthOf } from './truth.js';

const models = [fewSignatures, tinyBert];

const configuration = `run: ours
bench:
  source: [live]
  live:
    machine: { name: simulated PC, threads: 20 }
    meter: { type: emonlib, port: /dev/not-there }
    gpu: GPU-0
trace: { models: [${models.join(', ')}], batch_sizes: [${tinyWorkload.batch_size}], lengths: [${tinyWorkload.length}] }
train: { predictors: [law, unstructured_ols, predicted_sum], seeds: 1 }
`;

/** What the program would have left behind of a session on the simulated PC. */
async function measured(folder: string, model: string): Promise<void> {
  const own = join(folder, sessionFolder('ours', model));
  mkdirSync(own, { recursive: true });
  const logs = { meter: meterLog(own, 1), resources: resourceLog(own, 1) };
  const nodes = nodesOf(model);
  const pc = new SimulatedPc({ nodes, truth: truthOf, imperfections: ordinary, logs });
  const meter = { meter: 'emonlib', meter_period_us: 170_000 };
  const about = { bench: 'simulated PC', ...meter, gpu: 'GPU-0', clocks_mhz: null, round_s: 20, rounds: 5 };
  const journal = Journal.open(own, model, about);
  await measureSession(
    jobsIn(nodes, (signature) => `${model}/${signature}`),
    { ...settings, session: model },
    pc,
    journal,
  );
  journal.close();
}

interface Row {
  readonly model: string;
  readonly type: string;
  readonly wall_j: number;
  readonly rounds: number;
}

test('two sessions become features, predictions and a report, labelled measured live', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'irene-live-'));
  writeFileSync(join(folder, 'ours.yaml'), configuration);
  for (const model of models) await measured(folder, model);
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
