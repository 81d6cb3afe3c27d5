/**
 * What a model takes on a bench: joules of every node (at the wall, or of the GPU where the bench has no meter), with their
 * interval and what they are made of. The predictors are those of the evaluation and see the same forest; only what was
 * measured differs.
 */
import { UsageError } from '../../../pipeline/errors.js';
import type { PredictedEnergy } from '../predictors/predicted_energy.js';
import type { Setting } from '../predictors/predictor.js';
import type { DescribedModel } from './described_model.js';
import { predictClasses } from './class_predictions.js';
import { withCpuLoad } from './cpu_load.js';
import type { FittedBench, FittedPredictor } from './fitted_bench.js';
import { forestOfTrees, type Measured } from './forest_of_trees.js';
import type { ModelNode } from './model_node.js';
import { measuredNodes, type Profile } from './profile.js';
import { predictedNodes, type PredictedNode } from './predicted_nodes.js';
import { otherwise, predictorFor } from './settings.js';

export interface PredictionOptions {
  readonly batchSize: number;
  readonly length: number;
  /** What is known of the model; by default all that the profile has, `planned` without one. */
  readonly setting?: Setting | null;
  readonly profile?: Profile | null;
  /** The GPU's clock where it is locked or known, MHz. */
  readonly clockMhz?: number | null;
}

export type { PredictedNode };

export interface PredictedTree {
  readonly model: string;
  readonly root: PredictedNode;
  /** Depth first, the root first. */
  readonly nodes: readonly PredictedNode[];
  readonly batchSize: number;
  readonly length: number;
  readonly bench: string;
  /** Where what was fitted there was measured, as printed. */
  readonly source: string;
  /** What its joules, kWh and cost are of: the wall, or the GPU alone. */
  readonly energy: PredictedEnergy;
  readonly setting: Setting;
  readonly predictor: string;
  readonly clockMhz: number | null;
  /** Stated coverage of the intervals, 0…1; null where the bench has none. */
  readonly coverage: number | null;
  /** What was not used, or assumed. */
  readonly warnings: readonly string[];
}

/** The richest setting that the measured nodes allow. */
function settingOf(nodes: readonly ModelNode[], measured: ReadonlyMap<number, Measured>): Setting {
  if (measured.has(nodes[0].id)) return 'profiled';
  const leaves = nodes.filter(({ level }) => level === 'ml');
  return leaves.length > 0 && leaves.every(({ id }) => measured.has(id)) ? 'primitives' : 'planned';
}

/** Throws a UsageError where what a setting needs was not measured. */
function checkMeasured(setting: Setting, nodes: readonly ModelNode[], measured: ReadonlyMap<number, Measured>): void {
  const needed: Readonly<Record<Setting, readonly ModelNode[]>> = {
    profiled: nodes.slice(0, 1),
    children: nodes.filter(({ parent }) => parent === nodes[0].id),
    primitives: nodes.filter(({ level }) => level === 'ml'),
    planned: [],
  };
  const missing = needed[setting].filter(({ id }) => !measured.has(id));
  if (missing.length === 0) return;
  const [{ scope, type }] = missing;
  throw new UsageError(
    `--setting ${setting}: ${missing.length} of the ${needed[setting].length} nodes that it needs are not in the profile, e.g. ${scope ? `${scope}:${type}` : `the whole model (${type})`}`,
    'give a --profile FILE with latency and GPU energy of these nodes, or another --setting',
  );
}

async function openPredictor(bench: FittedBench, name: string, setting: Setting): Promise<FittedPredictor> {
  const opened = await bench.open(name);
  if (opened) return opened;
  if (bench.energy === 'gpu_j') {
    throw new UsageError(
      `bench ${bench.name} has no meter: it plans the GPU’s joules from a specification, and cannot predict in the setting ${setting}`,
      'what the driver counted of the model is its GPU energy already: leave the profile out, or take a bench with a meter',
    );
  }
  const has = bench.predictors.join(', ') || 'nothing';
  throw new UsageError(
    `bench ${bench.name} cannot predict in the setting ${setting}: ${name} is not fitted there, only ${has}`,
    bench.predictors.includes('law')
      ? 'give a --profile FILE with the model’s measured latency and GPU energy'
      : undefined,
  );
}

/** What was logged of the nodes, and the told clock for all of which none was logged. */
function withClock(
  nodes: readonly ModelNode[],
  measured: ReadonlyMap<number, Measured>,
  clockMhz: number | null,
): ReadonlyMap<number, Measured> {
  if (clockMhz === null) return measured;
  return new Map(nodes.map(({ id }) => [id, { gpu_clk_mhz: clockMhz, ...measured.get(id) }]));
}

/** Throws a UsageError where a node that is told has no energy: what is fitted lacks something, or is out of all range. */
function checkFinite(predicted: readonly PredictedNode[], bench: FittedBench): void {
  const wrong = predicted.find(({ wallJ }) => !Number.isFinite(wallJ));
  if (!wrong) return;
  throw new UsageError(
    `bench ${bench.name} gives no energy for ${wrong.scope || 'the whole model'} (${wrong.type}): ${wrong.predictor} says ${wrong.wallJ} J`,
    'what is fitted there does not suffice for this model, or was edited: calibrate the bench anew',
  );
}

/**
 * Predicts one workload. Nodes of which the setting's predictor says nothing (below a model that was only measured as a
 * whole) are planned. Throws a UsageError where the bench, the profile or the model cannot give what is asked for.
 */
export async function predictModel(
  bench: FittedBench,
  model: DescribedModel,
  { batchSize, length, setting: asked = null, profile = null, clockMhz = null }: PredictionOptions,
): Promise<PredictedTree> {
  const workload = { batchSize, length };
  const nodes = model.tree(workload);
  const { measured, warnings } = measuredNodes(profile, model.name, workload, nodes);
  const setting = asked ?? settingOf(nodes, measured);
  checkMeasured(setting, nodes, measured);
  const unused = profile && setting === 'planned' ? ['nothing of the profile is used in the setting planned'] : [];
  if (clockMhz !== null && setting !== 'planned') unused.push(`the clock is not used in the setting ${setting}`);
  const seen = setting === 'planned' ? new Map<number, Measured>() : measured;
  const clock = setting === 'planned' ? clockMhz : null;
  const name = predictorFor(setting, clock);
  const opened = await openPredictor(bench, name, setting);
  const logged = withClock(nodes, withCpuLoad(opened.fitted, seen, bench.name), clock);
  const forest = forestOfTrees([{ model: model.name, workload, nodes, measured: logged }]);
  const unlike = model.differences.length > 0 ? model.differences.join('; ') : null;
  const main = predictClasses(opened, name, setting, forest, unlike);
  const by = [main];
  for (const [other, its] of otherwise(setting)) {
    if (!forest.classOf.some((c) => by.every(({ wallJ }) => Number.isNaN(wallJ[c])))) break;
    const fallback = await bench.open(other);
    if (fallback) by.push(predictClasses(fallback, other, its, forest, unlike));
  }
  const predicted = predictedNodes(nodes, forest, by);
  checkFinite(predicted, bench);
  if (predicted.length < nodes.length) {
    unused.push(`${bench.name} can plan nothing: the tree ends where the profile does`);
  }
  return {
    model: model.name,
    root: predicted[0],
    nodes: predicted,
    batchSize,
    length,
    bench: bench.name,
    source: bench.source,
    energy: bench.energy,
    setting,
    predictor: name,
    clockMhz: clock,
    coverage: main.coverage,
    warnings: [...model.assumptions, ...warnings, ...unused],
  };
}
