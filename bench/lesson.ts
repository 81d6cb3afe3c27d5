/** What end2end's first fold trains on, from a run's features: for our kernel, and written down for a peer. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../pipeline/database.js';
import { multiply } from '../stages/energy/predictors/dense.js';
import type { Lesson } from '../stages/energy/predictors/engine.js';
import { featureSets } from '../stages/energy/predictors/feature_sets.js';
import type { Forest } from '../stages/energy/predictors/forest.js';
import { drawWeights } from '../stages/energy/predictors/initial.js';
import { predictors } from '../stages/energy/predictors/list.js';
import { readNodes } from '../stages/energy/predictors/load_forest.js';
import { sumUp, weigh } from '../stages/energy/predictors/objectives.js';
import { foldsOf } from '../stages/energy/predictors/splits.js';
import { buildForest } from '../stages/energy/predictors/trees.js';

/** The forest of a run's features; `merge: false` keeps every node, as a usual implementation does. */
export async function forestOfRun(run: string, models: readonly string[], merge: boolean): Promise<Forest> {
  const folder = join(run, 'featurize', 'features');
  const database = await Database.open();
  await database.view(
    'features',
    readdirSync(folder).map((name) => ({ path: join(folder, name) })),
  );
  const forest = buildForest(await readNodes(database, models), { merge });
  database.close();
  return forest;
}

/** METHODS 2's constants, but for the number of epochs. */
const constants = { learningRate: 1e-3, tau: 10 } as const;

/** Every fold's lesson of end2end on all features, each model held out in turn. */
export async function lessonsOf(forest: Forest): Promise<Lesson[]> {
  const lessons: Lesson[] = [];
  const { end2end } = predictors;
  const fitted = (await end2end.load()).fit({
    forest,
    features: featureSets[0],
    variant: 'clean',
    folds: foldsOf('leave_model_out', forest.workloads),
    seeds: [1],
    epochs: 1,
    ...constants,
    engine: {
      name: 'kernel',
      train: (lesson, initial) => {
        lessons.push({ ...lesson, x: lesson.x.slice() });
        return [...initial];
      },
    },
  });
  for (const _ of fitted);
  return lessons;
}

export const initialWeights = (terms: number, seeds: number): Float64Array[] =>
  Array.from({ length: seeds }, (_, i) => drawWeights('bench', i + 1, terms));

/** Writes a lesson as train_torch.py reads it. */
export function writeLesson(
  folder: string,
  { forest, trees, x, terms, leafJ, tau }: Lesson,
  initial: Float64Array[],
): void {
  mkdirSync(folder, { recursive: true });
  const { childStart, child, copies, wallJ, nodes } = forest;
  const about = trees.map((tree) => {
    const { first, inner, end, weighted } = forest.workloads[tree];
    const edges = { parent: [] as number[], child: [] as number[], copies: [] as number[] };
    for (let c = inner; c < end; c++) {
      for (let e = childStart[c]; e < childStart[c + 1]; e++) {
        edges.parent.push(c - first);
        edges.child.push(child[e] - first);
        edges.copies.push(copies[e]);
      }
    }
    const own = (of: Float64Array | Int32Array): number[] => Array.from(of.subarray(first, end));
    return { first, inner: inner - first, weighted: weighted - first, ...edges, leaf_j: own(leafJ), wall_j: own(wallJ), nodes: own(nodes) }; // prettier-ignore
  });
  writeFileSync(join(folder, 'lesson.json'), JSON.stringify({ terms, tau, trees: about }));
  writeFileSync(join(folder, 'x.f32'), x);
  writeFileSync(join(folder, 'initial.f64'), Buffer.concat(initial.map((weights) => Buffer.from(weights.buffer))));
}

/** The joules of every training tree's whole model by some weights: what training is for. */
export function rootJoules({ forest, trees, x, terms, leafJ, tau }: Lesson, weights: Float64Array): number[] {
  return trees.map((tree) => {
    const workload = forest.workloads[tree];
    const { first, end, weighted } = workload;
    const [alpha, joules] = [new Float64Array(end - first), leafJ.slice(first, end)];
    multiply({ x, terms, first, count: weighted - first }, weights, 1, alpha);
    weigh(alpha, tau, weighted - first, alpha);
    sumUp(forest, workload, 1, alpha, joules);
    return joules.at(-1)!;
  });
}
