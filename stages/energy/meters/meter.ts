/**
 * What a meter is: a type (one file each: how its lines are cut and read) and the one on the bench (what its owner
 * states of it). Its life is open → samples → close, whatever it is connected by.
 */
import { z } from 'zod';
import type { Connection } from './connection.js';
import type { Framer } from './framer.js';
import type { Limits } from './limits.js';
import type { Counts } from './line_reader.js';
import type { Grammar, Reading } from './reading.js';

/** `window`: a line is the mean of the time since the line before. `instant`: it is of one moment. */
export type MeterKind = 'window' | 'instant';

export interface MeterType<Shape extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  readonly name: string;
  readonly about: string;
  readonly kind: MeterKind;
  /** Nominal distance of its lines. */
  readonly period_us: number;
  /** What it is set to as sold; null where there is no port. */
  readonly baud: number | null;
  /** A line as it should look, for messages. */
  readonly example: string;
  readonly limits: Limits;
  /** Keys of the section `meter` that only this type has. */
  readonly options: Shape;
  readonly grammar: (options: z.output<z.ZodObject<Shape>>) => Grammar;
  readonly framer: () => Framer;
  /** What it must be asked for every line; a meter without prints of its own accord. */
  readonly request?: (options: z.output<z.ZodObject<Shape>>) => Uint8Array;
  /** How it is connected, if not by a serial port. */
  readonly connect?: (options: z.output<z.ZodObject<Shape>>, period_us: number) => Promise<Connection>;
}

/** Keeps the types of a meter's options to itself, so that meters of all kinds stand in one list. */
export const meterType = <Shape extends z.core.$ZodLooseShape>(type: MeterType<Shape>): MeterType =>
  type as unknown as MeterType;

/** What a bench states of its meter; null is "not stated". */
export interface Identity {
  /** Type, and the name or serial number its owner gives it. */
  readonly name: string;
  readonly kind: MeterKind;
  readonly period_us: number;
  /** End of the current range. */
  readonly range_a: number | null;
  /** Accuracy class as its maker states it, e.g. `1` (IEC 62053-21). */
  readonly accuracy_class: string | null;
  readonly calibrated_on: string | null;
  /** Standard uncertainty of a reading. */
  readonly uncertainty_pct: number | null;
}

/** A reading with the moment at which its line was complete. */
export interface Sample {
  readonly mono_us: number;
  readonly utc_us: number;
  readonly reading: Reading;
}

/** Something that befell the connection: opened, silent, lost, … */
export interface MeterEvent {
  readonly mono_us: number;
  readonly text: string;
}

export interface Meter {
  readonly identity: Identity;
  /**
   * Resolves with the first good reading; throws an UnavailableError that says what was found where there is none. `tell`
   * hears of a meter that has to be waited for.
   */
  open(tell?: (text: string) => void): Promise<void>;
  /** Samples from now until the meter is closed; a gap is silence, never an invented value. */
  samples(): AsyncIterable<Sample>;
  /** What befell it so far. */
  readonly events: readonly MeterEvent[];
  /** Ends its log and gives what was counted. */
  close(): Promise<Counts>;
}
