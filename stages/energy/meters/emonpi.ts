/**
 * An emonPi with its own firmware: packets `OK node byte byte … (rssi)` of 24 bytes (discrete sampling) or 40
 * (continuous, with a counter), or the continuous firmware's calibration line (command `c1`), which has two decimals
 * where the packet has whole watts (research/measuring.md 3, research/meters.md).
 */
import { z } from 'zod';
import { numberOf, numberPattern } from './fields.js';
import { TextFramer } from './framer.js';
import { mains } from './limits.js';
import { meterType } from './meter.js';
import { damaged, type Grammar, type Line, other, readingOf } from './reading.js';

const packet = /^OK (\d{1,3}) ((?:\d{1,3} )+)\((-?\d{1,3})\)$/;

/** What the firmware prints besides: banner, settings, help, answers to commands. */
const chatter = /^(?:emonPi|emonTx|OpenEnergyMonitor|CT ?\d|VT|RFM|RF|Node|Group|Freq|Settings|Calibration|Available|AC |Assumed|Temp|Sensor|POST|Energy|Datalog|Sampling|Reading|\||>|\s)/i; // prettier-ignore

const number = `(${numberPattern})`;
const calibrationLine = new RegExp(`^\\|Vrms:${number}, I1:${number}, pf1:${number}, I2:${number}, pf2:${number}, f:${number}$`, 'i'); // prettier-ignore

/** Lengths of the two firmwares' packets, and where each has its powers. */
const discrete = { length: 24, powers: 0 } as const;
const continuous = { length: 40, powers: 4 } as const;

export type Channel = 1 | 2 | 'both';

/** Words of the packet: P1, P2, P1 + P2, then 100 · Vrms. */
const powerWord: Readonly<Record<Channel, number>> = { 1: 0, 2: 1, both: 2 };
const voltageWord = 3;

/** The reading in a packet of the node, little-endian; other nodes' packets come on the same port. */
export function readPacket(text: string, node: number, channel: Channel): Line {
  const match = packet.exec(text);
  if (!match) return damaged('not a packet of an emonPi');
  if (Number(match[1]) !== node) return other;
  const bytes = match[2].trim().split(' ').map(Number);
  const form = [discrete, continuous].find(({ length }) => length === bytes.length);
  if (!form) return damaged(`a packet of ${bytes.length} bytes: expected ${discrete.length} or ${continuous.length}`);
  if (bytes.some((byte) => byte > 255)) return damaged('a byte above 255');
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const word = (i: number): number => view.getInt16(form.powers + 2 * i, true);
  return readingOf({
    seq: form === continuous ? view.getUint32(0, true) : null,
    voltage_v: word(voltageWord) / 100,
    real_power_w: word(powerWord[channel]),
  });
}

/** The reading in a calibration line; both clamps hang on one voltage, but have no common power factor. */
function readCalibration(text: string, channel: Channel): Line {
  const match = calibrationLine.exec(text);
  if (!match) return damaged('not a calibration line of an emonPi');
  const [voltage_v, i1, pf1, i2, pf2] = match.slice(1).map((field) => numberOf(field) ?? null);
  if (channel === 2) return readingOf({ voltage_v, current_a: i2, power_factor: pf2 });
  if (channel === 1) return readingOf({ voltage_v, current_a: i1, power_factor: pf1 });
  const all = voltage_v !== null && i1 !== null && i2 !== null && pf1 !== null && pf2 !== null;
  return readingOf({ voltage_v, real_power_w: all ? voltage_v * (i1 * pf1 + i2 * pf2) : null });
}

class EmonPiGrammar implements Grammar {
  constructor(
    private readonly node: number,
    private readonly channel: Channel,
    private readonly lines: 'packets' | 'calibration',
  ) {}

  read(text: string): Line {
    if (text.startsWith('OK')) {
      const line = readPacket(text, this.node, this.channel);
      return this.lines === 'packets' || line.kind === 'damaged' ? line : other;
    }
    if (this.lines === 'calibration' && text.startsWith('|')) return readCalibration(text, this.channel);
    return chatter.test(text) && /^[\x20-\x7e\t]*$/.test(text) ? other : damaged('not a line of an emonPi');
  }
}

/** Options that a log of the same packets has too. */
export const packetOptions = {
  /** The node that the bench's emonPi calls itself. */
  node: z.number().int().min(0).max(60).default(5),
  /** The clamp that the machine hangs on; `both` is their sum. */
  channel: z.union([z.literal(1), z.literal(2), z.literal('both')]).default(1),
};

export const emonpi = meterType({
  name: 'emonpi',
  about: "an emonPi with its own firmware's packets or calibration lines",
  // The discrete firmware looks at the mains for a moment every 5 s; the continuous one's lines are means: kind: window.
  kind: 'instant',
  period_us: 5_000_000,
  baud: 38400,
  example: 'OK 5 184 0 0 0 184 0 234 46 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (-0)',
  limits: mains,
  options: { ...packetOptions, lines: z.enum(['packets', 'calibration']).default('packets') },
  grammar: ({ node, channel, lines }) => new EmonPiGrammar(node, channel, lines),
  framer: () => new TextFramer(),
});
