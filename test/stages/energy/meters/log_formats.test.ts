/** Other people's power logs: what their lines say, what is asked for, what is refused. */
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { UnavailableError, UsageError } from '../../../../pipeline/errors.js';
import { LineReader } from '../../../../stages/energy/meters/line_reader.js';
import { logFormats } from '../../../../stages/energy/meters/log_formats.js';
import { readLog } from '../../../../stages/energy/meters/read_log.js';
import { type Line, nothingRead, powerOf } from '../../../../stages/energy/meters/reading.js';
import { dateStamps, epochStamps } from '../../../../stages/energy/meters/timestamp.js';
import { zoneOf } from '../../../../stages/energy/meters/zone.js';
import { thrown } from '../../../thrown.js';

const reader = (format: string, options: object = {}): LineReader => {
  const { options: shape, grammar, limits } = logFormats[format];
  return new LineReader(grammar(z.strictObject(shape).parse(options), 'a.log'), limits);
};
const reading = (told: object): Line => ({ kind: 'reading', reading: { ...nothingRead, ...told } });
const utc_us = (text: string): number => Date.parse(text) * 1000;

test('wattsup: its log, and a record behind a stamp', () => {
  const read = reader('wattsup', { zone: 'UTC' });
  const at = { utc_us: utc_us('2020-09-03T14:05:07Z') };
  assert.equal(
    read.read('2020-9-3-14-5-7 12 96.500 120.400  0.792'),
    reading({ ...at, real_power_w: 96.5, voltage_v: 120.4, current_a: 0.792 }),
  );
  const record = '#d,-,18,965,1204,792,1,0,69384,5550,965,1205,833,965,1203,779,100,0,0,500,965;';
  const told = { ...at, real_power_w: 96.5, voltage_v: 120.4, current_a: 0.792, power_factor: 1 };
  assert.equal(read.read(`2020-09-03 14:05:07 ${record}`), reading(told));
  const short = record.replace('100,0,0,500,965', '_,_,_,_,_');
  assert.equal(read.read(`2020-09-03 14:05:07 ${short}`), reading({ ...told, power_factor: null }));
  assert.is(read.read(`2020-09-03 14:05:07 ${record.replace('18,965', '17,965')}`).kind, 'damaged');
  assert.is(read.read('2020-9-31-14-5-7 12 96.500 120.400  0.792').kind, 'damaged', 'no such day');
});

test('ptdaemon: one channel, several, notices, −1', () => {
  const one =
    'Time,12-23-2020 10:21:51.496,Watts,23.430000,Volts,228.370000,Amps,0.204280,PF,0.502300,Mark,testing-workload';
  const at = { utc_us: utc_us('2020-12-23T09:21:51.496Z') };
  const told = { voltage_v: 228.37, current_a: 0.20428, real_power_w: 23.43, power_factor: 0.5023 };
  const own = reader('ptdaemon', { zone: '+01:00' });
  assert.equal(own.read(one), reading({ ...at, ...told }));
  const many = `Time,12-23-2020 10:21:51.496,Watts,53.0,Volts,-1.0,Amps,-1.0,PF,-1.0,Mark,notset,Ch1,Watts,30.0,Volts,228.0,Amps,0.2,PF,0.7,Ch2,Watts,23.0,Volts,229.0,Amps,0.1,PF,0.9`;
  assert.equal(own.read(many), reading({ ...at, real_power_w: 53 }));
  const second = reader('ptdaemon', { zone: '+01:00', channel: 2 });
  assert.equal(
    second.read(many),
    reading({ ...at, real_power_w: 23, voltage_v: 229, current_a: 0.1, power_factor: 0.9 }),
  );
  assert.is(second.read(one).kind, 'damaged', 'it has no second channel');
  assert.is(own.read('Time,12-23-2020 10:21:52.001,NOTICE,range changed').kind, 'other');
  assert.is(own.read('Buffer was full').kind, 'other');
  assert.is(own.read(one.slice(0, 60)).kind, 'damaged');
});

test('emonhub: a frame is read as from the port, its stamp comes after', () => {
  const own = reader('emonhub');
  const line = (message: string) => own.read(`2016-05-14 10:25:55,593 DEBUG    RFM2Pi     ${message}`);
  assert.is(line('1 NEW FRAME : OK 5 39 0 0 0 39 0 139 90 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0').kind, 'other');
  assert.is(line('2 NEW FRAME : OK 5 40 0 0 0 40 0 139 90 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (-0)').kind, 'other');
  assert.equal(
    line('1 Timestamp : 1463221555.59'),
    reading({ utc_us: 1463221555590000, voltage_v: 231.79, real_power_w: 39 }),
  );
  assert.equal(line('1 Values : [39, 0, 39, 231.79]').kind, 'other');
  assert.equal(
    line('2 Timestamp : 1463221560.6'),
    reading({ utc_us: 1463221560600000, voltage_v: 231.79, real_power_w: 40 }),
  );
  assert.is(line('2 Timestamp : 1463221560.6').kind, 'other', 'a stamp of no frame');
  assert.is(own.read('2016-05-14 10:25:55 something').kind, 'damaged');
});

test('csv: columns by name, units by key, absent values, units behind numbers', () => {
  const columns = { time: 'timestamp', real_power_mw: 'power.draw [mW]', voltage_v: 'U', current_ma: 'I' };
  const own = reader('csv', { columns, zone: 'UTC' });
  assert.is(own.read('U, timestamp, I, power.draw [mW], other').kind, 'other');
  const at = { utc_us: utc_us('2023-07-08T19:27:36.359Z') };
  assert.equal(own.read('230.1, 2023/07/08 19:27:36.359, 553, 126970, x'), reading({ ...at, voltage_v: 230.1, current_a: 0.553, real_power_w: 126.97 })); // prettier-ignore
  assert.equal(own.read('nan, 2023/07/08 19:27:36.359, -1, 126970 mW, x'), reading({ ...at, real_power_w: 126.97 }));
  assert.is(own.read('230.1, 2023/07/08 19:27:36.359, 553, 126970 W, x').kind, 'damaged', 'another unit');
  assert.is(own.read('230.1, 2023/07/08 19:27:36.359, 553, 126970').kind, 'damaged', 'a cell is missing');
  assert.is(own.read('[N/A], 2023/07/08 19:27:36.359, [Unknown Error], [N/A], x').kind, 'damaged', 'no power at all');
});

test('csv: semicolons and decimal commas, stamps that count', () => {
  const columns = { time_ms: 'Zeit', real_power_kw: 'Leistung' };
  const own = reader('csv', { columns, separator: 'semicolon', decimal_comma: true });
  own.read('"Zeit";"Leistung"');
  assert.equal(own.read('1688840857595;0,4195'), reading({ utc_us: 1688840857595000, real_power_w: 419.5 }));
  assert.is(own.read('1688840857;0,4195').kind, 'damaged', 'seconds are no milliseconds of our time');
});

test('csv: what is not there or contradicts itself is told with the nearest name', async () => {
  const problems = (columns: object) =>
    z
      .strictObject(logFormats.csv.options)
      .safeParse({ columns })
      .error?.issues.map(({ message }) => message);
  assert.match(problems({ time: 't', real_power_Watt: 'P' })!.join(), /"real_power_Watt" is no quantity with its unit; nearest: real_power_w/); // prettier-ignore
  assert.match(
    problems({ time: 't', time_s: 'u', real_power_w: 'P' })!.join(),
    /time and time_s are the same quantity/,
  );
  assert.match(problems({ real_power_w: 'P' })!.join(), /expected a time/);
  const columns = { time_s: 't', real_power_w: 'Power' };
  const missing = await thrown(() => reader('csv', { columns }).read('t,power'));
  assert.instance(missing, UsageError);
  assert.match(missing.message, /a\.log:1: there is no column Power: did you mean power\?/);
  const unit = await thrown(() => reader('csv', { columns: { time_s: 't', real_power_w: 'P [mW]' } }).read('t,P [mW]'));
  assert.match(unit.message, /column P \[mW\] says mW, but the mapping real_power_w says w/);
});

test('an ambiguous date or a lacking zone is asked for, never guessed', async () => {
  const stamps = (settings: object) => dateStamps({ zone: 'UTC', date_order: null, ...settings }, 'a.log');
  const date = await thrown(() => stamps({})('03/04/2021 10:00:00'));
  assert.instance(date, UsageError);
  assert.match(date.message, /a\.log: 03\/04\/2021 10:00:00 may be day-month-year or month-day-year/);
  assert.is(stamps({ date_order: 'dmy' })('03/04/2021 10:00:00'), utc_us('2021-04-03T10:00:00Z'));
  assert.is(stamps({ date_order: 'mdy' })('03/04/2021 10:00:00'), utc_us('2021-03-04T10:00:00Z'));
  const zone = await thrown(() => stamps({ zone: null })('2021-03-04 10:00:00'));
  assert.instance(zone, UsageError);
  assert.match(zone.message, /tells no time zone/);
  assert.is(stamps({ zone: null })('2021-03-04T10:00:00.5+01:30'), utc_us('2021-03-04T08:30:00.5Z'));
  assert.is(stamps({})('2021-03-04 10:00:00 PM'), utc_us('2021-03-04T22:00:00Z'));
  for (const text of ['2021-02-30 10:00', '2021-02-03', '21-02-03 10:00', '2021-02-03 25:00', '']) {
    assert.is(stamps({ date_order: 'dmy' })(text), undefined, text);
  }
});

test('summer time: an hour that was twice or never is asked for', async () => {
  const berlin = zoneOf('Europe/Berlin')!;
  const local = (text: string) => berlin.utc_ms(Date.parse(`${text}Z`));
  assert.is(local('2023-07-01T12:00:00'), Date.parse('2023-07-01T10:00:00Z'));
  assert.is(local('2023-12-01T12:00:00'), Date.parse('2023-12-01T11:00:00Z'));
  assert.match((await thrown(() => local('2023-10-29T02:30:00'))).message, /showed 2023-10-29 02:30:00 twice/);
  assert.match((await thrown(() => local('2023-03-26T02:30:00'))).message, /showed 2023-03-26 02:30:00 never/);
  assert.is(zoneOf('Berlin'), null);
  assert.is(zoneOf('+05:30')!.utc_ms(0), -5.5 * 3600e3);
  assert.is(zoneOf('UTC+1')!.utc_ms(0), -3600e3);
});

test('property: a date is read to the microsecond in any zone that has it', () => {
  const zones = fc.constantFrom('UTC', '-08:00', 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(zones, fc.integer({ min: 1_262_304_000, max: 2_000_000_000 }), fc.nat(999_999), (name, at_s, us) => {
      const local = new Date(at_s * 1000).toISOString().slice(0, 19);
      let utc: number | undefined;
      try {
        utc = dateStamps({ zone: name, date_order: null }, '')(`${local}.${String(us).padStart(6, '0')}`);
      } catch (error) {
        return assert.instance(error, UsageError);
      }
      const shown = new Date(Math.floor(utc! / 1000)).toLocaleString('sv-SE', { timeZone: /^[-U]/.test(name) ? 'UTC' : name }); // prettier-ignore
      const expected = name === '-08:00' ? new Date((at_s + 8 * 3600) * 1000).toISOString() : `${local}Z`;
      assert.is(shown, expected.slice(0, 19).replace('T', ' '));
      assert.is(utc! % 1_000_000, us);
    }),
  );
  assert.is(epochStamps('ns')('1688840857595627123'), 1688840857595627);
});

/** Lines as they should be, with what must be said of their file. */
const formats = Object.values(logFormats).map(({ name, example }) => ({
  name,
  example: name === 'csv' ? '2023-07-08 19:27:36.359,126.97' : example,
  options: { csv: { columns: { time: 'time', real_power_w: 'watts' }, zone: 'UTC' }, emonhub: {} }[name] ?? {
    zone: 'UTC',
  },
}));

test('fuzz: no line of any format ends a reader, and every line is counted once', () => {
  const noise = fc.string({ unit: 'binary', maxLength: 100 });
  const spoilt = fc
    .tuple(fc.constantFrom(...formats.map(({ example }) => example)), fc.nat(), fc.nat(6), noise)
    .map(([text, at, length, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + length));
  const lines = fc.array(fc.oneof(spoilt, noise, fc.constantFrom(...formats.map(({ example }) => example))), {
    maxLength: 9,
  });
  fc.assert(
    fc.property(fc.constantFrom(...formats), lines, ({ name, options }, lines) => {
      const own = reader(name, options);
      const before = name === 'csv' ? ['time,watts'] : [];
      for (const text of [...before, ...lines]) {
        const line = own.read(text);
        if (line.kind !== 'reading') continue;
        assert.ok(Number.isSafeInteger(line.reading.utc_us));
        assert.ok(Number.isFinite(powerOf(line.reading)) && powerOf(line.reading)! >= 0);
      }
      const { readings, other, damaged } = own.counts;
      assert.is(readings + other + damaged, before.length + lines.length);
    }),
    { numRuns: 3000 },
  );
});

test('a file of another format is told with what its lines should look like', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  const file = join(folder, 'power.log');
  writeFileSync(file, '\uFEFFtime,watts\r\n2023-07-08 19:27:36.359,126.97\r\n\r\n');
  const csv = await readLog(logFormats.csv, z.object(logFormats.csv.options).parse(formats[3].options), file);
  assert.is(csv.readings.length, 1);
  const error = await thrown(() => readLog(logFormats.wattsup, { zone: 'UTC' }, file));
  assert.instance(error, UnavailableError);
  assert.match(error.message, /no reading of format wattsup: 2 lines refused, the first: not a line of a Watts Up/);
  assert.match((await thrown(() => readLog(logFormats.wattsup, { zone: 'UTC' }, folder))).message, /is a folder/);
  assert.match((await thrown(() => readLog(logFormats.wattsup, { zone: 'UTC' }, `${file}x`))).message, /no such file/);
  rmSync(folder, { recursive: true });
});

test.run();
