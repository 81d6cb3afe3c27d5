/** Reads a meter's lines, from a port and from a file alike: grammar, range, sequence; counts what it refuses, and why. */
import { impossible, type Limits } from './limits.js';
import { damaged, type Grammar, type Line } from './reading.js';
import { Sequence } from './sequence.js';

export interface Counts {
  readings: number;
  other: number;
  damaged: number;
  repeated: number;
  /** Lines that are missing by the meter's own numbers. */
  missing: number;
  restarted: number;
  /** How many lines were refused, by reason. */
  readonly reasons: Map<string, number>;
}

export class LineReader {
  readonly counts: Counts = { readings: 0, other: 0, damaged: 0, repeated: 0, missing: 0, restarted: 0, reasons: new Map() }; // prettier-ignore
  readonly #sequence = new Sequence();
  #seq: number | null = null;

  constructor(
    private readonly grammar: Grammar,
    private readonly limits: Limits,
  ) {}

  read(text: string): Line {
    const line = this.#judged(this.grammar.read(text));
    const { counts } = this;
    if (line.kind === 'reading') counts.readings++;
    if (line.kind === 'other') counts.other++;
    if (line.kind === 'damaged') {
      counts.damaged++;
      counts.reasons.set(line.reason, (counts.reasons.get(line.reason) ?? 0) + 1);
    }
    return line;
  }

  #judged(line: Line): Line {
    if (line.kind !== 'reading') return line;
    const reason = impossible(line.reading, this.limits);
    if (reason !== null) return damaged(reason);
    const { seq } = line.reading;
    return seq === null ? line : this.#inSequence(seq, line);
  }

  #inSequence(seq: number, line: Line): Line {
    const { counts } = this;
    const place = this.#sequence.place(seq);
    if (place === 'doubtful') return damaged('its number does not follow the one before');
    if (place === 'repeated') counts.repeated++;
    if (place === 'restarted') counts.restarted++;
    else if (this.#seq !== null) counts.missing += Math.max(0, seq - this.#seq - 1);
    this.#seq = place === 'restarted' ? seq : Math.max(seq, this.#seq ?? seq);
    return line;
  }
}
