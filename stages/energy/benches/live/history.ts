/** Samples of the last while in order of time, as checks look at them while a bench measures. */

/** Longer than any round, cool-down or gate; at 170 ms some thousand samples. */
const kept_us = 20 * 60e6;

export class History<Sample extends { readonly mono_us: number }> {
  private samples: Sample[] = [];

  /** Samples of one stamp (lines that were read at once) stand in their order; what comes before the last one is left out. */
  push(sample: Sample): void {
    const { last } = this;
    if (last && sample.mono_us < last.mono_us) return;
    this.samples.push(sample);
    if (sample.mono_us - this.samples[0].mono_us > 2 * kept_us) {
      this.samples = this.samples.filter(({ mono_us }) => sample.mono_us - mono_us <= kept_us);
    }
  }

  get last(): Sample | undefined {
    return this.samples.at(-1);
  }

  /** Samples after the first moment and up to the second. */
  between(from_us: number, to_us: number): Sample[] {
    return this.samples.filter(({ mono_us }) => mono_us > from_us && mono_us <= to_us);
  }

  /** The same with the one before and some after, where there are such: what covers the time from end to end. */
  covering(from_us: number, to_us: number, after = 1): Sample[] {
    const first = this.samples.findLastIndex(({ mono_us }) => mono_us <= from_us);
    const last = this.samples.findIndex(({ mono_us }) => mono_us > to_us);
    return this.samples.slice(Math.max(0, first), last < 0 ? undefined : last + after);
  }
}
