/** Lines of every meter, log and instrument, damaged: each is read, refused or told to be another one, never more. */
import { z } from 'zod';
import { parseLoggerLine } from '../../stages/energy/benches/live/logger_line.js';
import { replySchema } from '../../stages/energy/benches/live/runner_protocol.js';
import { LineReader } from '../../stages/energy/meters/line_reader.js';
import { meterTypes } from '../../stages/energy/meters/list.js';
import { logFormats } from '../../stages/energy/meters/log_formats.js';
import { readEntry, readHeader } from '../../stages/energy/meters/meter_log.js';
import type { Line } from '../../stages/energy/meters/reading.js';
import type { Random } from '../../stages/energy/random.js';
import { mutated } from './mutate.js';

interface Grammar {
  readonly name: string;
  readonly lines: readonly string[];
  readonly read: (line: string, random: Random) => string | null;
}

/** Null where a line was read as it must: what a reading tells is a number, or absent. */
function problemOf(line: Line): string | null {
  if (line.kind !== 'reading') return line.kind === 'other' || line.reason !== '' ? null : 'refused without a reason';
  const wrong = Object.entries(line.reading).find(([, value]) => value !== null && !Number.isFinite(value));
  return wrong ? `a reading with ${wrong[0]} ${String(wrong[1])}` : null;
}

const settings: Readonly<Record<string, readonly object[]>> = {
  emonpi: [{}, { lines: 'calibration', channel: 'both' }, { channel: 2 }],
  emonlib: [{}, { fields: ['seq', 'real_power_w'] }],
  pzem004t: [{}, { address: 1 }],
  simulated: [{}],
  wattsup: [{ zone: 'UTC' }],
  emonhub: [{ zone: 'Europe/London' }],
  ptdaemon: [{ zone: 'UTC' }, { zone: 'UTC', channel: 2 }],
  csv: [{ columns: { time_s: 'time', real_power_w: 'watts' } }, { columns: { time: 'time', real_power_w: 'watts' }, zone: 'UTC', date_order: 'dmy', decimal_comma: true, separator: 'semicolon' }], // prettier-ignore
};

const examples: Readonly<Record<string, readonly string[]>> = {
  emonpi: ['OK 5 184 0 7 0 191 0 234 46 210 0 0 0 0 0 0 0 0 0 0 0 1 2 0 0 (-0)', `OK 5 1 2 0 0 184 0 7 0 191 0 234 46 ${'0 '.repeat(28)}(-0)`, '|Vrms:230.12, I1:0.95, pf1:0.9712, I2:0.10, pf2:0.5, f:50.01'], // prettier-ignore
  emonlib: ['1041 184.20 190.44 120.10 1.59 0.97', '184.20 190.96 120.10 1.59 0.96 *3A'],
  pzem004t: ['0104140960000a000000b4000000000000025800000000aabb', '018402c2c1'],
  simulated: ['1041 184.20 190.44 120.00 1.587 0.967 *1F'],
  wattsup: ['2020-9-3-14-5-7 12 96.500 120.400  0.792', '2020-09-03 14:05:07 #d,-,18,965,1204,792,1,0,69384,5550,965,1205,833,965,1203,779,100,0,0,500,965;'], // prettier-ignore
  emonhub: [logFormats.emonhub.example],
  ptdaemon: [logFormats.ptdaemon.example, 'Time,12-23-2020 10:21:52.001,NOTICE,range changed'],
  csv: ['1769000000.5,120.5', '21/01/2026 10:00:00,5;120,5', 'time,watts'],
};

function meterGrammars(): Grammar[] {
  const both = [
    ...Object.values(meterTypes).map(({ name, limits, options, grammar }) => ({ name, limits, options, make: (given: object) => grammar(given as never) })), // prettier-ignore
    ...Object.values(logFormats).map(({ name, limits, options, grammar }) => ({ name, limits, options, make: (given: object) => grammar(given as never, 'a.log') })), // prettier-ignore
  ];
  return both.flatMap(({ name, limits, options, make }) =>
    settings[name].map((given): Grammar => {
      const reader = new LineReader(make(z.object(options).parse(given)), limits);
      if (name === 'csv') reader.read('time,watts'.replace(',', 'separator' in given ? ';' : ','));
      return { name, lines: examples[name], read: (line) => problemOf(reader.read(line)) };
    }),
  );
}

/** The framer cuts any bytes into pieces whose length is bounded. */
function framerGrammars(): Grammar[] {
  return Object.values(meterTypes).map(({ name, framer }) => {
    const cutter = framer();
    return {
      name: `${name}, cut from bytes`,
      lines: examples[name],
      read: (line, random) => {
        const pieces = cutter.push(Buffer.from(line + (random.uniform() < 0.5 ? '\r\n' : ''), 'latin1'));
        const long = pieces.find(({ text }) => text.length > 2000);
        return long ? `a piece of ${long.text.length} characters` : null;
      },
    };
  });
}

const header = '# {"log":"meter","version":1,"settings":{"type":"emonlib","fields":null},"boot_id":"b"}';

const instruments: readonly Grammar[] = [
  { name: 'log of a meter', lines: [header, '81234567 1769000000123000 = 1041 184.20 190.44 120.10 1.59 0.97', '1 2 ! the port is gone'], read: (line) => (readHeader(line), readEntry(line, 1), readEntry(line, 2), null) }, // prettier-ignore
  { name: 'native logger', lines: ['host,1,81234567,1769000000123000,81234000,12,3400,65000000,32000000,,*1A2B', 'gpu,1,0,81234567,300,12345678,45000,30,4,1800,4000,55,812000,8192000,0,*0000'], read: (line) => (parseLoggerLine(line), null) }, // prettier-ignore
  { name: 'node runner', lines: ['{"ok":{"repeats":100,"latency_s":0.01}}', '{"error":{"kind":"out_of_memory","message":"x"}}'], read: (line) => (json(line), null) }, // prettier-ignore
];

function json(line: string): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return;
  }
  replySchema.safeParse(value);
}

export const lineGrammars = (): readonly Grammar[] => [...meterGrammars(), ...framerGrammars(), ...instruments];

/** Reads so many damaged lines of a grammar; what went wrong, and each repeats by its seed. */
export function fuzzLines({ name, lines, read }: Grammar, random: Random, count: number): string[] {
  const wrong: string[] = [];
  for (let i = 0; i < count && wrong.length < 20; i++) {
    const line = mutated(lines[i % lines.length], random).replaceAll('\n', ' ');
    try {
      const problem = read(line, random);
      if (problem) wrong.push(`${name}, line ${i}: ${problem}: ${JSON.stringify(line)}`);
    } catch (error) {
      wrong.push(`${name}, line ${i}: it threw ${(error as Error).stack}: ${JSON.stringify(line)}`);
    }
  }
  return wrong;
}
