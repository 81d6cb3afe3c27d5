/** A format of other people's power logs: what a type of meter is for a port, with stamps of its own. */
import { z } from 'zod';
import type { Limits } from './limits.js';
import type { Grammar } from './reading.js';

export interface LogFormat<Shape extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  readonly name: string;
  readonly about: string;
  readonly example: string;
  readonly limits: Limits;
  /** What must or may be said of the file. */
  readonly options: Shape;
  /** Every reading has its utc_us. `file` is for messages. Throws a UsageError where the file needs more to be said. */
  readonly grammar: (options: z.output<z.ZodObject<Shape>>, file: string) => Grammar;
}

/** Keeps the types of a format's options to itself, so that formats of all kinds stand in one list. */
export const logFormat = <Shape extends z.core.$ZodLooseShape>(format: LogFormat<Shape>): LogFormat =>
  format as unknown as LogFormat;
