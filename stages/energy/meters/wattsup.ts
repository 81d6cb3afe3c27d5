/**
 * Logs of a Watts Up PRO (research/meters.md): `2020-9-3-14-5-7 12 96.500 120.400 0.792` (local time, number, W, V, A), or
 * a stamp and the meter's own record `#d,-,18,W·10,V·10,A·1000,…;`, whose 14th value is the power factor in per cent.
 */
import { numberOf, numberPattern } from './fields.js';
import { mains } from './limits.js';
import { logFormat } from './log_format.js';
import { damaged, type Grammar, type Line, readingOf } from './reading.js';
import { dateStamps, stampOptions, type Stamps } from './timestamp.js';

const number = `(${numberPattern})`;
const logged = new RegExp(`^(\\d{4})-(\\d{1,2})-(\\d{1,2})-(\\d{1,2})-(\\d{1,2})-(\\d{1,2}) +\\d+ +${number} +${number} +${number} *$`, 'i'); // prettier-ignore
const record = /^(.*?)[ ,]+#d,-,(\d+),([^;]*);$/;

/** Places of the values in a record, and what they are multiplied by. */
const watts = { place: 0, scale: 0.1 };
const volts = { place: 1, scale: 0.1 };
const amperes = { place: 2, scale: 0.001 };
const factor = { place: 13, scale: 0.01 };

class WattsUpGrammar implements Grammar {
  constructor(private readonly stamps: Stamps) {}

  read(text: string): Line {
    return text.includes('#d') ? this.#record(text) : this.#logged(text);
  }

  #logged(text: string): Line {
    const match = logged.exec(text);
    if (!match) return damaged('not a line of a Watts Up');
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => part.padStart(2, '0'));
    const utc_us = this.stamps(`${year}-${month}-${day} ${hour}:${minute}:${second}`);
    if (utc_us === undefined) return damaged('there is no such time');
    const [real_power_w, voltage_v, current_a] = match.slice(7).map((field) => numberOf(field) ?? null);
    return readingOf({ utc_us, real_power_w, voltage_v, current_a });
  }

  #record(text: string): Line {
    const match = record.exec(text);
    const fields = match?.[3].split(',');
    if (!match || !fields || fields.length !== Number(match[2])) return damaged('not a record of a Watts Up');
    const utc_us = this.stamps(match[1]);
    if (utc_us === undefined) return damaged('a record without a stamp');
    const value = ({ place, scale }: typeof watts): number | null => {
      const read = /^(?:\d+|_)?$/.test(fields[place].trim()) ? numberOf(fields[place]) : undefined;
      return read === undefined || read === null ? null : Number((read * scale).toPrecision(12));
    };
    // Fields that the meter was not set to are _ or 0: no load has a power factor of 0.
    return readingOf({ utc_us, real_power_w: value(watts), voltage_v: value(volts), current_a: value(amperes), power_factor: value(factor) || null }); // prettier-ignore
  }
}

export const wattsup = logFormat({
  name: 'wattsup',
  about: 'log of a Watts Up PRO',
  example: '2020-9-3-14-5-7 12 96.500 120.400  0.792',
  limits: mains,
  options: { zone: stampOptions.zone },
  grammar: ({ zone }, file) => new WattsUpGrammar(dateStamps({ zone, date_order: null }, file)),
});
