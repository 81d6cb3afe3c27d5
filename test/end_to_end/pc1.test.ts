/**
 * The main job, as a stranger would do it: `pipeline run configs/pc1.yaml`, from nothing to every table. With the
 * published files its figures are those of METHODS 2's re-run; without them the same run ends from the simulated PC1.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publishedMeans } from '../../stages/energy/benches/published.js';
import { packageRoot } from '../../pipeline/paths.js';
import { needs } from '../needs.js';
import { pipeline, pipelineJson, workFolder } from './program.js';

const published = needs('published');
const config = 'configs/pc1.yaml';
const folder = workFolder();

interface ErrorRow {
  readonly mean_pct: number;
  readonly seeds: number;
}

async function errorOf(predictor: string, level: string, features = 'all'): Promise<ErrorRow> {
  const rows = await pipelineJson<ErrorRow[]>(folder, [
    'query',
    config,
    `SELECT mean_pct, seeds FROM errors WHERE predictor = '${predictor}' AND level = '${level}' AND features = '${features}'
       AND variant = 'paper' AND split = 'leave_model_out' AND model = 'all' AND weighting = 'rows' AND quantity = 'energy'`,
  ]);
  assert.is(rows.length, 1);
  return rows[0];
}

test('the whole run ends, says its source at both ends, and writes every table', async () => {
  const { code, stderr } = await pipeline(folder, ['run', config]);
  assert.is(code, 0, stderr);
  const label = published ? 'published measurements, replayed logs' : 'simulated';
  const lines = stderr.trim().split('\n');
  assert.match(lines[0], label);
  assert.match(lines.at(-1)!, label);
  const tables = readdirSync(join(folder, 'reports/pc1/tables')).filter((name) => name.endsWith('.json'));
  for (let i = 1; i <= 12; i++) assert.ok(tables.includes(`table${i}.json`), `table${i}`);
  for (const name of tables) {
    assert.match(readFileSync(join(folder, 'reports/pc1/tables', name), 'utf8'), label, name);
  }
  assert.match(readFileSync(join(folder, 'reports/pc1/index.html'), 'utf8'), label);
});

test('the clock is found from the data: within 5 ms and 2 ppm of what the replay had', async () => {
  const sessions = await pipelineJson<{ offset_s: number; drift_ppm: number }[]>(folder, [
    'query',
    config,
    'SELECT offset_s, drift_ppm FROM clock',
  ]);
  assert.is(sessions.length, 6);
  // METHODS 6: 1.234 s and 50 ppm; the true offset includes the mean arrival delay of 1.5 ms.
  for (const { offset_s, drift_ppm } of sessions) {
    assert.ok(Math.abs(offset_s - (1.234 + 0.0015)) < 0.005, `offset ${offset_s} s`);
    assert.ok(Math.abs(drift_ppm - 50) < 2, `drift ${drift_ppm} ppm`);
  }
});

if (published) {
  /** What METHODS 2 and the table demand: the mean error in %, and how far ours may be from it. */
  const demands: readonly [string, string, string, number, number][] = [
    ['end2end', 'ml', 'all', 0.7, 0.01],
    ['end2end', 'ml', 'model_only', 5.76, 0.03],
    ['end2end', 'ml', 'resource_only', 0.63, 0.01],
    ['predicted_sum', 'module', 'all', 16.4, 0.03],
    ['predicted_sum', 'model', 'all', 17.69, 0.03],
    ['end2end', 'module', 'all', 8.61, 0.08],
    ['end2end', 'model', 'all', 6.1, 0.9],
    ['stepwise', 'module', 'all', 9.29, 0.08],
    ['stepwise', 'model', 'all', 14.3, 0.8],
    ['end2end', 'module', 'model_only', 11.51, 0.1],
    ['end2end', 'model', 'model_only', 8.3, 1.2],
  ];
  for (const [predictor, level, features, mean_pct, within] of demands) {
    test(`${predictor}, ${level}, ${features}: ${mean_pct} ± ${within} %`, async () => {
      const found = await errorOf(predictor, level, features);
      assert.ok(Math.abs(found.mean_pct - mean_pct) <= within, `found ${found.mean_pct}`);
    });
  }

  test('align brings the published joules back: 0.03 % in the mean, 0.2 % at worst, wall and GPU', async () => {
    const found = await pipelineJson<{ model: string; measurement_id: string; wall_j: number; gpu_j: number }[]>(
      folder,
      ['query', config, 'SELECT DISTINCT model, measurement_id, wall_j, gpu_j FROM features'],
    );
    const models = [...new Set(found.map(({ model }) => model))];
    const means = await Promise.all(models.map((model) => publishedMeans(join(published, 'device_1'), model)));
    const truth = new Map(means.flatMap((of) => [...of]));
    assert.is(found.length, truth.size);
    const deviations = found.map(({ measurement_id, wall_j, gpu_j }) => ({
      wall: Math.abs(wall_j / truth.get(measurement_id)!.wall_j - 1),
      gpu: Math.abs(gpu_j / truth.get(measurement_id)!.gpu_j - 1),
    }));
    for (const which of ['wall', 'gpu'] as const) {
      const values = deviations.map((deviation) => deviation[which]);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      assert.ok(mean <= 0.0003, `${which} mean ${mean}`);
      assert.ok(Math.max(...values) <= 0.002, `${which} worst ${Math.max(...values)}`);
    }
  });

  test('what ships for predict is what calibrate gives on this run, byte for byte', async () => {
    const file = 'data/predictors/pc1.yaml';
    mkdirSync(join(folder, 'data', 'predictors'), { recursive: true });
    const { code, stderr } = await pipeline(folder, ['calibrate', config, '--output', file, '--force']);
    assert.is(code, 0, stderr);
    assert.fixture(readFileSync(join(folder, file), 'utf8'), readFileSync(join(packageRoot, file), 'utf8'));
  });

  test('a malformed cell of the data ends with exit 4, file, line and column', async () => {
    const data = join(workFolder(), 'dataset');
    mkdirSync(data);
    cpSync(join(published, 'device_1'), join(data, 'device_1'), { recursive: true });
    const file = join(data, 'device_1', 'model_level_features.csv');
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[2] = lines[2].replace(/^([^,]*),([^,]*),[^,]*/, '$1,$2,many');
    writeFileSync(file, lines.join('\n'));
    const { code, stderr } = await pipeline(workFolder(), ['run', config, '--stage', 'trace'], { IRENE_DATASET: data });
    assert.is(code, 4, stderr);
    assert.match(stderr, 'model_level_features.csv:3');
    assert.match(stderr, 'flops');
    assert.not.match(stderr, /\n\s+at /);
  });
}

test('a folder in IRENE_DATASET that is not the data ends with exit 4', async () => {
  const elsewhere = workFolder();
  const { code, stderr } = await pipeline(elsewhere, ['run', config], { IRENE_DATASET: join(elsewhere, 'configs') });
  assert.is(code, 4);
  assert.match(stderr, 'IRENE_DATASET');
  assert.is(existsSync(join(elsewhere, 'reports')), false);
});

if (!existsSync(join(packageRoot, '..', 'shared', 'irene-dataset', 'device_2'))) {
  test('PC2 without its files ends with exit 4 and how to get them', async () => {
    const nowhere = { XDG_CACHE_HOME: join(workFolder(), 'nothing'), IRENE_DATASET: undefined };
    const { code, stderr } = await pipeline(workFolder(), ['run', 'configs/pc2.yaml'], nowhere);
    assert.is(code, 4, stderr);
    assert.match(stderr, '--download');
  });
}

test.run();
