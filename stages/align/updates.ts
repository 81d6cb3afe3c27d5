/** When a log tells something new, and how finely its stamps tell when. */

/** Samples in order of time; each value is that of the time since the sample before. */
export interface Samples {
  readonly at_us: Float64Array;
  readonly value: Float64Array;
}

/** A log repeats its instrument's last value where all but this part of the changes are at least so many samples apart. */
const fewChanges = 0.1;
const repeating = 2;

const intervals_us = (at_us: Float64Array): Float64Array => at_us.subarray(1).map((at, i) => at - at_us[i]);
const quantile = (values: Float64Array, part: number): number =>
  values.toSorted()[Math.floor(part * (values.length - 1))];

export const medianInterval_us = ({ at_us }: Samples): number => quantile(intervals_us(at_us), 0.5);

/**
 * A log that is written more often than its instrument tells something repeats the last value: then its samples are those
 * at which the value is new, each in the middle of the lines between which it came. Else as it is.
 */
export function updates(log: Samples): Samples {
  const news = (_: number, i: number): boolean => i > 0 && log.value[i] !== log.value[i - 1];
  const came_us = log.at_us.map((at, i) => (i > 0 ? (log.at_us[i - 1] + at) / 2 : at)).filter(news);
  if (came_us.length < 2) return log;
  const repeats = quantile(intervals_us(came_us), fewChanges) >= repeating * medianInterval_us(log);
  return repeats ? { at_us: came_us, value: log.value.filter(news) } : log;
}

/** The largest step of which all stamps are multiples from the first; 0 where they are no whole microseconds. */
export function resolution_us({ at_us }: Samples): number {
  let step = 0;
  for (const at of at_us) {
    let left = at - at_us[0];
    if (!Number.isInteger(left)) return 0;
    while (left > 0) [step, left] = [left, step % left];
    if (step === 1) break;
  }
  return step;
}
