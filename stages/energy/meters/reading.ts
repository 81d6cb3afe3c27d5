/** What one line of a meter tells, and what a line may be instead. */

/** Null is "the meter did not tell": never 0, −1 or NaN. */
export interface Reading {
  /** The number that the meter gave the line. */
  readonly seq: number | null;
  /** RMS voltage. */
  readonly voltage_v: number | null;
  /** RMS current. */
  readonly current_a: number | null;
  /** Mean real power. Where it is null, power is V·I times the power factor, and without that V·I: volt-amperes. */
  readonly real_power_w: number | null;
  readonly power_factor: number | null;
  /** The line's own stamp as UTC: of logs, not of lines on a port. */
  readonly utc_us: number | null;
}

export const nothingRead: Reading = {
  seq: null,
  voltage_v: null,
  current_a: null,
  real_power_w: null,
  power_factor: null,
  utc_us: null,
};

/** `other` is of the dialect but no reading: a banner, another node's packet, a header. `damaged` is never used. */
export type Line =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'other' }
  | { readonly kind: 'damaged'; readonly reason: string };

export const other: Line = { kind: 'other' };
export const damaged = (reason: string): Line => ({ kind: 'damaged', reason });
export const readingOf = (told: Partial<Reading>): Line => ({ kind: 'reading', reading: { ...nothingRead, ...told } });

/** Takes the lines of one meter or file in order. A grammar matches whole lines: what fits only in part is damaged. */
export interface Grammar {
  read(text: string): Line;
}

/** What a reading's power is: check 12 wants apparent power labelled. Null where it tells none. */
export function powerKind({ voltage_v, current_a, real_power_w, power_factor }: Reading): 'real' | 'apparent' | null {
  if (real_power_w !== null) return 'real';
  if (voltage_v === null || current_a === null) return null;
  return power_factor === null ? 'apparent' : 'real';
}

/** The power that a reading stands for: W, or VA where powerKind is apparent. Null where it tells none. */
export function powerOf({ voltage_v, current_a, real_power_w, power_factor }: Reading): number | null {
  if (real_power_w !== null) return real_power_w;
  return voltage_v === null || current_a === null ? null : voltage_v * current_a * (power_factor ?? 1);
}
