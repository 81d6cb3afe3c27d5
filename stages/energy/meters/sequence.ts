/** Whether a meter's own numbers of its lines go on: a number that does not fit is a damaged line or a restarted meter. */

/** Lines may change places with a neighbour or two … */
const backwards = 2;
/** … and be lost: at 170 ms a minute is this many. A damaged digit mostly leads further. */
const forwards = 360;

export type Place = 'next' | 'repeated' | 'restarted' | 'doubtful';

export class Sequence {
  #last: number | null = null;
  #doubtful: number | null = null;

  /**
   * The place of the next line's number. A number that does not fit is doubtful; when the next one goes on from it, it
   * was the meter that restarted, at the price of one line.
   */
  place(seq: number): Place {
    if (this.#last === null) return this.#go(seq, 'next');
    const step = seq - this.#last;
    if (step === 0) return 'repeated';
    if (step > 0 && step <= forwards) return this.#go(seq, 'next');
    if (step < 0 && step >= -backwards && seq > 0) return 'next';
    if (this.#doubtful !== null && seq === this.#doubtful + 1) return this.#go(seq, 'restarted');
    this.#doubtful = seq;
    return 'doubtful';
  }

  #go(seq: number, place: Place): Place {
    this.#last = seq;
    this.#doubtful = null;
    return place;
  }
}
