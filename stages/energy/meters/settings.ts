/**
 * The section that describes a bench's meter:
 *
 *     meter: { type: emonlib, port: /dev/ttyUSB0, range: 30 A, class: 1, uncertainty: 1 %, calibrated: 2026-01-05 }
 */
import { z } from 'zod';
import { nearest } from '../../../pipeline/config/nearest.js';
import { current, duration, fraction } from '../units.js';
import { meterTypes } from './list.js';
import type { Identity, MeterKind, MeterType } from './meter.js';

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date like 2026-01-05')
  .refine((text) => !Number.isNaN(Date.parse(text)), 'there is no such day');

const positive = (of: z.ZodType<number>) => of.refine((value) => value > 0, 'expected more than 0');

/** What its owner states of a meter, whatever its type; null is "not stated". */
export const stated = {
  /** Its name or serial number. */
  name: z.string().nullable().default(null),
  /** Of one moment or the mean of a window, where it differs from what its type mostly is. */
  kind: z.enum(['window', 'instant']).nullable().default(null),
  /** Nominal distance of its lines, s, where it differs from the type's. */
  period: positive(duration()).nullable().default(null),
  /** End of its current range, A. */
  range: positive(current()).nullable().default(null),
  /** Accuracy class, as its maker states it. */
  class: z
    .union([z.string(), z.number().transform(String)])
    .nullable()
    .default(null),
  calibrated: date.nullable().default(null),
  /** Standard uncertainty of a reading, a plain fraction. */
  uncertainty: positive(fraction()).nullable().default(null),
};

const connected = {
  port: z.string().min(1, 'expected a port like /dev/ttyUSB0'),
  /** Where it differs from what the meter is set to as sold. */
  baud: z.number().int().positive().nullable().default(null),
};

/** The keys of `meter` for one type. */
const shapeOf = ({ name, baud, options }: MeterType) =>
  z.strictObject({ type: z.literal(name), ...stated, ...(baud === null ? {} : connected), ...options });

export type MeterSettings = Stated & {
  readonly type: string;
  readonly port?: string;
  readonly baud?: number | null;
  readonly [option: string]: unknown;
};

const names = Object.keys(meterTypes);

function noSuchType(given: unknown): string {
  const type = (given as { readonly type?: unknown } | null)?.type;
  if (typeof type !== 'string') return `expected a meter's type: one of ${names.join(', ')}`;
  const near = nearest(type, names);
  return `there is no meter "${type}"; ${near ? `nearest: ${near}` : `there are ${names.join(', ')}`}`;
}

const [first, ...rest] = Object.values(meterTypes).map(shapeOf);

/** Reads the section `meter`. */
export const meterSettings = z.discriminatedUnion('type', [first, ...rest], {
  error: ({ code, input }) => (code === 'invalid_union' ? noSuchType(input) : undefined),
}) as unknown as z.ZodType<MeterSettings>;

export const typeOf = ({ type }: MeterSettings): MeterType => meterTypes[type];

export const period_us = (settings: MeterSettings): number =>
  settings.period === null ? typeOf(settings).period_us : Math.round(settings.period * 1e6);

type Stated = z.output<z.ZodObject<typeof stated>>;

export const identityOf = (settings: MeterSettings): Identity =>
  identity(settings.type, settings, typeOf(settings).kind, period_us(settings));

/** The meter behind a log of others: its lines' distance is that of the log, unless stated. */
export const identityOfLog = (settings: Stated & { readonly format: string }, interval_us: number): Identity =>
  identity(settings.format, settings, 'window', settings.period === null ? interval_us : Math.round(settings.period * 1e6)); // prettier-ignore

function identity(type: string, about: Stated, kind: MeterKind, period_us: number): Identity {
  const { name, range, class: accuracy_class, calibrated, uncertainty } = about;
  return {
    name: name === null ? type : `${type} ${name}`,
    kind: about.kind ?? kind,
    period_us,
    range_a: range,
    accuracy_class,
    calibrated_on: calibrated,
    uncertainty_pct: uncertainty === null ? null : Number((100 * uncertainty).toPrecision(12)),
  };
}
