/** Meters on a port, end to end: a pseudo-terminal, the recorder's process, its log. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PipelineError, UnavailableError } from '../../../../pipeline/errors.js';
import { packageRoot } from '../../../../pipeline/paths.js';
import { hostClock_us } from '../../../../stages/energy/meters/host_clock.js';
import { frame } from '../../../../stages/energy/meters/modbus.js';
import { readMeterLog } from '../../../../stages/energy/meters/read_meter_log.js';
import { RecordedMeter } from '../../../../stages/energy/meters/recorded_meter.js';
import { meterSettings } from '../../../../stages/energy/meters/settings.js';
import type { Sample } from '../../../../stages/energy/meters/meter.js';
import { needs } from '../../../needs.js';
import { thrown } from '../../../thrown.js';
import { Pty, until } from './pty.js';

interface Bench {
  readonly pty: Pty;
  readonly log: string;
  readonly folder: string;
  readonly meters: RecordedMeter[];
}

const live = suite<Bench>('live meters');

/** A line of EmonLib with its number. */
const line = (seq: number, watts = 180 + (seq % 7)): string => {
  const apparent = (120 * (watts / 118)).toFixed(2);
  const amperes = (Number(apparent) / 120).toFixed(4);
  return `${seq} ${watts.toFixed(2)} ${apparent} 120.00 ${amperes} ${(watts / Number(apparent)).toFixed(3)} \r\n`;
};

function meter({ pty, log, meters }: Bench, settings: object = {}): RecordedMeter {
  const made = new RecordedMeter(
    meterSettings.parse({ type: 'emonlib', port: pty.port, period: '50 ms', ...settings }),
    log,
  );
  meters.push(made);
  return made;
}

/** Opens a meter that prints a line every 20 ms from number 0 on, and gives its samples as they come. */
async function opened(bench: Bench): Promise<{ meter: RecordedMeter; samples: Sample[]; next: () => number }> {
  const own = meter(bench);
  let seq = 0;
  const printing = setInterval(() => bench.pty.print(line(seq++)), 20);
  await own.open();
  clearInterval(printing);
  const samples: Sample[] = [];
  void (async () => {
    for await (const sample of own.samples()) samples.push(sample);
  })();
  return { meter: own, samples, next: () => seq++ };
}

const told = (meter: RecordedMeter, what: RegExp): boolean => meter.events.some(({ text }) => what.test(text));
const numbers = (samples: readonly Sample[]) => samples.map(({ reading }) => reading.seq);

const socat = needs('socat');

live.before.each(async (bench) => {
  const folder = mkdtempSync(join(tmpdir(), 'meter-'));
  const pty = new Pty(socat!, join(folder, 'port'));
  await pty.plug();
  Object.assign(bench, { folder, log: join(folder, 'meter.log'), pty, meters: [] });
});

live.after.each(async ({ folder, pty, meters }) => {
  for (const each of meters) await each.close().catch(() => {});
  await pty.unplug();
  rmSync(folder, { recursive: true, force: true });
});

live(
  'a line is stamped after it was printed and before it is told, and stands in the log as it came',
  async (bench) => {
    const { meter, samples, next } = await opened(bench);
    const before_us = hostClock_us();
    const text = line(next());
    bench.pty.print(text);
    await until(() => samples.some(({ mono_us }) => mono_us >= before_us));
    const after_us = hostClock_us();
    await meter.close();
    const sample = samples.at(-1)!;
    assert.ok(sample.mono_us >= before_us && sample.mono_us <= after_us);
    assert.ok(readFileSync(bench.log, 'utf8').includes(`${sample.mono_us} ${sample.utc_us} = ${text.trimEnd()}  `));
    const log = await readMeterLog(bench.log);
    assert.equal(log.samples.at(-1), sample, 'the file is read as the port was');
  },
);

live('a hundred times the nominal rate loses no line', async (bench) => {
  const { meter, next } = await opened(bench);
  const first = next();
  const count = 1500;
  for (let i = 0; i < count;) {
    for (const due = Math.min(count, i + 6); i < due; i++) bench.pty.print(line(i === 0 ? first : next()));
    await sleep(10);
  }
  const last = next();
  bench.pty.print(line(last));
  await until(() => existsSync(bench.log) && readFileSync(bench.log, 'utf8').includes(` = ${last} `));
  const counts = await meter.close();
  assert.is(counts.missing, 0);
  assert.is(counts.damaged, 0);
  assert.is(counts.repeated, 0);
  const { samples } = await readMeterLog(bench.log);
  assert.equal(
    numbers(samples).filter((seq) => seq! >= first),
    Array.from({ length: count + 1 }, (_, i) => first + i),
  );
});

live(
  'pieces of a line are put together; garbage and lines run into each other are refused and counted',
  async (bench) => {
    const { meter, samples, next } = await opened(bench);
    const before = samples.length;
    const whole = line(next());
    for (const part of [whole.slice(0, 4), whole.slice(4, 17), whole.slice(17)]) {
      bench.pty.print(part);
      await sleep(15);
    }
    await until(() => samples.length > before);
    const damagedLine = line(next()).slice(0, 12) + line(next());
    bench.pty.print(damagedLine);
    bench.pty.print(Buffer.from([0xff, 0x00, 0x9c, 0x0a]));
    const last = next();
    bench.pty.print(line(last));
    await until(() => samples.at(-1)?.reading.seq === last);
    const counts = await meter.close();
    assert.equal(numbers(samples).slice(-2), [last - 3, last]);
    assert.is(counts.damaged, 2);
    assert.is(counts.missing, 2);
    assert.match(readFileSync(bench.log, 'utf8'), / = \\xff\\x00\\x9c [0-9a-f]{4}\n/);
  },
);

live('an unplugged meter leaves a gap, and is there again when it is back', async (bench) => {
  const { meter, samples, next } = await opened(bench);
  await bench.pty.unplug();
  await until(() => told(meter, /^the port is gone/) && told(meter, /^no reading for/) && told(meter, /^not connected: there is no port/)); // prettier-ignore
  const during = samples.length;
  await bench.pty.plug();
  const printing = setInterval(() => bench.pty.print(line(next())), 20);
  await until(() => told(meter, /^readings again after/));
  clearInterval(printing);
  const counts = await meter.close();
  assert.ok(samples.length > during);
  assert.is(counts.restarted, 0);
  const { events } = await readMeterLog(bench.log);
  assert.equal(
    events.map(({ text }) => text),
    [...meter.events.map(({ text }) => text), 'closed'],
  );
  assert.is(events.filter(({ text }) => text === 'connected').length, 2);
});

live('a port that another meter holds is said to be in use, and the other reads on', async (bench) => {
  const { samples, next } = await opened(bench);
  const second = new RecordedMeter(
    meterSettings.parse({ type: 'emonlib', port: bench.pty.port }),
    join(bench.folder, 'second.log'),
  );
  const error = await thrown(() => second.open());
  assert.instance(error, UnavailableError);
  assert.is((error as PipelineError).exitCode, 4);
  assert.match(error.message, /port is in use: another program holds it/);
  const before = samples.length;
  bench.pty.print(line(next()));
  await until(() => samples.length > before);
});

live('what is no port is told with what there is', async (bench) => {
  const absent = await thrown(() => meter(bench, { port: '/dev/ttyUSB77' }).open());
  assert.instance(absent, UnavailableError);
  assert.match(
    absent.message,
    /there is no port \/dev\/ttyUSB77: there (?:are \/dev|is no serial port on this machine)/,
  );
  const file = join(bench.folder, 'file');
  writeFileSync(file, '');
  const wrong = await thrown(() => meter(bench, { port: file }).open());
  assert.instance(wrong, UnavailableError);
  assert.match(wrong.message, /is no serial port/);
});

live('another dialect is told with what its lines look like, and by whom they are', async (bench) => {
  const packet = 'OK 5 184 0 0 0 184 0 234 46 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (-0)';
  const printing = setInterval(() => bench.pty.print(`${packet}\r\n`), 50);
  const error = await thrown(() => meter(bench).open());
  clearInterval(printing);
  assert.instance(error, UnavailableError);
  assert.match(error.message, /does not speak emonlib: found "OK 5 184 0 0 0/);
  assert.match(error.message, /expected lines of emonlib, like "1041 184\.20/);
  assert.is(error.hint, 'these are lines of emonpi: set meter.type');
});

live('bytes without a line end, and no bytes at all, are told apart', async (bench) => {
  const printing = setInterval(() => bench.pty.print(Buffer.from([0xe6, 0x80, 0x98])), 50);
  const noise = await thrown(() => meter(bench).open());
  clearInterval(printing);
  assert.match(noise.message, /\d+ bytes and no whole line/);
  assert.is(noise.hint, 'is meter.baud right?');
  await sleep(100);
  const silence = await thrown(() => meter(bench).open());
  assert.match(silence.message, /silent: no byte came/);
});

live('a recorder that is killed is started again on the same log, and what it had written stays', async (bench) => {
  const { meter, samples, next } = await opened(bench);
  const before = (await readMeterLog(bench.log)).samples;
  process.kill(meter.recorder!, 'SIGKILL');
  await until(() => told(meter, /^the recorder died \(SIGKILL\)/));
  const printing = setInterval(() => bench.pty.print(line(next())), 20);
  const during = samples.length;
  await until(() => samples.length > during + 2);
  clearInterval(printing);
  await meter.close();
  const log = await readMeterLog(bench.log);
  assert.equal(log.samples.slice(0, before.length), before);
  assert.is(log.headers.length, 2);
});

live('when the program is killed its recorder ends and frees the port', async (bench) => {
  const module = (name: string) => JSON.stringify(pathToFileURL(join(packageRoot, 'dist/stages/energy/meters', name)));
  const program = `
    const { RecordedMeter } = await import(${module('recorded_meter.js')});
    const { meterSettings } = await import(${module('settings.js')});
    await new RecordedMeter(meterSettings.parse({ type: 'emonlib', port: ${JSON.stringify(bench.pty.port)} }), ${JSON.stringify(bench.log)}).open();
    console.log('open');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let seq = 0;
  const printing = setInterval(() => bench.pty.print(line(seq++)), 20);
  await once(child.stdout!, 'data');
  child.kill('SIGKILL');
  await until(() => readFileSync(bench.log, 'utf8').includes(' ! closed '));
  await meter(bench).open();
  clearInterval(printing);
});

live('a pzem004t is asked every period and answers', async (bench) => {
  const own = meter(bench, { type: 'pzem004t', period: '40 ms' });
  const answer = frame([1, 4, 20, 0x09, 0x60, 0x03, 0xe8, 0, 0, 0x07, 0xd0, 0, 0, 0, 5, 0, 0, 0x01, 0xf4, 0, 83, 0, 0]);
  const answering = setInterval(() => {
    const asked = bench.pty.asked();
    if (asked.length === 0) return;
    assert.is(asked.subarray(0, 8).toString('hex'), Buffer.from(frame([0xf8, 4, 0, 0, 0, 10])).toString('hex'));
    bench.pty.print(answer.subarray(0, 9));
    bench.pty.print(answer.subarray(9));
  }, 10);
  await own.open();
  for await (const { reading } of own.samples()) {
    assert.equal(reading, {
      seq: null,
      voltage_v: 240,
      current_a: 1,
      real_power_w: 200,
      power_factor: 0.83,
      utc_us: null,
    });
    break;
  }
  clearInterval(answering);
});

if (socat) live.run();
