/** A meter of the user's own: the default export of a module that `meter.type` names. */
import { z } from 'zod';
import { isOwnCode, method, ownExport } from '../../../pipeline/own_code.js';
import { meterTypes } from './list.js';
import type { MeterType } from './meter.js';

const bounds = z.tuple([z.number(), z.number()]);

const shape = z.looseObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected small letters, digits and underscores'),
  about: z.string(),
  kind: z.enum(['window', 'instant']),
  period_us: z.number().positive(),
  baud: z.number().int().positive().nullable(),
  example: z.string(),
  limits: z.looseObject({ voltage_v: bounds, current_a: bounds, real_power_w: bounds }),
  options: z.looseObject({}),
  grammar: method('grammar(options)'),
  framer: method('framer()'),
  request: method('request(options)').optional(),
  connect: method('connect(options, period_us)').optional(),
});

/** One of the list, or the user's own by its file; undefined where there is no such type. Throws a UsageError where a module is no meter. */
export const meterTypeOf = (type: string): MeterType | undefined =>
  isOwnCode(type) ? ownExport(type, 'meter', shape) : Object.hasOwn(meterTypes, type) ? meterTypes[type] : undefined;
