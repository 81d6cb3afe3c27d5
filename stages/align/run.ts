/**
 * One session from raw logs to the energy of its rounds. What happens at an edge of a round, for a meter whose lines are
 * means of their windows:
 *
 *   W │            ┌──────────────────────────────────────── … ──┐              load
 *     │            │                                             │
 *     │────────────┘                                             └───────────   standby
 *     └──┬──────┬──│───┬──────┬──────┬──────┬──────┬──── … ──┬───│──┬──────┬─   the meter's lines, on its own clock;
 *        │      │  │   │      │      │      │      │         │   │  │      │    its offset and drift come from the
 *        │      │ start                                         end │      │    sync bursts (clock.ts)
 *        │      │░░│▓▓▓│██████│██████│██████│██████│██ … ████│▓▓▓│░░│      │
 *
 *   interior   █  mean of the windows wholly inside, times the duration
 *   clip       █  and the straddling windows' share by time, ▓: too little, for a window's load spreads over all of it
 *   step       █  and all of the straddling windows, ▓ + ░, less the neighbour's standby for ░ (energy.sql)
 *
 * A line lost inside is covered by the next one; a longer silence leaves a gap, and the round has no energy.
 */
import type { Table as ArrowTable } from 'apache-arrow';
import type { Database } from '../../pipeline/database.js';
import { findings as findingsTable, type Finding } from '../../pipeline/findings.js';
import type { TaskContext } from '../../pipeline/stage.js';
import { fromRows, numbers } from '../../pipeline/rows.js';
import { int64, string, table } from '../../pipeline/table.js';
import { clockHolds, gapIntervals, gpuLag, sessionFindings } from './checks.js';
import { type Clock, fitClock, oneClock } from './clock.js';
import { furthestOff } from './clock_holds.js';
import type { Round, Step } from './coarse.js';
import { lagOf } from './lag.js';
import { judgeRounds } from './round_checks.js';
import { isMetered, type Quality, type RoundEnergy, rowsAs, type SessionFacts } from './rows.js';
import { sql } from './sql.js';
import type { AlignParams } from './stage.js';
import { clock as clockTable, measurements } from './tables.js';
import type { Samples } from './updates.js';

/** Steps of the work, for its progress. */
const stepsOfWork = 4;

const us = (seconds: number): number => Math.round(seconds * 1e6);

export async function run(context: TaskContext<AlignParams>): Promise<void> {
  const { database, params, write, progress, signal } = context;
  const advance = (done: number): void => {
    signal.throwIfAborted();
    progress(done, stepsOfWork);
  };
  const [facts] = rowsAs<SessionFacts>(await database.query('SELECT * FROM session'));
  const instant = params.meter === 'instant';
  await database.run(await sql('lines'));
  const period_us = facts.meter_period_us ?? facts.resource_period_us;
  const maxGap_us = params.max_gap === null ? Math.round(gapIntervals * period_us) : us(params.max_gap);
  await database.run(await sql('windows'), { instant, max_gap_us: maxGap_us });
  advance(1);
  const steps = rowsAs<Step & Partial<Round>>(await database.query(await sql('sync_steps')));
  const rounds = typeof steps[0]?.measurement_id === 'string';
  const { first_us, last_us } = facts;
  const settings = { first_us, last_us, period_us, instant, search_us: us(params.clock_search) };
  const metered = isMetered(facts);
  const clock = !metered || (rounds && facts.one_clock) ? oneClock : await fitClock(database, steps, settings);
  advance(2);
  const [quality] = rowsAs<Quality>(await database.query(await sql('quality')));
  const found = sessionFindings(facts, quality, clock, params.meter);
  if ('refused' in clock) {
    await write(measurements, fromRows(measurements, []));
    await write(clockTable, fromRows(clockTable, []));
  } else {
    if (clock.edges > 0) found.push(...clockHolds(facts, await furthestOff(database, clock, settings)));
    await measureRounds(database, params.edge, maxGap_us, facts, quality, clock);
    advance(3);
    const { offset_s, drift_ppm, residual_ms, edges } = clock;
    found.push(...(await judge(database, facts, quality, maxGap_us, params.least_rounds)));
    if (metered && rounds && quality.gpu_powers > 0) found.push(gpuLag(facts, await gpuLagOf(database)));
    await write(measurements, { sql: await sql('measurements') });
    await write(
      clockTable,
      fromRows(clockTable, metered ? [{ session: facts.session, offset_s, drift_ppm, residual_ms, edges }] : []),
    );
  }
  await write(findingsTable, findingRows(found));
  advance(4);
}

/** Makes `rounds_measured`: energies and means of every round, by a hash join for each of meter, GPU and resources. */
async function measureRounds(
  database: Database,
  edge: AlignParams['edge'],
  maxGap_us: number,
  { first_us, meter, meter_period_us, resource_period_us }: SessionFacts,
  { gpu_counters }: Quality,
  { offset_s, drift_ppm }: Clock,
): Promise<void> {
  const counter = gpu_counters > 0;
  const wall = { windows: 'wall_windows', max_gap_us: maxGap_us, period_us: meter_period_us ?? resource_period_us };
  const gpu = {
    windows: 'gpu_windows',
    max_gap_us: Math.round(gapIntervals * resource_period_us),
    period_us: resource_period_us,
  };
  const store = async (name: string, query: string, parameters: typeof wall): Promise<void> =>
    database.run(`CREATE TEMP TABLE ${name} AS ${await sql(query)}`, parameters);

  await setVariables(database, {
    first_us,
    offset_us: offset_s * 1e6,
    drift: drift_ppm * 1e-6,
    gpu_counter: counter,
    gpu_max_gap_us: gpu.max_gap_us,
  });
  await database.run(await sql('host_us'));
  await database.run(await sql('jobs'));
  await database.run(await sql('wall_windows'));
  await database.run(await sql('gpu_windows'));
  await store('wall_energy', 'energy', wall);
  await store('gpu_energy', 'energy', gpu);
  await database.run(await sql('means'), { period_us: resource_period_us });
  await database.run(await sql('losses'), { max_gap_us: wall.max_gap_us });
  const rules = { edge, gpu_edge: counter ? 'clip' : edge, metered: meter !== null };
  await database.run(await sql('rounds_measured'), rules);
}

/** How far apart the logs of meter and GPU may be, on one clock: drivers lag by a second or two. */
const lagSearch_us = 10e6;

/** Lag and window of the GPU's power against the wall's, both on the host's clock. */
async function gpuLagOf(database: Database): Promise<ReturnType<typeof lagOf>> {
  const samples = async (view: string): Promise<Samples> => {
    const log = await database.query(`SELECT to_us, power_w FROM ${view} WHERE power_w IS NOT NULL ORDER BY to_us`);
    return { at_us: numbers(log, 'to_us'), value: numbers(log, 'power_w') };
  };
  return lagOf(await samples('wall_windows'), await samples('gpu_windows'), lagSearch_us);
}

/** What views and macros read: they take no parameters. */
async function setVariables(database: Database, variables: Readonly<Record<string, number | boolean>>): Promise<void> {
  for (const [name, value] of Object.entries(variables)) await database.run(`SET VARIABLE ${name} = $value`, { value });
}

const exclusions = table(
  'exclusions',
  'one round that checks leave out of the means',
  { id: int64('the round'), excluded_by: string('the checks that do, by id') },
  ['id'],
);

/** Makes `exclusions`; gives what the checks find of rounds and measurements. */
async function judge(
  database: Database,
  facts: SessionFacts,
  quality: Quality,
  maxGap_us: number,
  leastRounds: number,
): Promise<Finding[]> {
  const rounds = rowsAs<RoundEnergy>(await database.query(await sql('rounds_judged')));
  const { findings, excludedBy } = judgeRounds(rounds, facts, quality, maxGap_us / 1e3, leastRounds);
  const excluded = rounds.map(({ id }, place) => ({ id, excluded_by: excludedBy[place].join(', ') }));
  await database.insert(
    'exclusions',
    fromRows(
      exclusions,
      excluded.filter(({ excluded_by }) => excluded_by !== ''),
    ),
  );
  return findings;
}

const findingRows = (found: readonly Finding[]): ArrowTable =>
  fromRows(
    findingsTable,
    found.map((finding) => ({ ...finding })),
  );
