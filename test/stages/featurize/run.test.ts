import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RefusedError } from '../../../pipeline/errors.js';
import { fromRows, toRows } from '../../../pipeline/rows.js';
import { measurements } from '../../../stages/align/tables.js';
import { run } from '../../../stages/featurize/run.js';
import { featurize } from '../../../stages/featurize/stage.js';
import { failures, session } from '../../../stages/profile/tables.js';
import { nodes } from '../../../stages/trace/tables.js';
import { anySource, fakeContext } from '../context.js';

type Row = Record<string, string | number | boolean | null>;

const node = (node_id: number, measurement_id: string): Row => ({
  model: 'm',
  batch_size: 8,
  length: 32,
  node_id,
  parent_id: node_id === 0 ? null : 0,
  scope: node_id === 0 ? '' : `layer.${node_id}`,
  type: 'Linear',
  level: node_id === 0 ? 'model' : 'ml',
  depth: node_id === 0 ? 1 : 2,
  num_parameters: 590_592,
  shapes: '(8,32,768)',
  flops: 302_500_000,
  mem_bytes: 3 * 2 ** 20,
  signature: 'Linear',
  measurement_id,
  measured: true,
});

const round = (measurement_id: string, number: number, wall_j: number | null, more: Row = {}): Row => ({
  measurement_id,
  session: 'm',
  round: number,
  excluded: false,
  excluded_by: null,
  repeats: 1000,
  wall_j,
  wall_step_j: wall_j,
  wall_clip_j: wall_j,
  wall_interior_j: wall_j,
  wall_vi_j: wall_j,
  gpu_j: 1,
  latency_s: 0.02,
  cpu_pct: 8 + number,
  mem_pct: 10,
  gpu_pct: 90,
  gpu_mem_pct: 30,
  gpu_clk_mhz: 1800,
  gpu_mem_clk_mhz: 3800,
  covered_s: 20,
  gap_s: 0,
  lines: 118,
  lines_missing: 0,
  ...more,
});

const facts: Row = {
  session: 'm',
  bench: 'bench',
  label: 'simulated',
  started_utc_us: 0,
  first_us: 0,
  last_us: 1,
  cpu_threads: 20,
  meter: 'a meter',
  meter_kind: 'window',
  meter_period_us: 170_000,
  meter_noisy: true,
  meter_range_a: null,
  meter_uncertainty_pct: null,
  mains_voltage_v: null,
  power_factor_source: 'measured',
  resource_period_us: 170_000,
  standby_w: null,
};

async function featurized(
  of: readonly Row[],
  rounds: readonly Row[],
  about: Row = {},
  failed: readonly Row[] = [],
): Promise<Row[]> {
  const tables = {
    nodes: fromRows(nodes, of as never),
    measurements: fromRows(measurements, rounds as never),
    session: fromRows(session, [{ ...facts, ...about }] as never),
    failures: fromRows(failures, failed as never),
  };
  const context = await fakeContext({ params: {}, partition: { model: 'm' }, tables });
  try {
    await run(context);
    return toRows(context.written.get('features')!);
  } finally {
    context.close();
  }
}

const three = (id: string): Row[] => [round(id, 1, 2.1), round(id, 2, 2), round(id, 3, 1.9)];

test('a model reads its own trees and its own session', () => {
  const upstream = { trace: [{ model: 'a' }, { model: 'b' }] };
  assert.equal(featurize.partitions({}, upstream, {}, anySource), upstream.trace);
  const theirs = (name: string): object[] => (name === 'nodes' ? [{ model: 'a' }, { model: 'b' }] : [{ session: 'a' }, { session: 'b' }]); // prettier-ignore
  for (const { table, of } of featurize.reads) {
    assert.equal(
      theirs(table.name).map((partition) => of!({ model: 'b' }, partition as never)),
      [false, true],
    );
  }
});

test('every node has Table 1’s features in the field’s units, and the mean of its rounds', async () => {
  const [root, leaf] = await featurized([node(0, 'x'), node(1, 'x')], three('x'));
  assert.equal([root.node_id, root.parent_id, leaf.parent_id], [0, null, 0]);
  assert.equal([leaf.input_size, leaf.flops_million, leaf.mem_mib, leaf.num_parameters], [256, 302.5, 3, 590_592]);
  assert.equal([leaf.cpu_pct, leaf.mem_pct, leaf.gpu_pct, leaf.gpu_mem_pct], [10, 10, 90, 30]);
  assert.equal([leaf.gpu_clk_mhz, leaf.gpu_mem_clk_mhz, leaf.gpu_j, leaf.rounds], [1800, 3800, 1, 3]);
  assert.ok(Math.abs(Number(leaf.latency_s) - 0.02) < 1e-15 && Math.abs(Number(leaf.wall_j) - 2) < 1e-15);
  assert.ok(Math.abs(Number(leaf.wall_sd_j) - 0.1) < 1e-12);
  assert.ok(Math.abs(Number(leaf.wall_u_j) - 0.1 / Math.sqrt(3)) < 1e-12);
});

test('a stated uncertainty of the meter adds by squares', async () => {
  const [row] = await featurized([node(0, 'x')], three('x'), { meter_uncertainty_pct: 2 });
  assert.ok(Math.abs(Number(row.wall_u_j) - Math.hypot(0.1 / Math.sqrt(3), 0.04)) < 1e-12);
});

test('excluded rounds are left out', async () => {
  const spoilt = round('x', 4, 100, { excluded: true, excluded_by: '4', gpu_j: 50 });
  const [row] = await featurized([node(0, 'x')], [...three('x'), spoilt]);
  assert.equal([row.gpu_j, row.rounds], [1, 3]);
  assert.ok(Math.abs(Number(row.wall_j) - 2) < 1e-15);
});

async function refusal(of: readonly Row[], rounds: readonly Row[]): Promise<RefusedError> {
  try {
    await featurized(of, rounds);
  } catch (error) {
    assert.instance(error, RefusedError);
    return error as RefusedError;
  }
  throw new Error('expected a refusal');
}

test('a node without a usable round refuses and is named', async () => {
  const gone = [1, 2, 3].map((n) => round('y', n, null, { excluded: true, excluded_by: '4' }));
  const { message, exitCode } = await refusal([node(0, 'x'), node(1, 'y'), node(2, 'z')], [...three('x'), ...gone]);
  assert.is(exitCode, 3);
  assert.match(message, /^m: 2 measurements have no round .* the first is y \(layer\.1:Linear\)$/);
});

test('what the bench could not measure is left out, and of its workload there is no tree', async () => {
  const all = [node(0, 'x'), node(1, 'y'), node(2, 'x'), { ...node(0, 'x'), batch_size: 16 }, { ...node(1, 'x'), batch_size: 16 }]; // prettier-ignore
  const failed = [{ session: 'm', measurement_id: 'y', message: 'out of memory' }];
  const found = await featurized(all, three('x'), {}, failed);
  assert.equal(
    found.map(({ batch_size, node_id, parent_id }) => [batch_size, node_id, parent_id]),
    [[8, 0, null], [8, 2, null], [16, 0, null], [16, 1, 0]], // prettier-ignore
  );
});

const without = (rows: readonly Row[], ...names: string[]): Row[] =>
  rows.map((row) => ({ ...row, ...Object.fromEntries(names.map((name) => [name, null])) }));

test('a feature that a measurement lacks and others have refuses: nothing is made up', async () => {
  const { message } = await refusal([node(0, 'x'), node(1, 'y')], [...three('x'), ...without(three('y'), 'gpu_j')]);
  assert.match(message, /1 measurements have no round .* has every feature; the first is y/);
});

const ofGpu = ['gpu_j', 'gpu_pct', 'gpu_mem_pct', 'gpu_clk_mhz', 'gpu_mem_clk_mhz'];

test('on a bench without a GPU its columns are null, and the wall’s joules are there', async () => {
  const [row] = await featurized([node(0, 'x')], without(three('x'), ...ofGpu));
  assert.equal(
    ofGpu.map((name) => row[name]),
    ofGpu.map(() => null),
  );
  assert.ok(Math.abs(Number(row.wall_j) - 2) < 1e-15);
});

const noMeter: Row = { meter: null, meter_kind: null, meter_period_us: null, meter_noisy: null, power_factor_source: null }; // prettier-ignore

test('on a bench without a meter the wall’s columns are null, and the GPU’s joules are there', async () => {
  const [row] = await featurized([node(0, 'x')], without(three('x'), 'wall_j'), noMeter);
  assert.equal([row.wall_j, row.wall_sd_j, row.wall_u_j, row.gpu_j, row.rounds], [null, null, null, 1, 3]);
});

test('without joules of wall or GPU there is nothing; a meter that told nothing is not taken for none', async () => {
  const rows = without(three('x'), 'wall_j');
  for (const [given, about] of [
    [without(rows, 'gpu_j'), noMeter],
    [rows, {}],
  ] as const) {
    // prettier-ignore
    const error = await featurized([node(0, 'x')], given, about).then(() => null, (caught: unknown) => caught); // prettier-ignore
    assert.instance(error, RefusedError);
  }
});

test.run();
