/**
 * What a model takes on a bench: joules at the wall of every node, with their interval and what they are made of. The
 * predictors are those of the evaluation and see the same forest; only what was measured differs.
 */
import { UsageError } from '../../../pipeline/errors.js';
import { recordWidth, type Forest, type Level } from '../predictors/forest.js';
import { featureNames } from '../predictors/feature_sets.js';
import type { Setting } from '../predictors/predictor.js';
import type { DescribedModel } from './described_model.js';
import { withCpuLoad } from './cpu_load.js';
import { EnergyParts, type EnergyPart } from './energy_parts.js';
import type { FittedBench, FittedPredictor } from './fitted_bench.js';
import { forestOfTrees, type Measured } from './forest_of_trees.js';
import { intervalsOf } from '../predictors/intervals.js';
import type { ModelNode } from './model_node.js';
import { measuredNodes, type Profile } from './profile.js';
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

export interface PredictedNode {
  readonly nodeId: number;
  readonly parentId: number | null;
  readonly scope: string;
  readonly type: string;
  readonly level: Level;
  /** Equal nodes of the tree have equal numbers here: the twelve layers of BERT. */
  readonly alike: number;
  /** Wall energy of one run with its interval, J; the interval is null where the bench has none. */
  readonly wallJ: number;
  readonly lowJ: number | null;
  readonly highJ: number | null;
  readonly latencyS: number | null;
  /** Share of the model's energy, %. */
  readonly sharePct: number;
  /** Sum over the children, J; 0 for a primitive. */
  readonly childrenJ: number;
  /** What it adds to them, J: less than nothing where work of theirs overlaps. */
  readonly selfJ: number;
  /** What its energy is made of, and what of that it adds to its children; empty where that is not known. */
  readonly parts: readonly EnergyPart[];
  readonly selfParts: readonly EnergyPart[];
  readonly setting: Setting;
  readonly predictor: string;
  /** Why it goes beyond what was measured; null where it does not. */
  readonly extrapolatedBy: string | null;
}

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
  const has = bench.predictors.join(', ') || 'nothing';
  throw new UsageError(
    `bench ${bench.name} cannot predict in the setting ${setting}: ${name} is not fitted there, only ${has}`,
    bench.predictors.includes('law')
      ? 'give a --profile FILE with the model’s measured latency and GPU energy'
      : undefined,
  );
}

/** What one predictor says, by class of the forest; NaN where it says nothing. */
interface ByClass {
  readonly setting: Setting;
  readonly predictor: string;
  readonly wallJ: Float64Array;
  readonly lowJ: Float64Array;
  readonly highJ: Float64Array;
  readonly latencyS: Float64Array;
  readonly reasons: readonly (string | null)[];
  readonly parts: EnergyParts;
  readonly coverage: number | null;
}

const latencyColumn = featureNames.indexOf('latency_s');

function predictForest(
  { predictor, fitted }: FittedPredictor,
  name: string,
  setting: Setting,
  forest: Forest,
  unlike: string | null,
): ByClass {
  const { classes, extrapolated, reasons, draws } = predictor.predict(fitted, forest, forest.workloads);
  const [{ wallJ, latencyS }] = draws;
  const outside = extrapolated.map((reason) => (reason > 0 || unlike !== null ? 1 : 0));
  const intervals = intervalsOf(fitted, forest, classes, wallJ, outside);
  const empty = (): Float64Array => new Float64Array(forest.type.length).fill(NaN);
  const all = { wallJ: empty(), lowJ: empty(), highJ: empty(), latencyS: empty() };
  const why: (string | null)[] = new Array(forest.type.length).fill(null);
  classes.forEach((c, i) => {
    all.wallJ[c] = wallJ[i];
    all.latencyS[c] = latencyS ? latencyS[i] : forest.records[c * recordWidth + latencyColumn];
    if (intervals) [all.lowJ[c], all.highJ[c]] = [intervals.lowJ[i], intervals.highJ[i]];
    why[c] = unlike ?? (extrapolated[i] > 0 ? reasons[extrapolated[i] - 1] : null);
  });
  const parts = new EnergyParts(forest, (c) => predictor.explain(fitted, forest, c));
  return { setting, predictor: name, ...all, reasons: why, parts, coverage: intervals?.coverage ?? null };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** What is known of each node, from the first of the predictions that says something of it. */
const knownOf = (forest: Forest, by: readonly ByClass[]): ByClass[] =>
  Array.from(forest.classOf, (c) => by.find(({ wallJ }) => !Number.isNaN(wallJ[c])) ?? by[0]);

/**
 * Which nodes are told: those whose siblings are all known, and so up to the model. Where one is not, what its parent
 * adds to its children cannot be said, and the tree ends above.
 */
function toldNodes(nodes: readonly ModelNode[], wallJ: readonly number[]): boolean[] {
  const position = new Map(nodes.map(({ id }, i) => [id, i]));
  const parentOf = ({ parent }: ModelNode): number => (parent === null ? -1 : position.get(parent)!);
  const unknownBelow = new Set(nodes.flatMap((node, i) => (Number.isNaN(wallJ[i]) ? [parentOf(node)] : [])));
  const told: boolean[] = [];
  nodes.forEach((node) => {
    const parent = parentOf(node);
    told.push(parent < 0 || (told[parent] && !unknownBelow.has(parent)));
  });
  return told;
}

/** The nodes in the tree's order. */
function predictedNodes(nodes: readonly ModelNode[], forest: Forest, by: readonly ByClass[]): PredictedNode[] {
  const known = knownOf(forest, by);
  const wallJ = nodes.map((_, i) => known[i].wallJ[forest.classOf[i]]);
  const told = toldNodes(nodes, wallJ);
  const position = new Map(nodes.map(({ id }, i) => [id, i]));
  const childrenJ = new Float64Array(nodes.length);
  nodes.forEach(({ parent }, i) => {
    if (parent !== null && told[i]) childrenJ[position.get(parent)!] += wallJ[i];
  });
  const predicted = nodes.map((node, i): PredictedNode => {
    const c = forest.classOf[i];
    const from = known[i];
    return {
      nodeId: node.id,
      parentId: node.parent,
      scope: node.scope,
      type: node.type,
      level: node.level,
      alike: c,
      wallJ: wallJ[i],
      lowJ: orNull(from.lowJ[c]),
      highJ: orNull(from.highJ[c]),
      latencyS: orNull(from.latencyS[c]),
      sharePct: (100 * wallJ[i]) / wallJ[0],
      childrenJ: childrenJ[i],
      selfJ: wallJ[i] - childrenJ[i],
      parts: from.parts.whole(c),
      selfParts: from.parts.own(c),
      setting: from.setting,
      predictor: from.predictor,
      extrapolatedBy: from.reasons[c],
    };
  });
  return predicted.filter((_, i) => told[i]);
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
  const main = predictForest(opened, name, setting, forest, unlike);
  const by = [main];
  for (const [other, its] of otherwise(setting)) {
    if (!forest.classOf.some((c) => by.every(({ wallJ }) => Number.isNaN(wallJ[c])))) break;
    const fallback = await bench.open(other);
    if (fallback) by.push(predictForest(fallback, other, its, forest, unlike));
  }
  const predicted = predictedNodes(nodes, forest, by);
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
    setting,
    predictor: name,
    clockMhz: clock,
    coverage: main.coverage,
    warnings: [...model.assumptions, ...warnings, ...unused],
  };
}
