/** align beside polars' join_asof and pandas' merge_asof: the same logs, the same joules and means. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Database, quoteText } from '../pipeline/database.js';
import { toRows } from '../pipeline/rows.js';
import type { Bench, BenchContext, Row } from './bench.js';
import { campaigns } from './campaigns.js';
import { type Cost, peer, pipeline } from './command.js';
import { type Contestants, contest, ratioOf } from './contest.js';
import { digits, mebibytes, seconds, times } from './figures.js';
import { median } from '../stages/energy/median.js';

/** N times PC1's logs, and how often each contestant has its turn. */
const sizes = [
  { size: 1, rounds: 5 },
  { size: 10, rounds: 3 },
  { size: 50, rounds: 1 },
] as const;

/** configs/pc1.yaml has a silence of 595 ms as a gap. */
const maxGap = ['--max-gap-us', '595000'];

/** Sums of doubles in another order, and stamps that a clock's arithmetic rounds the other way: 1 µs of 20 s. */
const tolerance = 1e-7;

const columns = ['wall_step_j', 'wall_clip_j', 'wall_interior_j', 'wall_vi_j', 'gpu_j', 'covered_s', 'lines', 'cpu_pct', 'mem_pct', 'gpu_pct', 'gpu_mem_pct', 'gpu_clk_mhz', 'gpu_mem_clk_mhz']; // prettier-ignore

/** Fails where the contestants did not do the same job; else the largest relative difference. */
async function largestDifference(ours: string, theirs: string): Promise<number> {
  const database = await Database.open();
  const files = (folder: string): string => `read_parquet(${quoteText(join(folder, '*.parquet'))})`;
  const differences = columns.map(
    (name) => `max(CASE
    WHEN ours.${name} IS NULL OR theirs.${name} IS NULL THEN CASE WHEN ours.${name} IS NULL AND theirs.${name} IS NULL THEN 0 ELSE 1e9 END
    WHEN ours.${name} = theirs.${name} THEN 0
    ELSE abs(ours.${name} - theirs.${name}) / abs(ours.${name}) END)`,
  );
  const [found] = toRows(
    await database.query(`SELECT count(*) AS joined, (SELECT count(*) FROM ${files(ours)}) AS ours,
      (SELECT count(*) FROM ${files(theirs)}) AS theirs, greatest(${differences.join(', ')}) AS difference
      FROM ${files(ours)} AS ours JOIN ${files(theirs)} AS theirs USING (session, measurement_id, round)`),
  ) as unknown as { joined: bigint; ours: bigint; theirs: bigint; difference: number }[];
  database.close();
  if (Number(found.joined) !== Number(found.ours) || Number(found.joined) !== Number(found.theirs)) {
    throw new Error(`${theirs}: ${found.theirs} rounds, ${ours}: ${found.ours}, alike ${found.joined}`);
  }
  if (!(found.difference <= tolerance)) throw new Error(`${theirs} differs from ${ours} by ${found.difference}`);
  return found.difference;
}

const names = { polars: 'polars, all at once', bySession: 'polars, session by session', pandas: 'pandas, session by session' } as const; // prettier-ignore

function contestants(folder: string, config: string, run: string): Contestants<Cost> {
  const at = join('data', 'runs', run);
  return {
    ours: () => pipeline(folder, 'run', config, '--stage', 'align', '--force', '--quiet'),
    polars: () => peer(folder, 'align_polars.py', at, join('polars', run), ...maxGap),
    bySession: () => peer(folder, 'align_polars.py', at, join('bySession', run), ...maxGap, '--by-session'),
    pandas: () => peer(folder, 'align_pandas.py', at, join('pandas', run), ...maxGap),
  };
}

const walls = (costs: readonly Cost[]): number[] => costs.map(({ wall_s }) => wall_s);
const peaks = (costs: readonly Cost[]): number[] => costs.map(({ peak_mib }) => peak_mib);
const cost = (costs: readonly Cost[]): string =>
  `${seconds(median(walls(costs)))} (${seconds(median(costs.map(({ cpu_s }) => cpu_s)))} CPU), ${mebibytes(median(peaks(costs)))}`;

async function atSize(context: BenchContext, size: number, rounds: number) {
  const config = await campaigns(context, size);
  const run = `x${size}`;
  const { folder } = context;
  const all = contestants(folder, config, run);
  await all.ours(); // the peers take its clocks
  context.say(`${size}×, ${rounds} rounds`);
  const costs = await contest(rounds, all);
  const ours = join(folder, 'data', 'runs', run, 'align', 'measurements');
  let difference = 0;
  for (const name of Object.keys(names)) difference = Math.max(difference, await largestDifference(ours, join(folder, name, run))); // prettier-ignore
  const lines = readdirSync(join(folder, 'data', 'runs', run, 'profile', 'power')).length;
  return { size, costs, difference, sessions: lines };
}

function rowsOf({ size, costs }: Awaited<ReturnType<typeof atSize>>): Row[] {
  const judged = size === 10;
  return Object.entries(names).map(([name, title]) => {
    const ratio = ratioOf(walls(costs[name]), walls(costs.ours));
    const memory = ratioOf(peaks(costs.ours), peaks(costs[name])).median;
    const first = judged && name === 'polars';
    return {
      what: `${size}× PC1's logs`,
      ours: cost(costs.ours),
      peer: title,
      theirs: cost(costs[name]),
      ratio: `${times(ratio)}; our memory ${digits(memory)}×`,
      target: first ? 'time ≥ 1×, our memory ≤ 0.5×' : '',
      met: first ? ratio.median >= 1 && memory <= 0.5 : null,
    };
  });
}

/** Growth worse than linear, of a contestant. */
const growth = (small: readonly Cost[], large: readonly Cost[], factor: number): number =>
  median(walls(large)) / median(walls(small)) / factor;

export const align: Bench = {
  name: 'align',
  about: 'energy and resource means of every round from raw logs, beside polars and pandas, 1×, 10×, 50× PC1',
  peers: true,
  async run(context) {
    const results = [];
    for (const { size, rounds } of sizes) results.push(await atSize(context, size, rounds));
    const [one, , fifty] = results;
    const grown = growth(one.costs.ours, fifty.costs.ours, 50);
    const peak_mib = median(peaks(fifty.costs.ours));
    const difference = Math.max(...results.map((result) => result.difference));
    const grow = Object.entries(names).map(([name, title]) => `${title} ${digits(growth(one.costs[name], fifty.costs[name], 50))}`); // prettier-ignore
    return {
      title: 'align',
      rows: [
        ...results.flatMap(rowsOf),
        { what: 'growth of the time from 1× to 50×, over 50', ours: digits(grown), theirs: grow.join('; '), target: '≤ 1.2', met: grown <= 1.2 }, // prettier-ignore
        { what: 'peak memory at 50×', ours: mebibytes(peak_mib), target: '≤ 1 GB', met: peak_mib * 2 ** 20 <= 1e9 },
      ],
      notes: [
        `The same job: joules of every round by three edge rules and by Σ V·I, GPU joules, six means, coverage; the ${columns.length} columns agree to ${difference.toExponential(0)}.`, // prettier-ignore
        `Ours is \`pipeline run --stage align --force\`, whole: it finds the clocks (the peers are handed them), judges every round by its checks, and verifies and publishes what it reads and writes.`, // prettier-ignore
        `N× is N times the campaigns of PC1's six models (${one.sessions}, ${results[1].sessions} and ${fifty.sessions} sessions), each with its own noise.`, // prettier-ignore
      ],
    };
  },
};
