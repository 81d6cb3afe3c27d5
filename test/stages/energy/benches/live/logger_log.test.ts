import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError, UsageError } from '../../../../../pipeline/errors.js';
import { numbers, optionalNumbers } from '../../../../../pipeline/rows.js';
import { History } from '../../../../../stages/energy/benches/live/history.js';
import type { GpuSample, HostSample } from '../../../../../stages/energy/benches/live/instruments.js';
import { parseLoggerLine } from '../../../../../stages/energy/benches/live/logger_line.js';
import { type LoggerLog, readLoggerLog } from '../../../../../stages/energy/benches/live/logger_log.js';
import { LoggerTail } from '../../../../../stages/energy/benches/live/logger_tail.js';
import { lineCheck } from '../../../../../stages/energy/line_check.js';
import { thrown } from '../../../../thrown.js';

const folder = mkdtempSync(join(tmpdir(), 'logger-log-'));
let files = 0;

const begins = '#irene-logger,1';
const boot = '566cbb42-65c5-4b5d-b1e2-79e1333539e9';
const period_us = 170_000;
const first_us = 1_000_000;
const utcMinusMono_us = 1_795_656_000_000_000;

type Cell = string | number | null;

/** A line as the logger writes it. */
function line(...cells: readonly Cell[]): string {
  const text = cells.map((cell) => cell ?? '').join(',');
  return `${text},${lineCheck(text)}`;
}

const run = (boot_id = boot) => line('run', first_us, utcMinusMono_us + first_us, boot_id, period_us, 4, 100);
const device = (gpu = 0, uuid = `GPU-${gpu}`) => line('device', gpu, uuid, 'Stub', '535.1');
const due_us = (tick: number) => first_us + tick * period_us;

/** A sample of a machine that is always half busy. */
function host(tick: number, { utc_us = due_us(tick) + utcMinusMono_us, busy = 1000 as Cell } = {}) {
  const mono_us = due_us(tick);
  return line('host', tick, mono_us, utc_us, mono_us - 7, busy, 5000 + 40 * tick, 32_000, 24_000, null, null);
}

function gpu(tick: number, { of = 0, took_us = 900, power_mw = 120_500 as Cell, error = null as Cell } = {}) {
  return line('gpu', tick, of, due_us(tick) + 40, took_us, null, power_mw, 97, 41, 1733, 4004, 66, 1, 2, 4, error);
}

function write(...lines: readonly string[]): string {
  const file = join(folder, `${files++}.log`);
  writeFileSync(file, lines.map((text) => `${text}\n`).join(''));
  return file;
}

const of = (log: LoggerLog, check: string) => log.findings.filter(({ check_id }) => check_id === check);

test('the checksum is CRC-16/CCITT-FALSE', () => {
  assert.is(lineCheck('123456789'), '29b1');
});

test('a line is a record, or nothing', () => {
  assert.equal(parseLoggerLine(run()), {
    kind: 'run',
    first_us,
    utc_us: utcMinusMono_us + first_us,
    boot_id: boot,
    period_us,
    cpu_threads: 4,
    ticks_per_s: 100,
  });
  const wrong = [
    '',
    ',',
    begins,
    line('guest', 1),
    line('constructor', 1),
    line('device', 0, 'GPU-0', 'Stub'),
    line('device', -1, 'GPU-0', 'Stub', ''),
    line('device', '00', 'GPU-0', 'Stub', ''),
    line('device', '', 'GPU-0', 'Stub', ''),
    line('device', '9007199254740993', 'GPU-0', 'Stub', ''),
    line('device', '1.5', 'GPU-0', 'Stub', ''),
  ];
  for (const text of wrong) assert.is(parseLoggerLine(text), null, text);
});

test('a line that is cut, or of which a byte differs, is no record', () => {
  const good = gpu(12);
  assert.ok(parseLoggerLine(good));
  for (let length = 0; length < good.length; length++) assert.is(parseLoggerLine(good.slice(0, length)), null);
  const place = fc.nat(good.length - 1);
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(place, byte, (at, value) => {
      const other = good.slice(0, at) + String.fromCharCode(value) + good.slice(at + 1);
      assert.is(parseLoggerLine(other) === null, other !== good);
    }),
  );
});

test('a GPU’s name comes back in its own alphabet', () => {
  const bytes = Buffer.from('Tést', 'utf8').toString('latin1');
  const record = parseLoggerLine(line('device', 0, 'GPU-0', bytes, ''));
  assert.is(record?.kind === 'device' && record.name, 'Tést');
});

test('rows in order, ticks from the first sample, readings with their sample whichever line came first', async () => {
  const log = await readLoggerLog(
    write(begins, run(), device(), gpu(0), host(0), host(1, { busy: 1020 }), host(2, { busy: 1040 }), gpu(2), gpu(1)),
  );
  assert.equal([...numbers(log.resources, 'mono_us')], [0, 1, 2].map(due_us));
  assert.equal([...numbers(log.resources, 'cpu_busy_ticks')], [0, 20, 40]);
  assert.equal([...numbers(log.resources, 'cpu_total_ticks')], [0, 40, 80]);
  assert.equal(optionalNumbers(log.resources, 'gpu_power_w'), [120.5, 120.5, 120.5]);
  assert.equal(optionalNumbers(log.resources, 'gpu_energy_uj'), [null, null, null]);
  assert.is(log.device?.uuid, 'GPU-0');
  for (const { severity, message } of log.findings) assert.is(severity, 'info', message);
});

test('a log without a GPU has rows without one', async () => {
  const log = await readLoggerLog(write(begins, run(), host(0), host(1)));
  assert.is(log.device, null);
  assert.equal(optionalNumbers(log.resources, 'gpu_power_w'), [null, null]);
});

test('a reading that came more than half a period late is left out, and told', async () => {
  const took_us = period_us / 2;
  const log = await readLoggerLog(
    write(begins, run(), device(), host(0), gpu(0, { took_us: took_us - 40 }), host(1), host(2), gpu(1, { took_us })),
  );
  assert.equal(optionalNumbers(log.resources, 'gpu_power_w'), [120.5, null, null]);
  const [late] = of(log, 'logger_late_gpu');
  assert.equal([late.severity, late.value], ['warn', 50]);
});

test('who follows a log while it is written sees the readings that its reader sees in the end', async () => {
  const takes = fc.nat(4 * period_us);
  await fc.assert(
    fc.asyncProperty(fc.array(takes, { minLength: 1, maxLength: 30 }), async (took) => {
      // A line is written when the call to the driver returns.
      const written = took.flatMap((took_us, tick) => [
        { at_us: due_us(tick), text: host(tick) },
        { at_us: due_us(tick) + 40 + took_us, text: gpu(tick, { took_us }) },
      ]);
      const lines = written.sort((a, b) => a.at_us - b.at_us).map(({ text }) => text);
      const file = write(begins, run(), device(), ...lines);
      const readings = new History<GpuSample>();
      new LoggerTail(file, new History<HostSample>(), readings).look();
      const { resources } = await readLoggerLog(file);
      const told = optionalNumbers(resources, 'gpu_power_w').filter((power_w) => power_w !== null);
      assert.is(readings.between(0, Infinity).length, told.length);
    }),
  );
});

test('missed ticks are counted, nothing is filled in', async () => {
  const log = await readLoggerLog(write(begins, run(), host(0), host(1), host(4)));
  assert.is(log.resources.numRows, 3);
  const [missed] = of(log, 'logger_ticks');
  assert.equal([missed.severity, missed.value, missed.message], ['warn', 40, '2 of 5 ticks missed']);
});

test('damaged lines are counted and not used; torn ones are no damage', async () => {
  const flipped = host(2).replace('32000', '32001');
  const file = write(begins, run(), host(0), 'host,1,23', begins, run(), host(1), flipped, '\0\0\0', host(3), host(3));
  writeFileSync(file, 'host,4,1', { flag: 'a' });
  const log = await readLoggerLog(file);
  assert.is(log.resources.numRows, 3);
  const [lines] = of(log, 'logger_lines');
  assert.equal([lines.severity, lines.value], ['warn', 3]);
  assert.match(lines.message, /3 damaged lines, none used; 2 torn/);
});

test('samples without CPU or memory are left out, and told', async () => {
  const log = await readLoggerLog(write(begins, run(), host(0), host(1, { busy: null }), host(2)));
  assert.is(log.resources.numRows, 2);
  assert.is(of(log, 'logger_host')[0].severity, 'warn');
});

test('errors of NVML are told by their code', async () => {
  const failed = { power_mw: null, error: 15 };
  const log = await readLoggerLog(write(begins, run(), device(), host(0), gpu(0, failed), host(1), gpu(1)));
  assert.equal(optionalNumbers(log.resources, 'gpu_power_w'), [null, 120.5]);
  assert.match(of(log, 'logger_nvml')[0].message, /error 15 in 1 readings/);
});

test('a step of UTC refuses the log, and so does a slew', async () => {
  const stepped = await readLoggerLog(
    write(begins, run(), host(0), host(1, { utc_us: utcMinusMono_us + due_us(1) + 5001 })),
  );
  assert.equal(
    of(stepped, '2').map(({ severity, value }) => [severity, value]),
    [['refuse', 5.001]],
  );
  const slewed = await readLoggerLog(
    write(
      begins,
      run(),
      ...Array.from({ length: 100 }, (_, tick) =>
        host(tick, { utc_us: utcMinusMono_us + due_us(tick) + Math.round(tick * period_us * 150e-6) }),
      ),
    ),
  );
  const [step, slew] = of(slewed, '2');
  assert.is(step.severity, 'info');
  assert.is(slew.severity, 'refuse');
  assert.ok(Math.abs(slew.value! - 150) < 0.5);
});

test('what the logger cost the machine is told', async () => {
  const end = (cpu_us: number, rss_kib: Cell) =>
    line('end', first_us + 1_000_000, 5, 0, 0, 40, 90, 100, cpu_us, rss_kib);
  const cheap = await readLoggerLog(write(begins, run(), host(0), end(4000, 2048)));
  assert.equal(
    of(cheap, '26').map(({ severity, value }) => [severity, value]),
    [
      ['info', 0.1],
      ['info', 2],
    ],
  );
  const dear = await readLoggerLog(write(begins, run(), host(0), end(40_000, null)));
  assert.equal(
    of(dear, '26').map(({ severity, value }) => [severity, value]),
    [['warn', 1]],
  );
});

test('of several GPUs one must be named', async () => {
  const file = write(begins, run(), device(0), device(1), host(0), gpu(0), gpu(0, { of: 1, power_mw: 7000 }));
  for (const [wanted, power_w] of [
    ['0', 120.5],
    ['GPU-1', 7],
  ] as const) {
    const { resources } = await readLoggerLog(file, wanted);
    assert.equal(optionalNumbers(resources, 'gpu_power_w'), [power_w]);
  }
  const several = await thrown(() => readLoggerLog(file));
  assert.instance(several, UsageError);
  assert.match(several.message, /say which by UUID; found: 0 \(GPU-0, Stub\), 1 \(GPU-1, Stub\)/);
  const absent = await thrown(() => readLoggerLog(file, '2'));
  assert.instance(absent, UnavailableError);
  assert.match(absent.message, /GPU 2 was not logged; found: 0 \(GPU-0, Stub\)/);
});

test('what is no log is refused with what was expected', async () => {
  const wrong = [
    [join(folder, 'none.log'), /none\.log: cannot be read \(ENOENT\)/],
    [write(), /it is empty/],
    [write('time,watts', '1,2'), /:1: expected #irene-logger,1/],
    [write(begins, host(0)), /it has no start/],
    [write(begins, run(), host(0), begins, run('another'), host(1)), /several boots/],
  ] as const;
  for (const [file, expected] of wrong) {
    const error = await thrown(() => readLoggerLog(file));
    assert.instance(error, UnavailableError);
    assert.match(error.message, expected);
  }
});

test('how soon the logger ran when it was due is told, of every start', async () => {
  const told = async (...lines: readonly string[]) => of(await readLoggerLog(write('#irene-logger,1', ...lines)), 'logger_scheduling').map(({ message }) => message); // prettier-ignore
  const fifo = line('scheduling', 'fifo', 49, 1);
  assert.equal(await told(run(), fifo, host(0), run(), fifo), [
    "the logger's thread ran before all others (SCHED_FIFO 49), its memory locked",
  ]);
  assert.equal(
    await told(run(), line('scheduling', 'nice', 20, 0), host(0), run(), line('scheduling', 'ordinary', 0, 0)),
    ["the logger's thread ran with nice lowered by 20, its memory not locked; or as any other, its memory not locked"],
  );
  assert.equal(await told(run(), host(0)), []);
});

test.run();
