/** From bytes to lines to a log and back; numbers that go on or not. */
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../../../../pipeline/errors.js';
import { type Framer, longestLine, TextFramer } from '../../../../stages/energy/meters/framer.js';
import { LogFile } from '../../../../stages/energy/meters/log_file.js';
import {
  type Entry,
  entryLine,
  headerLine,
  readEntry,
  readHeader,
} from '../../../../stages/energy/meters/meter_log.js';
import { crc16, frame, RegisterFramer, request } from '../../../../stages/energy/meters/modbus.js';
import { readMeterLog } from '../../../../stages/energy/meters/read_meter_log.js';
import { Sequence } from '../../../../stages/energy/meters/sequence.js';
import { identityOf, meterSettings } from '../../../../stages/energy/meters/settings.js';
import { thrown } from '../../../thrown.js';

/** The pieces that a framer makes of bytes that come in chunks of these lengths. */
function pieces(framer: Framer, bytes: Uint8Array, lengths: readonly number[]) {
  const made = [];
  let at = 0;
  for (const length of lengths) made.push(...framer.push(bytes.subarray(at, (at += length))));
  return [...made, ...framer.push(bytes.subarray(at)), ...framer.flush()];
}

test('property: lines do not depend on how their bytes come', () => {
  const bytes = fc
    .uint8Array({ maxLength: 300 })
    .map((values) => values.map((value) => (value % 5 === 0 ? 10 : value)));
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(40), { maxLength: 20 }), (bytes, lengths) => {
      for (const framer of [() => new TextFramer(), () => new RegisterFramer()]) {
        assert.equal(pieces(framer(), bytes, lengths), pieces(framer(), bytes, []));
      }
    }),
  );
});

test('what comes before the first line end is half a line, however whole it looks', () => {
  const made = pieces(new TextFramer(), Buffer.from('5.30 1\r\n125.30 1\n\n125'), []);
  assert.equal(made, [
    { text: '5.30 1', whole: false },
    { text: '125.30 1', whole: true },
    { text: '125', whole: false },
  ]);
});

test('noise without line ends does not fill the memory', () => {
  const framer = new TextFramer();
  let longest = 0;
  for (let i = 0; i < 100; i++) {
    for (const { text, whole } of framer.push(Buffer.alloc(100, 'x'))) {
      longest = Math.max(longest, text.length);
      assert.not(whole);
    }
  }
  assert.ok(longest > longestLine && longest <= longestLine + 100);
});

test("Modbus: the standard's check sum, a request, and an answer that never was finished", () => {
  assert.is(crc16(Buffer.from('123456789')), 0x4b37, 'the check value of CRC-16/MODBUS');
  assert.is(Buffer.from(request(1, 10)).toString('hex'), '01040000000a700d');
  const framer = new RegisterFramer();
  const answer = Buffer.from(frame([1, 4, 2, 0, 5]));
  assert.equal(framer.push(answer.subarray(0, 4)), []);
  assert.equal(framer.flush(), [{ text: answer.subarray(0, 4).toString('hex'), whole: true }]);
  assert.equal(framer.push(answer), [{ text: answer.toString('hex'), whole: true }]);
});

test('numbers go on, repeat, change places; a jump is doubtful until the next line goes on from it', () => {
  const places = (...numbers: number[]) => {
    const sequence = new Sequence();
    return numbers.map((seq) => sequence.place(seq));
  };
  assert.equal(places(5, 6, 8, 8, 7, 9), ['next', 'next', 'next', 'repeated', 'next', 'next']);
  assert.equal(places(5000, 90000, 5001), ['next', 'doubtful', 'next']);
  assert.equal(places(5000, 0, 1, 2), ['next', 'doubtful', 'restarted', 'next']);
});

const settings = meterSettings.parse({ type: 'emonlib', port: '/dev/ttyUSB0', range: '30 A', uncertainty: '1 %' });

test('property: an entry of the log is read as it was written, whatever came', () => {
  const text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const stamp = fc.nat(2 ** 31 - 1);
  fc.assert(
    fc.property(stamp, stamp, fc.constantFrom('=', '~'), text, (mono_us, utc_us, mark, text) => {
      const entry = { mono_us, utc_us, mark, text } as Entry;
      const line = entryLine(entry);
      assert.match(line, /^[\x20-\x7e]*\n$/);
      assert.equal(readEntry(line.slice(0, -1), 2), entry);
    }),
  );
  assert.equal(readHeader(headerLine({ settings, boot_id: 'b' }).trimEnd()), { version: 2, settings, boot_id: 'b' });
  assert.is(readHeader('# {"log":"meter","version":2}'), null);
});

test('a bit that flips in a line of the log makes it no line', () => {
  const lines = [headerLine({ settings, boot_id: 'b' }), entry(1)].map((line) => Buffer.from(line.slice(0, -1)));
  for (const bytes of lines)
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      const line = flipped.toString('utf8');
      assert.is(readHeader(line) ?? readEntry(line, 2), null, line);
    }
});

test('a log of version 1, whose lines have no checksum, is read as before', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'log');
    const older = (line: string): string => line.replace('"version":2', '"version":1').replace(/ [0-9a-f]{4}\n$/, '\n');
    writeFileSync(path, [headerLine({ settings, boot_id: '' }), entry(1), entry(2)].map(older).join(''));
    const { headers, samples } = await readMeterLog(path);
    assert.equal([headers[0].version, samples.map(({ reading }) => reading.seq)], [1, [1, 2]]);
  }));

function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'meter-log-'));
  return work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

const entry = (i: number): string =>
  entryLine({ mono_us: i * 1000, utc_us: i * 1000 + 5, mark: '=', text: `${i} 184.20 190.96 120.10 1.59 0.96` });

test('a log cut anywhere by a kill loses the cut line alone, and goes on', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'log');
    const whole = headerLine({ settings, boot_id: '' }) + entry(1) + entry(2) + entry(3);
    const start = whole.length - entry(3).length;
    for (let length = start; length < whole.length; length++) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      const log = new LogFile(path);
      log.append(entry(4) + entry(5));
      log.close();
      const { samples, counts } = await readMeterLog(path);
      // Without its end alone a line is whole: its checksum is there.
      const isWhole = length === whole.length - 1;
      const left = samples.map(({ reading }) => reading.seq);
      assert.equal(left, isWhole ? [1, 2, 3, 4, 5] : [1, 2, 4, 5]);
      assert.is(counts.damaged, length === start || isWhole ? 0 : 1, `cut at ${length}`);
      assert.ok(readFileSync(path, 'utf8').startsWith(whole.slice(0, length)));
    }
  }));

test('what is no log, or of an unknown meter, is said so', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'log');
    writeFileSync(path, 'time,watts\n');
    assert.match((await thrown(() => readMeterLog(path))).message, /log:1: this is no log of a meter/);
    writeFileSync(path, headerLine({ settings: { ...settings, type: 'sundial' }, boot_id: '' }));
    const error = await thrown(() => readMeterLog(path));
    assert.match(error.message, /a meter "sundial" that is not known here/);
    assert.instance(error, UnavailableError);
    assert.match((await thrown(() => readMeterLog(join(folder, 'none')))).message, /there is no such file/);
  }));

test('a meter is what its owner states; what is not stated is null', () => {
  assert.equal(identityOf(settings), {
    name: 'emonlib',
    kind: 'window',
    period_us: 170_000,
    range_a: 30,
    accuracy_class: null,
    calibrated_on: null,
    uncertainty_pct: 1,
  });
  const problems = (value: object) => meterSettings.safeParse(value).error?.issues.map(({ message }) => message);
  assert.equal(problems({ type: 'emonlip' }), ['there is no meter "emonlip"; nearest: emonlib']);
  assert.equal(problems({}), ["expected a meter's type: one of emonpi, emonlib, pzem004t, simulated"]);
  assert.equal(problems({ type: 'simulated', calibrated: '2026-13-05' }), ['there is no such day']);
  assert.is(problems({ type: 'simulated', port: '/dev/ttyUSB0' })?.length, 1, 'the simulated meter has no port');
});

test.run();
