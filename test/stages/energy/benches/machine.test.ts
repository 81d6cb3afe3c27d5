import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../../../pipeline/stage.js';
import { machineFiles, machineOf } from '../../../../stages/energy/benches/machine.js';
import { defaultInstruments } from '../../../../stages/profile/instruments.js';

const source = (device: string): Source => ({ kind: 'published', label: '', about: { device }, place: {} });

test('the paper’s two machines have their own facts', () => {
  const [pc1, pc2] = [machineOf(source('device_1')), machineOf(source('device_2'))];
  assert.equal([pc1.name, pc1.cpu.threads, pc1.memory_gib], ['PC1', 20, 32]);
  assert.equal([pc2.name, pc2.cpu.threads, pc2.memory_gib], ['PC2', 12, 32]);
  assert.not(pc1.assumed || pc2.assumed);
});

test('an unknown device has PC1’s facts, and says so', () => {
  const machine = machineOf(source('our-box'));
  assert.ok(machine.assumed);
  assert.is(machine.name, 'our-box (PC1 assumed)');
  assert.is(machine.cpu.threads, 20);
  assert.equal(machineFiles(source('our-box')), machineFiles(source('device_1')));
});

test('the replay’s defaults are the meter and the logger that the bench states', () => {
  const { meter, logger } = machineOf(source('device_1'));
  assert.is(defaultInstruments.meter_window, meter.window_s);
  assert.is(defaultInstruments.meter_period, meter.period_s);
  assert.is(defaultInstruments.mains_voltage, meter.mains_voltage_v);
  assert.is(defaultInstruments.resource_period, logger.period_s);
});

test.run();
