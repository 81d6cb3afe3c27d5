import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { cellsOfBench, readBenchCells } from '../../../../stages/energy/benches/cells.js';
import { publishedMeans } from '../../../../stages/energy/benches/published.js';
import { readTwin, twinMeans, type Twin } from '../../../../stages/energy/benches/twin.js';
import { needs } from '../../../needs.js';
import { type CountedNode, paperBatchSizes, paperLengths, paperModels, twinRows } from '../twin_rows.js';

const file = join(packageRoot, 'data', 'benches', 'pc1-twin.yaml');
const twin = readTwin(file);
const cells = readBenchCells(file);

/** The same without noise: the launch-queue model itself. */
const silent: Twin = { ...twin, noise: { gpu_pct: 0, wall_pct: 0 } };

const grid = new Map(
  paperModels.map((model) => [model, twinRows(model, cellsOfBench(cells, model, paperBatchSizes, paperLengths))]),
);

const small = grid.get('distilgpt2')!;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test('the grid has the measurements of the published one', () => {
  const all = [...grid.values()].map(({ nodes, operators }) => twinMeans(twin, nodes, operators));
  assert.is(all.reduce((sum, means) => sum + means.size, 0), 2442); // prettier-ignore
  for (const means of all) {
    for (const { gpu_j, wall_j, latency_s, gpu_pct } of means.values()) {
      assert.ok(gpu_j > 0 && wall_j > gpu_j, 'the wall gives what the GPU takes');
      assert.ok(latency_s > 0 && gpu_pct > 0 && gpu_pct <= 100);
    }
  }
});

test('noise is of the stated size, without bias, and GPU and wall have each their own', () => {
  const { nodes, operators } = grid.get('bert-base-uncased')!;
  const exact = twinMeans(silent, nodes, operators);
  const deviations = [...twinMeans(twin, nodes, operators).values()].map((noisy) => {
    const clean = exact.get(noisy.measurement_id)!;
    assert.is(noisy.latency_s, clean.latency_s, 'latency has none');
    return [100 * (noisy.gpu_j / clean.gpu_j - 1), 100 * (noisy.wall_j / clean.wall_j - 1), noisy.gpu_clk_mhz - 1890];
  });
  const n = deviations.length;
  const column = (i: number): number[] => deviations.map((row) => row[i]);
  const sd = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => value ** 2)));
  for (const [i, expected] of [0.4, 0.4, 10].entries()) {
    assert.ok(Math.abs(mean(column(i))) < (4 * expected) / Math.sqrt(n), `mean of ${i}`);
    assert.ok(Math.abs(sd(column(i)) / expected - 1) < 4 / Math.sqrt(2 * n), `deviation of ${i}`);
  }
  const correlation = mean(deviations.map(([gpu, wall]) => (gpu * wall) / 0.4 ** 2));
  assert.ok(Math.abs(correlation) < 4 / Math.sqrt(n));
});

test('wall joules follow the law that the bench states', () => {
  for (const { wall_j, gpu_j, latency_s } of twinMeans(silent, small.nodes, small.operators).values()) {
    assert.ok(Math.abs((twin.law.eta * gpu_j + twin.law.rest_w * latency_s) / wall_j - 1) < 1e-12);
  }
});

test('a draw depends on its measurement alone', () => {
  const whole = twinMeans(twin, small.nodes, small.operators);
  const own = (row: { batch_size: number; length: number }): boolean => row.batch_size === 16 && row.length === 96;
  const part = twinMeans(twin, small.nodes.filter(own), small.operators.filter(own));
  assert.ok(part.size > 0 && part.size < whole.size);
  for (const [id, drawn] of part) assert.equal(drawn, whole.get(id));
  const other = twinMeans({ ...twin, seed: twin.seed + 1 }, small.nodes, small.operators);
  for (const [id, { wall_j }] of whole) assert.is.not(other.get(id)!.wall_j, wall_j);
});

test('nodes of one measurement share the first node’s work: c_proj of an MLP takes what c_fc takes', () => {
  const flops = 2 * 2048 * 768 * 3072;
  const [first, second] = small.nodes.filter((node) => {
    return node.type === 'Conv1D' && node.batch_size === 8 && node.length === 256 && node.flops === flops;
  });
  assert.is(first.measurement_id, second.measurement_id);
  const alone = (node: CountedNode): number => {
    const { nodes, operators } = small;
    const own = ({ batch_size, length, node_id }: { batch_size: number; length: number; node_id: number }): boolean =>
      batch_size === node.batch_size && length === node.length && node_id === node.node_id;
    const means = twinMeans(silent, nodes.filter(own).map((leaf) => ({ ...leaf, parent_id: null })), operators.filter(own)); // prettier-ignore
    return means.get(node.measurement_id)!.latency_s;
  };
  assert.is.not(alone(first), alone(second), '(n,768)(768,3072) and (n,3072)(3072,768) are not the same work');
  const means = twinMeans(silent, small.nodes, small.operators);
  assert.is(means.get(first.measurement_id)!.latency_s, alone(first));
});

test('a type that was never measured shows the mean of all', () => {
  const node = { batch_size: 1, length: 8, node_id: 0, parent_id: null, type: 'NewBlock', level: 'module' };
  const [shown] = twinMeans(twin, [{ ...node, measurement_id: 'x' }], []).values();
  assert.is(shown.gpu_mem_pct, twin.types.default.gpu_mem_pct);
});

const dataset = needs('published');
if (dataset) {
  /** Mean error over rows of a fit to all of PC1, coded from the page alone: research/planned.md, end of the preface. */
  const stated = { ml: 1.18, module: 0.81, model: 0.77 };
  /** The page's constants are rounded, and so are its errors. */
  const rounding = 0.02;

  test('the twin is as near to PC1 as its constants are said to be', async () => {
    const errors: Record<string, number[]> = { ml: [], module: [], model: [] };
    for (const [model, { nodes, operators }] of grid) {
      const published = await publishedMeans(join(dataset, 'device_1'), model);
      const simulated = twinMeans(silent, nodes, operators);
      for (const { level, measurement_id } of nodes) {
        const { wall_j } = published.get(measurement_id)!;
        errors[level].push(100 * Math.abs(simulated.get(measurement_id)!.wall_j / wall_j - 1));
      }
    }
    for (const [level, percent] of Object.entries(stated)) {
      const error = mean(errors[level]);
      assert.ok(Math.abs(error - percent) < rounding, `${level}: ${error.toFixed(3)} %, stated ${percent} %`);
    }
  });
}

test.run();
