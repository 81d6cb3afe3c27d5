/** Two real logs of one load step, under two clocks, through a configuration as a stranger would write it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { rails, started_us } from '../stages/align/rtx3090.js';
import { pipeline, workFolder } from './program.js';

const foreign = needs('foreign');

interface Told {
  readonly check_id: string;
  readonly value: number | null;
  readonly message: string;
}

/** The step as a run, the rails as a power log, nvidia-smi's log as it is. A run of its own for what is stated so. */
function writeBench(folder: string, pair: string, shift_us: number, zone: string, power: string): void {
  const [began, , ended] = readFileSync(join(pair, 'timestamps.csv'), 'utf8').trim().split('\n').slice(1);
  writeFileSync(join(folder, 'runs.csv'), `net,b,s,began,ended\nbert-base-uncased,8,32,${began},${ended}\n`);
  const { at_us, value } = rails(pair);
  const lines = Array.from(at_us, (at, i) => `${Math.round(at + shift_us)},${value[i].toFixed(3)}\n`);
  writeFileSync(join(folder, 'rails.csv'), `us,watts\n${lines.join('')}`);
  const logs = {
    machine: { name: 'RTX 3090', threads: 16 },
    zone,
    one_clock: true,
    runs: { file: 'runs.csv', columns: { model: 'net', batch_size: 'b', length: 's', start_us: 'began', end_us: 'ended' } }, // prettier-ignore
    power: { file: 'rails.csv', format: 'csv', columns: { time_us: 'us', real_power_w: 'watts' } },
    resources: { file: join(pair, 'gpudata.csv'), format: 'nvidia_smi', power },
  };
  const sizes = { models: ['bert-base-uncased'], batch_sizes: [8], lengths: [32] };
  // JSON is YAML.
  writeFileSync(join(folder, 'pair.yaml'), JSON.stringify({ run: `pair-${power}`, bench: { source: ['logs'], logs }, trace: sizes })); // prettier-ignore
}

if (foreign) {
  const pair = join(foreign, 'rtx3090-step');
  const folder = workFolder();

  test('an hour of time zone is told as such', async () => {
    writeBench(folder, pair, 0, 'UTC', 'average');
    const { code, stderr } = await pipeline(folder, ['run', 'pair.yaml', '--stage', 'align']);
    assert.is(code, 2, stderr);
    assert.match(stderr, /gpudata\.csv tells of 2023-07-08 19:27:36 UTC .*, but the runs are from 2023-07-08 18:27:37/);
    assert.match(stderr, /they begin 1\.00 h apart: is the zone of bench\.logs\.resources/);
  });

  const found = async (shift_us: number, power: string): Promise<Told> => {
    writeBench(folder, pair, shift_us, 'Europe/London', power);
    // One round is fewer than three: refused, and all that was found is told.
    const run = await pipeline(folder, ['run', 'pair.yaml', '--stage', 'align', '--relock']);
    assert.is(run.code, 3, run.stderr);
    const { code, stdout } = await pipeline(folder, ['check', 'pair.yaml', '--json']);
    assert.is(code, 3);
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Told[] };
    return findings.find(({ check_id }) => check_id === 'gpu_lag')!;
  };

  test('other words about the same logs are another source, which is told by its keys', async () => {
    writeBench(folder, pair, 0, 'Europe/London', 'average');
    const { code, stderr } = await pipeline(folder, ['run', 'pair.yaml', '--stage', 'align']);
    assert.is(code, 2, stderr);
    assert.match(stderr, /and would now use .* \(logs\.\S*zone UTC → Europe\/London/);
  });

  test('lag and window are printed by check; as the logs are filed, their stamps are apart', async () => {
    const { value, message } = await found(0, 'average');
    assert.ok(value! > -60 && value! < -30, message);
    assert.match(
      message,
      /lag -\d\d ms \(95 %: .*\), averaging window 10\d\d ms \(95 %: .*\), a new value every 100 ms/,
    );
    assert.match(message, /below 0: the stamps of the two logs are at least \d\d ms apart/);
  });

  test('with the rails stamped from their first sample there is next to no lag, over a second as over 100 ms', async () => {
    const average = await found(-started_us, 'average');
    assert.ok(Math.abs(average.value!) < 15, average.message);
    assert.not.match(average.message, 'apart');
    const instant = await found(-started_us, 'instant');
    assert.ok(Math.abs(instant.value!) < 10, instant.message);
    assert.match(instant.message, /averaging window (9|10)\d ms/);
  });
}

test.run();
