/** Figures as they are printed: three digits, and the spread of a ratio where there is one. */
import type { Ratio } from './contest.js';

export const digits = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

export const seconds = (value_s: number): string =>
  value_s < 1 ? `${digits(value_s * 1000)} ms` : `${digits(value_s)} s`;

export const mebibytes = (value_mib: number): string => `${Math.round(value_mib)} MiB`;

export const times = ({ median, least, most }: Ratio): string =>
  least === most ? `${digits(median)}×` : `${digits(median)}× (${digits(least)} to ${digits(most)})`;
