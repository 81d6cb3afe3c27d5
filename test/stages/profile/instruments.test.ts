import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultInstruments, idealInstruments, instruments } from '../../../stages/profile/instruments.js';

/** METHODS 6, its table: key, default, ideal; in SI units. */
const table: readonly (readonly [keyof typeof defaultInstruments, number, number])[] = [
  ['meter_window', 0.1667, 0.17],
  ['meter_period', 0.17, 0.17],
  ['power_step', 0.01, 0],
  ['voltage_step', 0.01, 0],
  ['current_step', 0.001, 0],
  ['meter_noise', 0.003, 0],
  ['arrival_delay', 0.0015, 0],
  ['clock_offset', 1.234, 0],
  ['clock_drift', 50e-6, 0],
  ['lines_lost', 0.001, 0],
  ['lines_doubled', 0.0005, 0],
  ['lines_swapped', 0.0002, 0],
  ['silences', 3, 0],
  ['mains_voltage', 120, 120],
  ['power_factor', 1, 1],
  ['standby', 75, 75],
  ['ripple', 0.05, 0],
  ['ripple_period', 1, 1],
  ['pause', 2, 2],
  ['pause_model', 3, 3],
  ['lead', 30, 30],
  ['burst', 20, 20],
  ['resource_period', 0.17, 0.17],
  ['resource_noise', 0.0005, 0],
  ['resource_step', 1, 0],
];

test('the two columns are METHODS 6’s', () => {
  for (const [key, standard, ideal] of table) {
    assert.is(defaultInstruments[key], standard, key);
    assert.is(idealInstruments[key], ideal, key);
  }
  assert.is(Object.keys(defaultInstruments).length, table.length);
});

test('a word takes a column, a map overrides single keys of one', () => {
  assert.equal(instruments.parse('default'), defaultInstruments);
  assert.equal(instruments.parse('ideal'), idealInstruments);
  assert.equal(instruments.parse({}), defaultInstruments);
  assert.equal(instruments.parse({ meter_noise: '1 %', silences: 0 }), {
    ...defaultInstruments,
    meter_noise: 0.01,
    silences: 0,
  });
  assert.equal(instruments.parse({ base: 'ideal', clock_offset: '-2 s', clock_drift: '-80 ppm' }), {
    ...idealInstruments,
    clock_offset: -2,
    clock_drift: -8e-5,
  });
});

test('what no instrument can be is refused where it stands', () => {
  const refused: readonly (readonly [unknown, string])[] = [
    ['perfect', 'base'],
    [{ base: 'perfect' }, 'base'],
    [{ meter_period: '0 s' }, 'meter_period'],
    [{ meter_window: '20 W' }, 'meter_window'],
    [{ lines_lost: '100 %' }, 'lines_lost'],
    [{ ripple: '-1 %' }, 'ripple'],
    [{ burst: 21 }, 'burst'],
    [{ silences: 1.5 }, 'silences'],
    [{ power_factor: 1.1 }, 'power_factor'],
  ];
  for (const [value, key] of refused) {
    const { error } = instruments.safeParse(value);
    assert.equal(
      error?.issues.map(({ path }) => path),
      [[key]],
      JSON.stringify(value),
    );
  }
  const { error } = instruments.safeParse({ meter_nose: '1 %' });
  assert.equal(
    error?.issues.map(({ code }) => code),
    ['unrecognized_keys'],
  );
});

test.run();
