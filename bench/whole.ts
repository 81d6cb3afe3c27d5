/** configs/pc1.yaml from nothing: where the time goes, and how far above the floor of the machine it is. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';
import { median } from '../stages/energy/median.js';
import type { Bench, BenchContext, Row } from './bench.js';
import { type Cost, pipeline } from './command.js';
import { digits, mebibytes, seconds } from './figures.js';
import { config, sixModels } from './finished_run.js';
import { diskRate, memoryRate, multiplyAddRate } from './floor.js';
import { forestOfRun } from './lesson.js';
import { multiplyAdds } from './multiply_adds.js';

interface Told {
  readonly stages: Readonly<Record<string, { readonly seconds: number }>>;
  readonly source: { readonly label: string };
}

interface Manifest {
  readonly outputs: readonly { readonly path: string; readonly bytes: number }[];
  readonly parts: { readonly inputs: Readonly<Record<string, string>> };
}

const manifestsOf = (folder: string): Manifest[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Manifest);

/** Bytes that each stage reads and writes, by its manifests: an input is named by task and table. */
function traffic(place: string): { read: number; written: number } {
  const run = join(place, 'data', 'runs', 'pc1');
  const size = (name: string): number => {
    const [, task, table] = name.split(' ');
    const [stage, partition] = task.split('/');
    return statSync(join(run, stage, table, `${partition}.parquet`), { throwIfNoEntry: false })?.size ?? 0;
  };
  const stages = readdirSync(run).filter((name) => statSync(join(run, name)).isDirectory());
  const manifests = stages.flatMap((stage) => manifestsOf(join(run, stage)));
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return {
    read: sum(manifests.flatMap(({ parts }) => Object.keys(parts.inputs).map(size))),
    written: sum(manifests.flatMap(({ outputs }) => outputs.map(({ bytes }) => bytes))),
  };
}

/** Several goes of one command; the median of their times. */
async function goes(count: number, run: () => Promise<Cost>): Promise<number> {
  const walls: number[] = [];
  for (let i = 0; i < count; i++) walls.push((await run()).wall_s);
  return median(walls);
}

/** What was promised of our own programs before there were peers. */
async function promised({ folder, say }: BenchContext): Promise<Row[]> {
  const stage = (name: string) => () => pipeline(folder, 'run', config, '--stage', name, '--force', '--quiet');
  const rows: [what: string, wall_s: number, target_s: number | null][] = [];
  say('single commands');
  rows.push(['the same with nothing stale', await goes(5, () => pipeline(folder, 'run', config, '--quiet')), 0.5]);
  rows.push(['`pipeline --help`', await goes(9, () => pipeline(folder, '--help')), 0.15]);
  rows.push(['align alone, 1.6 + 1.6 million lines', await goes(3, stage('align')), 1.5]);
  rows.push(['report alone, all of it', await goes(3, stage('report')), 3]);
  return rows.map(([what, wall_s, target_s]) => ({
    what,
    ours: seconds(wall_s),
    target: target_s === null ? '' : `≤ ${target_s} s`,
    met: target_s === null ? null : wall_s <= target_s,
  }));
}

async function floorRows(folder: string, whole: Cost, told: Told): Promise<Row[]> {
  const { read, written } = traffic(folder);
  const [disk, memory] = [diskRate(folder), memoryRate()];
  const models = await forestOfRun(join(folder, 'data', 'runs', 'pc1'), sixModels, true);
  const [work, rate] = [multiplyAdds(models, join(folder, 'data', 'runs', 'pc1', 'train')), multiplyAddRate()];
  const io_s = written / disk + read / memory;
  const training_s = work / rate;
  const gb = (bytes: number): string => `${digits(bytes / 1e9)} GB`;
  const floor = (what: string, ours: number, theirs: string, value: number): Row => ({
    what,
    ours: seconds(ours),
    peer: 'floor',
    theirs: `${theirs}: ${seconds(value)}`,
    ratio: `floor is ${((100 * value) / ours).toFixed(1)} % of it`,
    met: null,
  });
  return [
    floor('all of it, processor time', whole.cpu_s, 'both below', io_s + training_s),
    floor('bytes in and out', whole.cpu_s, `${gb(written)} written at ${gb(disk)}/s of disk, ${gb(read)} read at ${gb(memory)}/s of memory`, io_s), // prettier-ignore
    floor('train', told.stages.train.seconds, `${digits(work / 1e9)} · 10⁹ multiply-adds at ${digits(rate / 1e9)} · 10⁹ a second`, training_s), // prettier-ignore
  ];
}

export const whole: Bench = {
  name: 'whole',
  about: 'configs/pc1.yaml from nothing, the share of each stage, and the floor of the machine',
  peers: false,
  async run(context) {
    const { folder, say } = context;
    for (const name of ['data', 'reports', 'configs']) rmSync(join(folder, name), { recursive: true, force: true });
    cpSync(join(packageRoot, 'configs'), join(folder, 'configs'), { recursive: true });
    say(`pipeline run ${config} from nothing`);
    const cost = await pipeline(folder, 'run', config, '--json');
    const told = JSON.parse(cost.stdout) as Told;
    const worked_s = Object.values(told.stages).reduce((sum, stage) => sum + stage.seconds, 0);
    const shares = Object.entries(told.stages).map(([name, stage]): Row => ({
      what: `of which ${name}`,
      ours: `${seconds(stage.seconds)} of work, ${((100 * stage.seconds) / worked_s).toFixed(1)} %`,
      met: null,
    }));
    const first: Row = {
      what: `\`pipeline run ${config}\` from nothing`,
      ours: `${seconds(cost.wall_s)} (${seconds(cost.cpu_s)} CPU), ${mebibytes(cost.peak_mib)}`,
      target: '≤ 60 s, 1.5 GB',
      met: cost.wall_s <= 60 && cost.peak_mib * 2 ** 20 <= 1.5e9,
    };
    return {
      title: 'whole',
      rows: [first, ...shares, ...(await promised(context)), ...(await floorRows(folder, cost, told))],
      notes: [
        `Source: ${told.source.label}. A stage's work is the sum of its tasks' times, on all workers.`,
        "Disk is measured by writing and syncing 256 MiB, memory by copying as much; multiply-adds by training's own two products on data that stay in the cache.", // prettier-ignore
      ],
    };
  },
};
