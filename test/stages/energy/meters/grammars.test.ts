/** What each meter's lines say, and that a damaged line is never taken for another reading. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkSum, emonlibGrammar } from '../../../../stages/energy/meters/emonlib.js';
import { LineReader } from '../../../../stages/energy/meters/line_reader.js';
import { mains } from '../../../../stages/energy/meters/limits.js';
import { meterTypes } from '../../../../stages/energy/meters/list.js';
import { frame } from '../../../../stages/energy/meters/modbus.js';
import { powerKind, powerOf, type Line, nothingRead } from '../../../../stages/energy/meters/reading.js';

const grammar = (type: string, options: object = {}) =>
  meterTypes[type].grammar(z.object(meterTypes[type].options).parse(options));
const reader = (type: string, options: object = {}) => new LineReader(grammar(type, options), meterTypes[type].limits);

const reading = (told: object): Line => ({ kind: 'reading', reading: { ...nothingRead, ...told } });
const reason = (line: Line): string => (line.kind === 'damaged' ? line.reason : line.kind);

const discrete = 'OK 5 184 0 7 0 191 0 234 46 210 0 0 0 0 0 0 0 0 0 0 0 1 2 0 0 (-0)';

test('emonpi: a packet of the discrete firmware, by clamp', () => {
  const volts = { voltage_v: 120.1 };
  assert.equal(grammar('emonpi').read(discrete), reading({ ...volts, real_power_w: 184 }));
  assert.equal(grammar('emonpi', { channel: 2 }).read(discrete), reading({ ...volts, real_power_w: 7 }));
  assert.equal(grammar('emonpi', { channel: 'both' }).read(discrete), reading({ ...volts, real_power_w: 191 }));
});

test('emonpi: a packet of the continuous firmware has a number', () => {
  const packet = `OK 5 1 2 0 0 184 0 7 0 191 0 234 46 ${'0 '.repeat(28)}(-0)`;
  assert.equal(grammar('emonpi').read(packet), reading({ seq: 513, voltage_v: 120.1, real_power_w: 184 }));
});

test('emonpi: the calibration line has amperes and power factors, both clamps no common one', () => {
  const line = '|Vrms:230.12, I1:0.95, pf1:0.9712, I2:0.10, pf2:0.5, f:50.01';
  const read = (channel: unknown) => grammar('emonpi', { lines: 'calibration', channel }).read(line);
  assert.equal(read(1), reading({ voltage_v: 230.12, current_a: 0.95, power_factor: 0.9712 }));
  assert.equal(read(2), reading({ voltage_v: 230.12, current_a: 0.1, power_factor: 0.5 }));
  const both = read('both');
  assert.ok(both.kind === 'reading' && Math.abs(both.reading.real_power_w! - 230.12 * (0.95 * 0.9712 + 0.05)) < 1e-9);
  assert.is(grammar('emonpi').read(line).kind, 'other', 'not asked for');
  assert.is(grammar('emonpi', { lines: 'calibration' }).read(discrete).kind, 'other');
});

test('emonpi: a reversed clamp is said to be one; others on the port are no damage', () => {
  const reversed = 'OK 5 245 255 0 0 245 255 168 88 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (-0)';
  assert.match(reason(reader('emonpi').read(reversed)), /negative real power: is the clamp the other way round/);
  for (const line of ['emonPi V2.93', 'OpenEnergyMonitor.org', 'CT 1 Cal: 60.61', ' -> 5 b', 'OK 8 1 2 3 (-71)']) {
    assert.is(reader('emonpi').read(line).kind, 'other', line);
  }
});

test('emonlib: the standard line with and without a number, a blank behind, a check sum', () => {
  const told = { voltage_v: 120.1, current_a: 1.59, real_power_w: 184.2, power_factor: 0.96 };
  const body = '184.20 190.96 120.10 1.59 0.96';
  assert.equal(emonlibGrammar().read(body), reading(told));
  assert.equal(emonlibGrammar().read(`${body} `), reading(told));
  assert.equal(emonlibGrammar().read(`7 ${body} `), reading({ seq: 7, ...told }));
  assert.equal(emonlibGrammar().read(`7 ${body} *${checkSum(`7 ${body} `)}`), reading({ seq: 7, ...told }));
  assert.is(reason(emonlibGrammar().read(`7 ${body} *00`)), 'check sum');
});

test('emonlib: a sketch of its own order', () => {
  const line = emonlibGrammar(['voltage_v', 'current_a', 'real_power_w', 'power_factor']).read(
    '120.10 1.59 184.20 0.96',
  );
  assert.equal(line, reading({ voltage_v: 120.1, current_a: 1.59, real_power_w: 184.2, power_factor: 0.96 }));
});

test('"nan" and −1 are absent, and power without real power or power factor is in volt-amperes', () => {
  const line = emonlibGrammar().read('nan 190.96 120.10 1.59 -1.00');
  assert.equal(line, reading({ voltage_v: 120.1, current_a: 1.59 }));
  if (line.kind !== 'reading') return;
  assert.is(powerKind(line.reading), 'apparent');
  assert.is(powerOf(line.reading), 120.1 * 1.59);
  assert.is(powerKind({ ...line.reading, power_factor: 0.9 }), 'real');
  assert.is(powerKind(nothingRead), null);
  assert.match(reason(reader('emonlib').read('nan nan 120.10 nan nan')), /^no power/);
});

test('emonlib: a damaged digit contradicts what the line tells twice', () => {
  const said = (text: string) => reason(reader('emonlib').read(text));
  assert.is(said('184.20 190.96 120.10 1.59 0.96'), 'reading');
  assert.is(said('184.20 190.96 120.10 1.99 0.96'), 'apparent power is not volts times amperes');
  assert.is(said('134.20 190.96 120.10 1.59 0.96'), 'power factor is not real over apparent power');
  assert.match(said('184.20 19.10 12.01 1.59 0.96'), /^(?:out of range|power factor)/);
  assert.is(said('84.20 190.96 120.10 1.59'), 'not a line of emonlib');
  assert.is(said('184,20 190,96 120,10 1,59 0,96'), 'not a line of emonlib');
});

const answer = [1, 4, 20, 0x09, 0x60, 0x11, 0x70, 0, 1, 0x28, 0xa0, 0, 0, 0, 5, 0, 0, 0x01, 0xf4, 0, 83, 0, 0];

test('pzem004t: two registers of a value come low word first', () => {
  const line = grammar('pzem004t').read(Buffer.from(frame(answer)).toString('hex'));
  assert.equal(line, reading({ voltage_v: 240, current_a: 70, real_power_w: 1040, power_factor: 0.83 }), '70 A needs the high word'); // prettier-ignore
});

test('pzem004t: what another device answers, an error, half an answer', () => {
  const said = (bytes: readonly number[], options = {}) =>
    reason(grammar('pzem004t', options).read(Buffer.from(frame(bytes)).toString('hex')));
  assert.is(said(answer, { address: 2 }), 'an answer of device 1');
  assert.is(said([1, 0x84, 2]), 'the meter answers with error 2');
  assert.is(said(answer.slice(0, 9)), 'an answer of 11 bytes: expected 25');
  assert.is(said(answer.with(18, 0)), 'out of range: 45 to 65 Hz');
});

test('pzem004t: no bit of an answer can be wrong unseen', () => {
  const bytes = frame(answer);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const wrong = Uint8Array.from(bytes);
    wrong[bit >> 3] ^= 1 << (bit & 7);
    assert.is(grammar('pzem004t').read(Buffer.from(wrong).toString('hex')).kind, 'damaged', `bit ${bit}`);
  }
});

interface Measured {
  readonly seq: number;
  readonly volts: number;
  readonly amperes: number;
  readonly factor: number;
}

/** What a meter measures of a machine's power. */
const measured: fc.Arbitrary<Measured> = fc.record({
  seq: fc.nat(1e9),
  volts: fc.integer({ min: 10000, max: 25000 }).map((hundredths) => hundredths / 100),
  amperes: fc.integer({ min: 50, max: 16000 }).map((thousandths) => thousandths / 1000),
  factor: fc.double({ min: 0.4, max: 1, noNaN: true }),
});

/** EmonLib's line of it, with the number and the check sum of our own firmware line. */
function printed({ seq, volts, amperes, factor }: Measured): string {
  const apparent = volts * amperes;
  const body = `${seq} ${(apparent * factor).toFixed(2)} ${apparent.toFixed(2)} ${volts.toFixed(2)} ${amperes.toFixed(3)} ${factor.toFixed(2)} `;
  return `${body}*${checkSum(body)}`;
}

test('property: what emonlib prints is what is read', () => {
  fc.assert(
    fc.property(measured, (values) => {
      const line = reader('emonlib').read(printed(values));
      if (line.kind !== 'reading') return assert.unreachable(reason(line));
      const { seq, voltage_v, current_a, real_power_w } = line.reading;
      assert.equal([seq, voltage_v, current_a], [values.seq, values.volts, values.amperes]);
      assert.ok(Math.abs(real_power_w! - values.volts * values.amperes * values.factor) <= 0.00501);
    }),
  );
});

test('property: a line with a check sum has no wrong character unseen', () => {
  const read = (text: string) => emonlibGrammar().read(text);
  fc.assert(
    fc.property(measured, fc.nat(), fc.integer({ min: 0, max: 255 }), (values, at, code) => {
      const text = printed(values);
      const place = at % text.length;
      const wrong = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
      const line = read(wrong);
      if (line.kind === 'reading') assert.equal(line, read(text), `${text} → ${wrong}`);
    }),
    { numRuns: 2000 },
  );
});

/** Damage as a port does it: characters lost, doubled, changed, lines cut and joined. */
const damage = fc.array(
  fc.record({ kind: fc.constantFrom('cut', 'double', 'change', 'join'), at: fc.nat(), code: fc.nat(255) }),
  { maxLength: 4 },
);

function spoilt(text: string, steps: readonly { kind: string; at: number; code: number }[]): string {
  return steps.reduce((line, { kind, at, code }) => {
    const place = at % (line.length + 1);
    const [before, after] = [line.slice(0, place), line.slice(place)];
    if (kind === 'cut') return before + after.slice(1 + (code % 4));
    if (kind === 'double') return before + after.slice(0, 1 + (code % 4)) + after;
    return kind === 'join' ? before + line : before + String.fromCharCode(code) + after.slice(1);
  }, text);
}

test('fuzz: no line of any kind ends a reader, and what it lets through is possible', () => {
  const types = Object.values(meterTypes);
  const lines = fc.oneof(
    fc.constantFrom(...types.map(({ example }) => example), discrete, Buffer.from(frame(answer)).toString('hex')),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.array(fc.tuple(lines, damage), { maxLength: 12 }), (type, made) => {
      const own = reader(type.name);
      for (const [text, steps] of made) {
        const line = own.read(spoilt(text, steps));
        if (line.kind !== 'reading') continue;
        const power = powerOf(line.reading)!;
        assert.ok(Number.isFinite(power) && power >= 0 && power <= mains.voltage_v[1] * mains.current_a[1]);
      }
      const { readings, other, damaged } = own.counts;
      assert.is(readings + other + damaged, made.length, 'every line is counted once');
      assert.is(
        [...own.counts.reasons.values()].reduce((sum, times) => sum + times, 0),
        damaged,
      );
    }),
    { numRuns: 3000 },
  );
});

test('every type shows a line that it reads, and no other type takes it for its own', () => {
  for (const { name, example } of Object.values(meterTypes).filter(({ baud, request }) => baud !== null && !request)) {
    const readers = Object.keys(meterTypes).filter((other) => reader(other).read(example).kind === 'reading');
    assert.ok(readers.includes(name), name);
    assert.ok(
      readers.every((other) => other === name || other === 'simulated'),
      `${name}: ${readers.join(', ')}`,
    );
  }
});

test.run();
