/**
 * end2end's training: our kernel beside PyTorch, node by node in the usual recursive style and vectorised by level of
 * the tree, on one core each, from the same weights to the same weights.
 */
import { join } from 'node:path';
import { median } from '../stages/energy/median.js';
import type { Lesson } from '../stages/energy/predictors/engine.js';
import { kernel } from '../stages/energy/predictors/kernel.js';
import type { Bench, Row } from './bench.js';
import { contest, ratioOf } from './contest.js';
import { seconds, times } from './figures.js';
import { forestOfRun, initialWeights, lessonsOf, writeLesson } from './lesson.js';
import { finishedRun, sixModels } from './finished_run.js';
import { PythonPeer, torchPython } from './python_peer.js';

interface Question {
  readonly style: 'recursive' | 'vectorised';
  readonly dtype: 'float32' | 'float64';
  readonly epochs: number;
  readonly trees: number;
}
interface Answer {
  readonly seconds: number;
  readonly weights: readonly number[];
}

/** A task that both do: some epochs over some trees, for some seeds. */
interface Task {
  readonly what: string;
  readonly peer: string;
  readonly question: Question;
  readonly lesson: Lesson;
  readonly asked: PythonPeer<Question, Answer>;
  readonly seeds: number;
  readonly rounds: number;
  readonly target?: number;
}

const learningRate = 1e-3;
/** Ours is so short that it is done several times in a turn. */
const repeats = 5;

/** "The same result", of weights. */
const tolerance = 1e-6;

function ours({ lesson, question: { epochs, trees }, seeds }: Task): { seconds: number; weights: Float64Array[] } {
  const part = { ...lesson, trees: lesson.trees.slice(0, trees) };
  const initial = initialWeights(lesson.terms, seeds);
  let weights: Float64Array[] = [];
  const walls = Array.from({ length: repeats }, () => {
    const started = performance.now();
    weights = kernel.train(part, initial, { epochs, learningRate });
    return (performance.now() - started) / 1000;
  });
  return { seconds: median(walls), weights };
}

/** Later epochs amplify the order in which sums were rounded, ours too (see the notes): the first is compared. */
const isComparable = ({ dtype, epochs }: Question): boolean => dtype === 'float64' && epochs === 1;

/** The largest difference of a weight. */
function difference(mine: readonly Float64Array[], theirs: readonly number[]): number {
  const flat = mine.flatMap((weights) => Array.from(weights));
  if (flat.length !== theirs.length) throw new Error(`${theirs.length} weights beside ${flat.length}`);
  return flat.reduce((most, weight, i) => Math.max(most, Math.abs(weight - theirs[i])), 0);
}

async function race(task: Task): Promise<{ row: Row; difference: number }> {
  let apart = 0;
  ours(task); // compiled by then
  const walls = await contest(task.rounds, {
    ours: async () => ours(task).seconds,
    theirs: async () => {
      const answer = await task.asked.ask(task.question);
      apart = Math.max(apart, difference(ours(task).weights, answer.weights));
      return answer.seconds;
    },
  });
  if (isComparable(task.question) && !(apart <= tolerance)) throw new Error(`${task.peer}: weights differ by ${apart}`); // prettier-ignore
  const ratio = ratioOf(walls.theirs, walls.ours);
  const { target } = task;
  return {
    difference: apart,
    row: {
      what: task.what,
      ours: seconds(median(walls.ours)),
      peer: task.peer,
      theirs: seconds(median(walls.theirs)),
      ratio: times(ratio),
      target: target === undefined ? '' : `≥ ${target}×`,
      met: target === undefined ? null : ratio.median >= target,
    },
  };
}

export const training: Bench = {
  name: 'training',
  about: 'end2end trained by our kernel, and by PyTorch node by node and level by level, on one core each',
  peers: true,
  async run(context) {
    const run = await finishedRun(context);
    const [merged, whole] = await Promise.all([true, false].map((merge) => forestOfRun(run, sixModels, merge)));
    const [lesson] = await lessonsOf(merged);
    const [every] = await lessonsOf(whole);
    const write = (name: string, one: Lesson, seeds: number): PythonPeer<Question, Answer> => {
      const folder = join(context.folder, name);
      writeLesson(folder, one, initialWeights(one.terms, seeds));
      return new PythonPeer(torchPython, 'train_torch.py', folder);
    };
    const peers = [write('every', every, 1), write('merged', lesson, 1), write('seeds', lesson, 20)];
    const trees = lesson.trees.length;
    const short = { epochs: 1, trees: 40 };
    const fold = { epochs: 8, trees };
    const vectorised = { style: 'vectorised', ...fold } as const;
    const tasks: Omit<Task, 'lesson'>[] = [
      { what: 'an epoch of 40 trees, one seed', peer: 'PyTorch, node by node, 64 bit', question: { style: 'recursive', dtype: 'float64', ...short }, asked: peers[0], seeds: 1, rounds: 3, target: 50 }, // prettier-ignore
      { what: 'the same', peer: 'PyTorch, node by node, 32 bit', question: { style: 'recursive', dtype: 'float32', ...short }, asked: peers[0], seeds: 1, rounds: 3, target: 50 }, // prettier-ignore
      { what: `an epoch of a fold’s ${trees} trees, one seed`, peer: 'PyTorch, by level, 64 bit', question: { ...vectorised, epochs: 1, dtype: 'float64' }, asked: peers[0], seeds: 1, rounds: 5, target: 1.5 }, // prettier-ignore
      { what: `8 epochs of it`, peer: 'PyTorch, by level, 64 bit', question: { ...vectorised, dtype: 'float64' }, asked: peers[0], seeds: 1, rounds: 5, target: 1.5 }, // prettier-ignore
      { what: 'the same', peer: 'PyTorch, by level, 32 bit', question: { ...vectorised, dtype: 'float32' }, asked: peers[0], seeds: 1, rounds: 5, target: 1.5 }, // prettier-ignore
      { what: 'the same', peer: 'PyTorch, by level, 32 bit, given our merged trees', question: { ...vectorised, dtype: 'float32' }, asked: peers[1], seeds: 1, rounds: 5, target: 1.5 }, // prettier-ignore
      { what: 'the same with 20 seeds', peer: 'PyTorch, by level, 32 bit, merged, 20 columns', question: { ...vectorised, dtype: 'float32' }, asked: peers[2], seeds: 20, rounds: 3 }, // prettier-ignore
    ];
    const raced: { row: Row; difference: number; question: Question }[] = [];
    for (const task of tasks) {
      context.say(`${task.what}: ${task.peer}`);
      raced.push({ ...(await race({ ...task, lesson })), question: task.question });
    }
    for (const one of peers) one.close();
    const apart = (of: (question: Question) => boolean): string =>
      Math.max(...raced.filter(({ question }) => of(question)).map((one) => one.difference)).toExponential(0);
    const two = [lesson, every].map((one) => kernel.train(one, initialWeights(one.terms, 1), { epochs: 8, learningRate })); // prettier-ignore
    const own = difference(two[0], Array.from(two[1][0])).toExponential(0);
    return {
      title: 'training',
      rows: raced.map(({ row }) => row),
      notes: [
        `The same result: from equal weights, every weight is within ${apart(isComparable)} of PyTorch’s in 64 bit after the first epoch.`, // prettier-ignore
        `Training amplifies rounding, whoever does it: after 8 epochs weights are ${apart(({ dtype, epochs }) => dtype === 'float64' && epochs === 8)} apart in 64 bit and ${apart(({ dtype, epochs }) => dtype === 'float32' && epochs === 8)} in 32 bit, and our own by ${own} with and without merging.`, // prettier-ignore
        `Ours computes equal nodes of a tree once (${lesson.forest.type.length} classes of ${every.forest.type.length} nodes), with 32-bit features and 64-bit weights.`, // prettier-ignore
      ],
    };
  },
};
