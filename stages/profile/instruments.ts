/**
 * The replay's instruments: every imperfection of meter and logger that a session is replayed with, and what the load
 * does between and around the rounds. A key has two columns: `default`, an emonPi-class meter and a 170 ms logger
 * (METHODS 6), and `ideal`, which turns every imperfection off. In a configuration
 *
 *     instruments: default
 *     instruments: ideal
 *     instruments: { meter_noise: 1 % }                   # default, but for single keys
 *     instruments: { base: ideal, clock_offset: 2 s }     # ideal, but for single keys
 */
import { z } from 'zod';
import { current, duration, fraction, powerQuantity, voltage } from '../energy/units.js';

type Quantity = z.ZodType<number>;

const atLeast = (of: Quantity, least: number): Quantity =>
  of.refine((value) => value >= least, { message: `expected at least ${least}` });
const above = (of: Quantity, limit: number): Quantity =>
  of.refine((value) => value > limit, { message: `expected more than ${limit}` });
const below = (of: Quantity, limit: number): Quantity =>
  of.refine((value) => value < limit, { message: `expected less than ${limit}` });
const share = (): Quantity => below(atLeast(fraction(), 0), 1);

/** How often a burst may switch on: as many unequal lengths are written down in schedule.ts. */
export const longestBurst = 20;

interface Key {
  readonly type: Quantity;
  readonly default: number;
  readonly ideal: number;
}

/** Steps and times of `ideal` are those of `default` where no other is given. */
const key = (type: Quantity, standard: number, ideal = standard): Key => ({ type, default: standard, ideal });

/** The keys in SI units (s, W, V, A, plain fractions); a step of 0 prints exact values. */
const keys = {
  /** A line is the mean of a window of this length: 10 cycles at 60 Hz (research/measuring.md 0) … */
  meter_window: key(above(duration(), 0), 0.1667, 0.17),
  /** … and one line is printed every period. */
  meter_period: key(above(duration(), 0), 0.17),
  power_step: key(atLeast(powerQuantity(), 0), 0.01, 0),
  voltage_step: key(atLeast(voltage(), 0), 0.01, 0),
  current_step: key(atLeast(current(), 0), 0.001, 0),
  /** Standard deviation of a line's power, relative. */
  meter_noise: key(share(), 0.003, 0),
  /** Mean of the exponential delay between a window's end and the host's stamp of its line. */
  arrival_delay: key(atLeast(duration(), 0), 0.0015, 0),
  /** Meter minus host at the session's first host stamp. */
  clock_offset: key(duration(), 1.234, 0),
  /** How much faster the meter's clock runs. */
  clock_drift: key(below(above(fraction(), -1), 1), 50e-6, 0),
  /** Shares of the lines that are lost, come twice, or change places with the line before. */
  lines_lost: key(share(), 0.001, 0),
  lines_doubled: key(share(), 0.0005, 0),
  lines_swapped: key(share(), 0.0002, 0),
  /** How often in a session the meter falls silent for some seconds, never on a sync burst. */
  silences: key(z.number().int().min(0), 3, 0),
  mains_voltage: key(above(voltage(), 0), 120),
  power_factor: key(z.number().gt(0).max(1), 1),
  /** Wall power between rounds: this much, or half the session's lowest load where that is less. */
  standby: key(above(powerQuantity(), 0), 75),
  /** Amplitude and period of the load's ripple about its mean. */
  ripple: key(share(), 0.05, 0),
  ripple_period: key(above(duration(), 0), 1),
  /** Standby between rounds, after rounds of whole models, and at both ends of a session. */
  pause: key(above(duration(), 0), 2),
  pause_model: key(above(duration(), 0), 3),
  lead: key(above(duration(), 0), 30),
  /** Number of on-steps of the sync burst at each end of a session. */
  burst: key(z.number().int().min(2).max(longestBurst), 20),
  /** A sample of the resource log is the mean of its period; the rest is its noise on GPU power and NVML's step. */
  resource_period: key(above(duration(), 0), 0.17),
  resource_noise: key(share(), 0.0005, 0),
  /** NVML prints whole per cents and MHz, dithered so that their means stay; 0 prints exact values. */
  resource_step: key(z.number().min(0), 1, 0),
} satisfies Record<string, Key>;

export type InstrumentKey = keyof typeof keys;
export type Instruments = Readonly<Record<InstrumentKey, number>>;

function columnOf(name: 'default' | 'ideal'): Instruments {
  return Object.fromEntries(Object.entries(keys).map(([key, columns]) => [key, columns[name]])) as Instruments;
}

export const defaultInstruments = columnOf('default');
export const idealInstruments = columnOf('ideal');

const overrides = Object.fromEntries(Object.entries(keys).map(([name, { type }]) => [name, type.optional()])) as {
  [Name in InstrumentKey]: z.ZodOptional<Quantity>;
};

/** Reads `instruments:` of a configuration into every key's value. */
export const instruments = z
  .preprocess(
    (value) => (typeof value === 'string' ? { base: value } : value),
    z.strictObject({ base: z.enum(['default', 'ideal']).default('default'), ...overrides }),
  )
  .transform(({ base, ...given }): Instruments => ({
    ...(base === 'ideal' ? idealInstruments : defaultInstruments),
    ...given,
  }));
