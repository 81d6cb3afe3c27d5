/**
 * The wall-power law (S1, METHODS 3): E = η·G + P₀·t, the same constants for every node of every level; on a machine
 * whose CPU load varies, and only where a nested test says so, with a third term for that load.
 */
import { UsageError } from '../../../pipeline/errors.js';
import { classesOf, featureOf, type Forest, type Workload } from './forest.js';
import { fitLaw, lawJ, type Law, type LawConstants, type LawRow } from './law_fit.js';
import { partOf } from './parts.js';
import type { Part, Predictor, Summand } from './predictor.js';
import { outsideRanges, rangesOf, type Ranged } from './range.js';

/**
 * By which part of the error a third constant must win, over models held out in turn: as planned.md 2 asks of a choice.
 */
export const thirdTermMustWin = 0.1;

/** One class as a row of the law; its third column is the CPU's load times the time. */
export function lawRow(forest: Forest, c: number): LawRow {
  const latencyS = featureOf(forest, c, 'latency_s');
  return {
    wallJ: forest.wallJ[c],
    gpuJ: featureOf(forest, c, 'gpu_j'),
    latencyS,
    cpu: featureOf(forest, c, 'cpu_pct') * latencyS,
    level: forest.level[c],
  };
}

/** The classes that were really run: one for each measurement. */
export const measuredClasses = (forest: Forest, workloads: readonly Workload[]): Int32Array =>
  classesOf(workloads).filter((c) => forest.ran[c] === 1);

/** The law of some workloads, with the third term where it wins among them. */
export function fitForest(forest: Forest, training: readonly Workload[]): Law {
  const rowsOf = (workloads: readonly Workload[]): LawRow[] =>
    Array.from(measuredClasses(forest, workloads), (c) => lawRow(forest, c));
  const rows = rowsOf(training);
  const models = [...new Set(training.map(({ model }) => model))];
  const known = rows.every(({ cpu }) => Number.isFinite(cpu));
  if (models.length < 2 || !known) return fitLaw(rows);
  const groups = models.map((model) => rowsOf(training.filter((workload) => workload.model === model)));
  const without = heldOutError(groups, null);
  const wins = errorWithLoad(groups) < (1 - thirdTermMustWin) * without;
  return fitLaw(rows, wins ? 'cpu_w_per_pct' : null);
}

/** The same with the third term; infinite where the CPU's load does not vary enough to tell its constant. */
function errorWithLoad(groups: readonly LawRow[][]): number {
  try {
    return heldOutError(groups, 'cpu_w_per_pct');
  } catch (error) {
    if (error instanceof UsageError) return Infinity;
    throw error;
  }
}

/** Mean relative error of groups predicted from the others, each group and each level counting alike. */
function heldOutError(groups: readonly LawRow[][], cpuTerm: 'cpu_w_per_pct' | null): number {
  let total = 0;
  groups.forEach((group, g) => {
    const law = fitLaw(
      groups.flatMap((rows, other) => (other === g ? [] : rows)),
      cpuTerm,
    );
    const errors = group.map((row) => Math.abs(lawJ(law, row) / row.wallJ - 1));
    const levels = new Set(group.map(({ level }) => level));
    for (const level of levels) {
      const own = errors.filter((_, i) => group[i].level === level);
      total += own.reduce((sum, error) => sum + error, 0) / own.length / levels.size;
    }
  });
  return total / groups.length;
}

/** Part `constants` (`eta`, wall J per GPU J; `rest_w`, W; `cpu` or `cpu_w_per_pct`), `constants/sd` their uncertainties. */
export function lawParts(law: Law): Part[] {
  const terms = ['eta', 'rest_w', ...(law.cpuTerm === null ? [] : [law.cpuTerm])];
  const values = ({ eta, restW, cpu }: LawConstants): Float64Array =>
    Float64Array.from(cpu === null ? [eta, restW] : [eta, restW, cpu]);
  return [
    { name: 'constants', terms, values: values(law) },
    { name: 'constants/sd', terms, values: values(law.sd) },
  ];
}

function readConstants(parts: readonly Part[]): LawConstants & { readonly cpuTerm: string | null } {
  const { terms, values } = partOf(parts, 'constants');
  return { eta: values[0], restW: values[1], cpu: values[2] ?? null, cpuTerm: terms[2] ?? null };
}

/**
 * The law holds for any kind of node, so that what bounds it is the mix of both summands alone: the GPU's mean power,
 * and the CPU's load where there is a third term.
 */
function ranged(forest: Forest, third: boolean): Ranged {
  const columns = [
    {
      name: 'GPU power',
      unit: 'W',
      of: (c: number) => featureOf(forest, c, 'gpu_j') / featureOf(forest, c, 'latency_s'),
    },
    { name: 'CPU load', unit: '%', of: (c: number) => featureOf(forest, c, 'cpu_pct') },
  ];
  return { group: () => 'load', columns: columns.slice(0, third ? 2 : 1) };
}

/** Amounts of what the constants are multiplied with. */
type Amounts = Omit<LawRow, 'wallJ' | 'level'>;

/** What a node takes beyond its children: less than nothing where work of theirs overlaps. */
function ownAmounts(forest: Forest, node: number): Amounts {
  let { gpuJ, latencyS, cpu } = lawRow(forest, node) as Required<LawRow>;
  for (let e = forest.childStart[node]; e < forest.childStart[node + 1]; e++) {
    const child = lawRow(forest, forest.child[e]) as Required<LawRow>;
    gpuJ -= forest.copies[e] * child.gpuJ;
    latencyS -= forest.copies[e] * child.latencyS;
    cpu -= forest.copies[e] * child.cpu;
  }
  return { gpuJ, latencyS, cpu };
}

const summandsOf = ({ eta, restW, cpu }: LawConstants, amounts: Amounts): Summand[] => [
  { name: 'GPU', wallJ: eta * amounts.gpuJ, child: null },
  { name: 'rest of the machine', wallJ: restW * amounts.latencyS, child: null },
  ...(cpu === null ? [] : [{ name: 'CPU', wallJ: cpu * amounts.cpu!, child: null }]),
];

/**
 * Throws a UsageError where a node's CPU load is not known and the law asks for it. For the term `cpu` the load is the
 * CPU's mean power in W (prediction/cpu_load.ts): load times time are joules then.
 */
function checkLoads(forest: Forest, classes: Int32Array, cpuTerm: string | null): void {
  if (cpuTerm === null) return;
  const missing = classes.find((c) => {
    const { gpuJ, latencyS, cpu } = lawRow(forest, c);
    return !Number.isNaN(gpuJ + latencyS) && Number.isNaN(cpu!);
  });
  if (missing === undefined) return;
  const needed = cpuTerm === 'cpu' ? "the CPU's energy (cpu_j)" : "the CPU's load (cpu_pct)";
  throw new UsageError(
    `this bench's wall-power law has a term for the CPU: of ${forest.types[forest.type[missing]]} it needs ${needed}`,
    'add it to the profile',
  );
}

/** The energy of each class by fitted constants, J: NaN where latency or GPU energy is not known. */
export function wallByLaw(shared: readonly Part[], forest: Forest): (c: number) => number {
  const constants = readConstants(shared);
  return (c) => lawJ(constants, lawRow(forest, c));
}

/** The terms of the law for one class. */
export const explainByLaw = (shared: readonly Part[], forest: Forest, c: number): Summand[] =>
  summandsOf(readConstants(shared), lawRow(forest, c));

export const law: Predictor = {
  *fit({ forest, variant, folds }) {
    for (const { name: fold, heldOut } of folds) {
      const training = forest.workloads.filter((workload) => !heldOut(workload));
      const fitted = fitForest(forest, training);
      const ranges = rangesOf(ranged(forest, fitted.cpuTerm !== null), measuredClasses(forest, training));
      yield { variant, fold, shared: [...lawParts(fitted), ...ranges], seeds: [] };
    }
  },
  predict({ shared }, forest, workloads) {
    const classes = classesOf(workloads);
    const constants = readConstants(shared);
    checkLoads(forest, classes, constants.cpuTerm);
    const wallJ = Float64Array.from(classes, (c) => lawJ(constants, lawRow(forest, c)));
    const outside = outsideRanges(ranged(forest, constants.cpu !== null), shared, classes);
    return { classes, ...outside, draws: [{ seed: null, wallJ, latencyS: null, alpha: null }] };
  },
  explain(fitted, forest, node) {
    const constants = readConstants(fitted.shared);
    const summands: Summand[] = [];
    for (let e = forest.childStart[node]; e < forest.childStart[node + 1]; e++) {
      const [child, copies] = [forest.child[e], forest.copies[e]];
      const wallJ = copies * lawJ(constants, lawRow(forest, child));
      summands.push({ name: forest.types[forest.type[child]], wallJ, child: { node: child, copies, alpha: 1 } });
    }
    // Of a model that was profiled as a whole nothing is known below it.
    if (summands.some(({ wallJ }) => Number.isNaN(wallJ))) return summandsOf(constants, lawRow(forest, node));
    return [...summands, ...summandsOf(constants, ownAmounts(forest, node))];
  },
};
