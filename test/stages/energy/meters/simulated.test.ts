/** The made-up meter, through the recorder's process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emonlibGrammar } from '../../../../stages/energy/meters/emonlib.js';
import { RecordedMeter } from '../../../../stages/energy/meters/recorded_meter.js';
import { meterSettings } from '../../../../stages/energy/meters/settings.js';
import { simulatedLine } from '../../../../stages/energy/meters/simulated.js';

test('its lines are the means of a load that switches on in the middle of each cycle', () => {
  const load = { standby: 60, load: 180, cycle: 10 };
  const watts = (from_s: number, to_s: number): number | null => {
    const line = emonlibGrammar().read(simulatedLine(0, load, from_s, to_s).trimEnd());
    assert.is(line.kind, 'reading');
    return line.kind === 'reading' ? line.reading.real_power_w : null;
  };
  assert.is(watts(0, 1), 60);
  assert.is(watts(6, 7), 180);
  assert.is(watts(4.5, 5.5), 120);
  assert.is(watts(9.5, 10.5), 120);
  assert.is(watts(0, 10), 120);
});

test('is opened, read and closed like any other, and counts every line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'meter-'));
  const meter = new RecordedMeter(meterSettings.parse({ type: 'simulated', period: '10 ms' }), join(folder, 'log'));
  await meter.open();
  const seqs: number[] = [];
  for await (const { reading } of meter.samples()) {
    seqs.push(reading.seq!);
    if (seqs.length === 20) break;
  }
  const counts = await meter.close();
  assert.equal(
    seqs,
    seqs.map((_, i) => seqs[0] + i),
  );
  assert.is(counts.damaged + counts.missing + counts.repeated, 0);
  assert.ok(counts.readings >= 20);
  assert.is(meter.identity.period_us, 10_000);
  rmSync(folder, { recursive: true, force: true });
});

test.run();
