/**
 * The legs of a session in one order of time. Legs of one boot share the host's monotonic clock; after a reboot it began
 * anew, and UTC says how much later. Only the order matters then: no round reaches over two legs.
 */
import type { Entry, EntryOf } from './journal.js';

export interface Leg {
  readonly leg: number;
  /** What is added to the stamps of its logs and rounds. */
  readonly shift_us: number;
  /** Its entries of the journal. */
  readonly entries: readonly Entry[];
}

/** A leg of another boot begins so much later at least, should somebody have set the clock back. */
const apart_us = 60e6;

const stampsOf = (entries: readonly Entry[]): number[] =>
  entries.flatMap((entry) => {
    if (entry.kind === 'round') return [entry.end_us];
    if (entry.kind === 'sync') return entry.steps.map(({ end_us }) => end_us);
    return entry.kind === 'leg' || entry.kind === 'standby' || entry.kind === 'end' ? [entry.mono_us] : [];
  });

export function legsOf(entries: readonly Entry[]): Leg[] {
  const starts = entries.flatMap((entry, i) => (entry.kind === 'leg' ? [i] : []));
  const first = entries[starts[0]] as EntryOf<'leg'>;
  const shifts = new Map<string, number>([[first.boot_id, 0]]);
  let last_us = -Infinity;
  return starts.map((from, i) => {
    const own = entries.slice(from, starts[i + 1]);
    const { leg, boot_id, mono_us, utc_us } = own[0] as EntryOf<'leg'>;
    const byUtc_us = utc_us - mono_us - (first.utc_us - first.mono_us);
    const shift_us = shifts.get(boot_id) ?? Math.max(byUtc_us, last_us + apart_us - mono_us);
    shifts.set(boot_id, shift_us);
    last_us = Math.max(...stampsOf(own)) + shift_us;
    return { leg, shift_us, entries: own };
  });
}
