import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { softwareMeasurement, usualPue, type SoftwareSample } from '../../../stages/energy/software_measurement.js';

const sample: SoftwareSample = { dram_j: 10, cpu_j: 100, gpu_j: 300, dram_share: 0.5, cpu_share: 0.25, gpu_share: 1 };

test('energies are weighted by shares, summed over processes and multiplied by the PUE', () => {
  assert.is(softwareMeasurement([sample], 1), 5 + 25 + 300);
  assert.is(softwareMeasurement([sample, { ...sample, gpu_share: 0 }], 2), 2 * (330 + 30));
  assert.is(softwareMeasurement([sample]), usualPue * 330);
});

test('nothing measured is nothing estimated; something absent makes the estimate absent, not smaller', () => {
  assert.is(softwareMeasurement([], 1), 0);
  assert.is(softwareMeasurement([sample, { ...sample, cpu_j: null }]), null);
  assert.is(softwareMeasurement([{ ...sample, dram_share: null }]), null);
});

test.run();
