import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table as ArrowTable } from 'apache-arrow';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../pipeline/database.js';
import type { Source } from '../../../pipeline/stage.js';
import { numbers, strings, toRows } from '../../../pipeline/rows.js';
import { readTwin } from '../../../stages/energy/benches/twin.js';
import { source as choice } from '../../../stages/energy/benches/source.js';
import { run } from '../../../stages/profile/run.js';
import { profile } from '../../../stages/profile/stage.js';
import { run as runTrace } from '../../../stages/trace/run.js';
import { needs } from '../../needs.js';
import { anySource, fakeContext } from '../context.js';
import { twinRows } from '../energy/twin_rows.js';

const model = 'distilgpt2';
const sizes = { models: [model], batch_sizes: [8], lengths: [32] };

async function open(kind: 'twin' | 'published'): Promise<Source> {
  const options = { download: false };
  return (await choice.open(kind, { source: [kind], device: 'device_1' }, options)) as Source;
}

/** Traces the model and replays its session. */
async function replay(params: object, source: Source): Promise<ReadonlyMap<string, ArrowTable>> {
  const traced = await fakeContext({ params: sizes, partition: { model }, source });
  await runTrace(traced);
  const tables = { nodes: traced.written.get('nodes')!, operators: traced.written.get('operators')! };
  const partition = { session: model };
  const context = await fakeContext({ params: profile.params.parse(params), partition, source, tables });
  await run(context);
  traced.close();
  context.close();
  return context.written;
}

/** A table's content as text, so that a failing comparison does not print it. */
const content = (table: ArrowTable | undefined): string => JSON.stringify(toRows(table!));

test('a session is a model, and reads that model’s trees', () => {
  const trace = [{ model: 'gpt2' }, { model: 'google/bert' }];
  const partitions = profile.partitions(profile.params.parse({}), { trace }, {}, anySource);
  assert.equal(partitions, [{ session: 'gpt2' }, { session: 'google/bert' }]);
  for (const { of } of profile.reads) {
    assert.ok(of!({ session: 'gpt2' }, { model: 'gpt2' }));
    assert.not(of!({ session: 'gpt2' }, { model: 'google/bert' }));
  }
});

test('every measurement of the model is replayed, in the order of its first node', async () => {
  const written = await replay({}, await open('twin'));
  const { nodes } = twinRows(model, [{ model, batch_size: 8, length: 32, parts: ['ml_module', 'ml_function', 'module', 'model'] }]); // prettier-ignore
  const expected = [...new Set(nodes.map(({ measurement_id }) => measurement_id))];
  const rounds = toRows(written.get('rounds')!).filter(({ kind }) => kind === 'round');
  assert.equal([...new Set(rounds.map(({ measurement_id }) => measurement_id))], expected);
  assert.is(rounds.length, 5 * expected.length);
  for (const { start_us, end_us } of rounds) assert.ok(Number(end_us) - Number(start_us) >= 20e6 - 1);
});

test('the session states what a bench states', async () => {
  const source = await open('twin');
  const written = await replay({ rounds: 1 }, source);
  const [stated] = toRows(written.get('session')!);
  assert.is(stated.session, model);
  assert.is(stated.bench, 'PC1');
  assert.is(stated.label, source.label);
  assert.is(stated.meter_kind, 'window');
  assert.is(stated.meter_period_us, 170_000);
  assert.is(stated.mains_voltage_v, 120);
  assert.is(stated.power_factor_source, 'assumed');
  assert.is(stated.cpu_threads, 20);
  assert.is(stated.meter_noisy, true);
  assert.equal([stated.meter_range_a, stated.meter_uncertainty_pct], [null, null], 'not stated');
  const power = written.get('power')!;
  const lowest = numbers(power, 'real_power_w').reduce((a, b) => Math.min(a, b));
  assert.ok(Math.abs(lowest / Number(stated.standby_w) - 1) < 0.02, 'standby is what the meter saw');
  const resources = written.get('resources')!;
  const absent = ['cpu_energy_uj', 'dram_energy_uj', 'gpu_energy_uj', 'gpu_mem_used_kib', 'gpu_temperature_c', 'throttle_bits']; // prettier-ignore
  for (const name of absent) {
    assert.is(resources.getChild(name)!.nullCount, resources.numRows, `${name} is not known of a replay`);
  }
});

test('the meter’s clock shows in its stamps and nowhere else', async () => {
  const source = await open('twin');
  const params = { rounds: 1, instruments: { clock_offset: '1.234 s', clock_drift: '50 ppm' } };
  const other = { rounds: 1, instruments: { clock_offset: '-7 s', clock_drift: '-20 ppm' } };
  const [one, two] = [await replay(params, source), await replay(other, source)];
  for (const table of ['session', 'rounds', 'resources']) {
    assert.ok(content(one.get(table)) === content(two.get(table)), table);
  }
  for (const column of ['line', 'seq', 'voltage_v', 'current_a', 'real_power_w', 'power_factor']) {
    assert.equal(numbers(one.get('power')!, column), numbers(two.get('power')!, column), column);
  }
  assert.is.not(numbers(one.get('power')!, 'mono_us')[0], numbers(two.get('power')!, 'mono_us')[0]);
});

test('the same inputs give the same bytes, another seed others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'));
  const source = await open('twin');
  const files = async (name: string, seed: number): Promise<Buffer[]> => {
    const written = await replay({ rounds: 1, seed }, source);
    const database = await Database.open();
    const contents: Buffer[] = [];
    for (const { name: table, order } of profile.writes) {
      const path = join(folder, `${name}-${table}.parquet`);
      await database.insert(table, written.get(table)!);
      await database.copy(`FROM ${table} ORDER BY ${order.join(', ')}`, path);
      contents.push(await readFile(path));
    }
    database.close();
    return contents;
  };
  const [first, again, other] = [await files('first', 1), await files('again', 1), await files('other', 2)];
  profile.writes.forEach(({ name }, i) => assert.ok(first[i].equals(again[i]), name));
  const power = profile.writes.findIndex(({ name }) => name === 'power');
  assert.not(first[power].equals(other[power]));
  await rm(folder, { recursive: true });
});

test('the files that a replay rests on are its bench’s', async () => {
  const twin = profile.files!(profile.params.parse({}), await open('twin'), { session: model });
  assert.equal(
    twin.map(({ name }) => name),
    ['twin', 'bench'],
  );
  assert.is(readTwin(twin[0].path).seed, 1);
});

const dataset = needs('published');
if (dataset) {
  test('published means are replayed as they are', async () => {
    const source = await open('published');
    const files = profile.files!(profile.params.parse({}), source, { session: model });
    assert.equal(
      files.map(({ name }) => name),
      [
        'ml1_level_features.csv',
        'ml2_level_features.csv',
        'module_level_features.csv',
        'model_level_features.csv',
        'bench',
      ],
    );
    const written = await replay({ rounds: 1, instruments: 'ideal' }, source);
    assert.equal(strings(written.get('session')!, 'label'), [source.label]);
    const root = toRows(written.get('rounds')!).find(({ measurement_id }) =>
      String(measurement_id).includes('GPT2Model'),
    )!;
    const [power, stamps] = [numbers(written.get('power')!, 'real_power_w'), numbers(written.get('power')!, 'mono_us')];
    const inside = [...stamps.keys()].filter((i) => stamps[i] - 170_000 >= Number(root.start_us) && stamps[i] <= Number(root.end_us)); // prettier-ignore
    // distilgpt2, batch 8, length 32, the row of model_level_features.csv: joules over seconds of a run.
    const text = await readFile(files[3].path, 'utf8');
    const [row] = text
      .split(/\r?\n/)
      .filter((line) => line.startsWith('8.0,32.0,') && line.endsWith(`${model},${model}`));
    const [latency_s, , wall_j] = row.split(',').slice(10).map(Number);
    for (const i of inside) assert.ok(Math.abs(power[i] / (wall_j / latency_s) - 1) < 1e-7);
    assert.ok(inside.length > 100);
  });
}

test.run();
