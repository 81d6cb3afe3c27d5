/**
 * SPEC PTDaemon's log (research/meters.md): `Time,12-23-2020 10:21:51.496,Watts,…,Volts,…,Amps,…,PF,…,Mark,…`, with more
 * channels behind, whose total has −1 for what has no total. Its dates are month-day-year, its time is local.
 */
import { z } from 'zod';
import { numberOf, numberPattern } from './fields.js';
import { mains } from './limits.js';
import { logFormat } from './log_format.js';
import { damaged, type Grammar, type Line, other, readingOf } from './reading.js';
import { dateStamps, stampOptions, type Stamps } from './timestamp.js';

const values = (open: '(' | '(?:'): string =>
  ['Watts', 'Volts', 'Amps', 'PF'].map((name) => `${name},${open}${numberPattern})`).join(',');
const total = new RegExp(`^Time,([\\d-]+ [\\d:.]+),${values('(')},Mark,[^,]*((?:,Ch\\d+,${values('(?:')})*)$`, 'i');
const channelPattern = new RegExp(`,Ch(\\d+),${values('(')}`, 'gi');

/** Notices, errors and what the daemon says of its buffer. */
const notices = /^(?:Time,[\d-]+ [\d:.]+,(?:NOTICE|ERROR|WARNING)\b.*|Buffer was .*)$/i;

class PtDaemonGrammar implements Grammar {
  constructor(
    private readonly stamps: Stamps,
    private readonly channel: number | null,
  ) {}

  read(text: string): Line {
    if (notices.test(text)) return other;
    const match = total.exec(text);
    if (!match) return damaged('not a line of PTDaemon');
    const utc_us = this.stamps(match[1]);
    if (utc_us === undefined) return damaged('there is no such time');
    const fields = this.channel === null ? match.slice(2, 6) : this.#ofChannel(match[6]);
    if (!fields) return damaged(`no channel ${this.channel}`);
    const [real_power_w, voltage_v, current_a, power_factor] = fields.map((field) => numberOf(field) ?? null);
    return readingOf({ utc_us, real_power_w, voltage_v, current_a, power_factor });
  }

  #ofChannel(channels: string): string[] | undefined {
    return [...channels.matchAll(channelPattern)].find(([, number]) => Number(number) === this.channel)?.slice(2);
  }
}

export const ptdaemon = logFormat({
  name: 'ptdaemon',
  about: "log of SPEC's PTDaemon",
  example: 'Time,12-23-2020 10:21:51.496,Watts,23.430000,Volts,228.370000,Amps,0.204280,PF,0.502300,Mark,notset',
  limits: mains,
  options: {
    zone: stampOptions.zone,
    /** Of an analyser of several; null is their total. */
    channel: z.number().int().positive().nullable().default(null),
  },
  grammar: ({ zone, channel }, file) => new PtDaemonGrammar(dateStamps({ zone, date_order: 'mdy' }, file), channel),
});
