/**
 * The section that describes a bench's meter:
 *
 *     meter: { type: emonlib, port: /dev/ttyUSB0, range: 30 A, class: 1, uncertainty: 1 %, calibrated: 2026-01-05 }
 */
import { z } from 'zod';
import { nearest, proposal } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';
import { isOwnCode, ownFiles } from '../../../pipeline/own_code.js';
import type { FileInput } from '../../../pipeline/stage.js';
import { current, duration, fraction } from '../units.js';
import { meterTypes } from './list.js';
import type { Identity, MeterKind, MeterType } from './meter.js';
import { meterTypeOf } from './own.js';

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
const shapeOf = (type: string, { baud, options }: MeterType) =>
  z.strictObject({ type: z.literal(type), ...stated, ...(baud === null ? {} : connected), ...options });

export type MeterSettings = Stated & {
  readonly type: string;
  readonly port?: string;
  readonly baud?: number | null;
  readonly [option: string]: unknown;
};

const names = Object.keys(meterTypes);

function noSuchType(type: unknown): string {
  if (typeof type !== 'string') return `expected a meter's type: one of ${names.join(', ')}`;
  const near = nearest(type, names);
  return `there is no meter "${type}"; ${near ? `nearest: ${near}` : `there are ${names.join(', ')}`}`;
}

/** The type that a section names, or why there is none. */
function typeNamed(type: unknown): MeterType | string {
  try {
    return (typeof type === 'string' && meterTypeOf(type)) || noSuchType(type);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** An issue at the key that it is about; a schema that is found by the input cannot be searched for the nearest key. */
function issuesOf(issue: z.core.$ZodIssue, keys: readonly string[]): z.core.$ZodIssue[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  return issue.keys.map((key) => ({ code: 'custom', path: [...issue.path, key], message: `unknown key, ${proposal(key, keys)}` })); // prettier-ignore
}

/** Reads the section `meter`. */
export const meterSettings = z.unknown().transform((input, context): MeterSettings => {
  const given = (input as { readonly type?: unknown } | null)?.type;
  const type = typeNamed(given);
  if (typeof type === 'string') {
    context.addIssue({ code: 'custom', message: type });
    return z.NEVER;
  }
  const schema = shapeOf(String(given), type);
  const { data, error } = schema.safeParse(input);
  if (data) return data as unknown as MeterSettings;
  const keys = Object.keys(schema.shape);
  for (const issue of error.issues.flatMap((one) => issuesOf(one, keys))) context.issues.push(issue as never);
  return z.NEVER;
}) as unknown as z.ZodType<MeterSettings>;

/** Throws a UsageError where a meter of the user's own cannot be loaded. */
export function typeOf({ type }: Pick<MeterSettings, 'type'>): MeterType {
  const found = meterTypeOf(type);
  if (found === undefined) throw new UsageError(noSuchType(type));
  return found;
}

/** The code of a meter of the user's own: what is read of its log depends on it. */
export const meterFiles = ({ type }: MeterSettings): FileInput[] => (isOwnCode(type) ? ownFiles(type) : []);

export const period_us = (settings: MeterSettings): number =>
  settings.period === null ? typeOf(settings).period_us : Math.round(settings.period * 1e6);

type Stated = z.output<z.ZodObject<typeof stated>>;

export const identityOf = (settings: MeterSettings): Identity =>
  identity(typeOf(settings).name, settings, typeOf(settings).kind, period_us(settings));

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
