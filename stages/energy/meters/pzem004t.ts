/**
 * A PZEM-004T v3 on a USB adapter: Modbus RTU, asked for its ten input registers every period (research/meters.md).
 * A line is its answer in hexadecimal digits.
 */
import { z } from 'zod';
import type { Limits } from './limits.js';
import { meterType } from './meter.js';
import { crc16, readInputRegisters, RegisterFramer, request } from './modbus.js';
import { damaged, type Grammar, type Line, readingOf } from './reading.js';

const registers = 10;
const answerLength = 3 + 2 * registers + 2;
const exceptionLength = 5;

/** What the instrument is made for: 80 to 260 V, 100 A, 23 kW. */
const limits: Limits = { voltage_v: [80, 260], current_a: [0, 100], real_power_w: [0, 23_000] };
/** Mains of 50 or 60 Hz. */
const frequency_hz = [45, 65] as const;

/** Any device on the line answers to this address with its own. */
const anyAddress = 0xf8;

class PzemGrammar implements Grammar {
  constructor(private readonly address: number) {}

  read(text: string): Line {
    if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return damaged('not hexadecimal digits');
    const bytes = Buffer.from(text, 'hex');
    if (bytes.length !== answerLength && bytes.length !== exceptionLength) {
      return damaged(`an answer of ${bytes.length} bytes: expected ${answerLength}`);
    }
    if (crc16(bytes.subarray(0, -2)) !== bytes.readUInt16LE(bytes.length - 2)) return damaged('check sum');
    if (bytes.length === exceptionLength) return damaged(`the meter answers with error ${bytes[2]}`);
    if (this.address !== anyAddress && bytes[0] !== this.address) return damaged(`an answer of device ${bytes[0]}`);
    if (bytes[1] !== readInputRegisters || bytes[2] !== 2 * registers) return damaged('an answer to another question');
    return readRegisters(bytes);
  }
}

/** Volts, amperes (two registers, the low one first), watts (two), watt-hours (two), hertz, power factor, alarm. */
function readRegisters(bytes: Buffer): Line {
  const word = (i: number): number => bytes.readUInt16BE(3 + 2 * i);
  const pair = (i: number): number => word(i) + word(i + 1) * 0x10000;
  const hertz = word(7) / 10;
  if (hertz < frequency_hz[0] || hertz > frequency_hz[1])
    return damaged(`out of range: ${frequency_hz.join(' to ')} Hz`);
  return readingOf({
    voltage_v: word(0) / 10,
    current_a: pair(1) / 1000,
    real_power_w: pair(3) / 10,
    power_factor: word(8) / 100,
  });
}

export const pzem004t = meterType({
  name: 'pzem004t',
  about: 'a PZEM-004T v3 by Modbus RTU',
  kind: 'instant',
  period_us: 1_000_000,
  baud: 9600,
  example: '0104140960000a000000b40000000000000258004b0000 and two bytes of check sum',
  limits,
  options: {
    /** 1 to 247; 248 is whichever is there. */
    address: z.number().int().min(1).max(anyAddress).default(anyAddress),
  },
  grammar: ({ address }) => new PzemGrammar(address),
  framer: () => new RegisterFramer(),
  request: ({ address }) => request(address, registers),
});
