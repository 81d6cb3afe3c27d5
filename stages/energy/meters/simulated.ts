/**
 * No meter: a made-up one that prints emonlib's numbered lines on time, of a load that switches on and off. For trying a
 * configuration and for tests; what it tells is labelled simulated.
 */
import { duration, powerQuantity } from '../units.js';
import type { Connection } from './connection.js';
import { checkSum, emonlibGrammar } from './emonlib.js';
import { TextFramer } from './framer.js';
import { mains } from './limits.js';
import { meterType } from './meter.js';
import { hostClock_us } from './host_clock.js';

const mains_v = 120;
const power_factor = 0.97;

interface Load {
  readonly standby: number;
  readonly load: number;
  readonly cycle: number;
}

/** Energy since time 0 of a load that is on in the second half of each cycle, J; `at_s` in s. */
function energy_j({ standby, load, cycle }: Load, at_s: number): number {
  const cycles = Math.floor(at_s / cycle);
  const rest_s = at_s - cycles * cycle;
  return standby * at_s + (load - standby) * ((cycles * cycle) / 2 + Math.max(0, rest_s - cycle / 2));
}

/** The line that a meter would print of the window between two moments (s). */
export function simulatedLine(seq: number, load: Load, from_s: number, to_s: number): string {
  const watts = (energy_j(load, to_s) - energy_j(load, from_s)) / (to_s - from_s);
  const amperes = Number((watts / mains_v / power_factor).toFixed(3));
  const apparent = mains_v * amperes;
  const body = `${seq} ${watts.toFixed(2)} ${apparent.toFixed(2)} ${mains_v.toFixed(2)} ${amperes.toFixed(3)} ${(watts / apparent).toFixed(3)} `;
  return `${body}*${checkSum(body)}\r\n`;
}

/** Prints a line at every multiple of the period since it was opened. */
function connectSimulated(load: Load, every_us: number): Connection {
  const started_us = hostClock_us();
  let printed = 0;
  let listener: (bytes: Uint8Array) => void = () => {};
  let timer: NodeJS.Timeout;
  // Woken when a line is due, no oftener: a meter costs the machine next to nothing.
  const wait = (): void => {
    const next_us = started_us + (printed + 1) * every_us;
    timer = setTimeout(print, Math.max(1, Math.ceil((next_us - hostClock_us()) / 1000)));
  };
  const print = (): void => {
    const due = Math.floor((hostClock_us() - started_us) / every_us);
    for (; printed < due; printed++) {
      const line = simulatedLine(printed, load, (printed * every_us) / 1e6, ((printed + 1) * every_us) / 1e6);
      listener(Buffer.from(line));
    }
    wait();
  };
  wait();
  return {
    onData: (given) => (listener = given),
    onEnd: () => {},
    send: () => {},
    close: async () => clearTimeout(timer),
  };
}

export const simulated = meterType({
  name: 'simulated',
  about: 'no meter: made-up lines, labelled simulated',
  kind: 'window',
  period_us: 170_000,
  baud: null,
  example: '1041 184.20 190.44 120.00 1.587 0.967 *1F',
  limits: mains,
  options: {
    /** Power while the load is off and on, W, and how long both together last, s. */
    standby: powerQuantity().prefault('60 W'),
    load: powerQuantity().prefault('180 W'),
    cycle: duration().prefault('10 s'),
  },
  grammar: () => emonlibGrammar(),
  framer: () => new TextFramer(),
  connect: async (load, every_us) => connectSimulated(load, every_us),
});
