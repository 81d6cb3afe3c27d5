/** A run with nothing stale, and with one changed parameter, beside DVC and Snakemake driving the same seven stages. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../stages/energy/median.js';
import type { Bench, BenchContext, Row } from './bench.js';
import { type Cost, measure, peersFolder, pipeline, program } from './command.js';
import { contest, ratioOf } from './contest.js';
import { dvcYaml } from './dvc_yaml.js';
import { seconds, times } from './figures.js';
import { config, finishedRun, workplace } from './finished_run.js';

const peers = ['DVC', 'Snakemake'] as const;
const rounds = { nothing: 7, price: 3 } as const;

/** The paper's price, and so many others. */
const price = (change: number): string => (0.1319 + change / 1000).toFixed(4);

const setPrice = (path: string, change: number): void =>
  writeFileSync(path, readFileSync(path, 'utf8').replace(/price_usd_per_kwh: [\d.]+/, `price_usd_per_kwh: ${price(change)}`)); // prettier-ignore

const snakemake = ['snakemake', '--cores', '2', '--quiet', 'all', '--snakefile', join(peersFolder, 'Snakefile')];
const dvc = ['dvc', 'repro', '--quiet'];

/** A folder of each peer with the configuration, in which it has driven all seven stages once. */
async function prepare({ folder, say }: BenchContext): Promise<Record<(typeof peers)[number], () => Promise<Cost>>> {
  process.env.STAGE = join(peersFolder, 'stage');
  process.env.REFERENCE = workplace;
  process.env.NODE = process.execPath;
  process.env.PROGRAM = program;
  const places = { DVC: join(folder, 'dvc'), Snakemake: join(folder, 'snakemake') };
  for (const [name, place] of Object.entries(places)) {
    say(`${name} makes all`);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    copyFileSync(join(workplace, config), join(place, 'pc1.yaml'));
  }
  await measure(places.DVC, ['dvc', 'init', '--no-scm', '--quiet']);
  for (const [key, value] of [['core.analytics', 'false'], ['core.check_update', 'false']]) await measure(places.DVC, ['dvc', 'config', key, value]); // prettier-ignore
  writeFileSync(join(places.DVC, 'dvc.yaml'), dvcYaml(process.env.STAGE));
  const runs = { DVC: () => measure(places.DVC, dvc), Snakemake: () => measure(places.Snakemake, snakemake) };
  for (const name of peers) await runs[name]();
  return runs;
}

const walls = (costs: readonly Cost[]): number[] => costs.map(({ wall_s }) => wall_s);

function rowsOf(what: string, costs: Record<string, Cost[]>): Row[] {
  return peers.map((name) => {
    const ratio = ratioOf(walls(costs[name]), walls(costs.ours));
    return {
      what,
      ours: seconds(median(walls(costs.ours))),
      peer: name,
      theirs: seconds(median(walls(costs[name]))),
      ratio: times(ratio),
      target: '≥ 3×',
      met: ratio.median >= 3,
    };
  });
}

export const stale: Bench = {
  name: 'stale',
  about: 'a run with nothing stale, and with one changed parameter, beside DVC and Snakemake',
  peers: true,
  async run(context) {
    await finishedRun(context);
    const runs = await prepare(context);
    context.say('nothing stale');
    const nothing = await contest(rounds.nothing, { ours: () => pipeline(workplace, 'run', config, '--quiet'), ...runs }); // prettier-ignore
    context.say('another price');
    let change = 0;
    const changed = (place: string, run: () => Promise<Cost>) => async () => {
      setPrice(join(place, place === workplace ? config : 'pc1.yaml'), ++change);
      return run();
    };
    const priced = await contest(rounds.price, {
      ours: changed(workplace, () => pipeline(workplace, 'run', config, '--quiet')),
      DVC: changed(join(context.folder, 'dvc'), runs.DVC),
      Snakemake: changed(join(context.folder, 'snakemake'), runs.Snakemake),
    });
    return {
      title: 'stale',
      rows: [
        ...rowsOf(`\`${config}\` with nothing stale`, nothing),
        ...rowsOf('the same with another price of electricity', priced),
      ],
      notes: [
        'DVC and Snakemake have the seven stages as seven commands with their datasets as outputs (bench/peers/stage, bench/dvc_yaml.ts, bench/peers/Snakefile); the first six take nothing, for they give a finished dataset.', // prettier-ignore
        'A changed price makes stale what prints it: of ours table 3 and the page, of theirs the report as a whole, whose command includes the start of our program.', // prettier-ignore
      ],
    };
  },
};
