/**
 * The energy of rounds by a plain merge of sorted lines, written without a look at the SQL whose independent oracle it
 * is: joules by each edge rule for a log without gaps.
 */
export interface OracleLine {
  readonly at_us: number;
  readonly w: number;
}

export interface Span {
  readonly start_us: number;
  readonly end_us: number;
}

export interface Joules {
  readonly step: number;
  readonly clip: number;
  readonly interior: number | null;
}

export function oracle(lines: readonly OracleLine[], rounds: readonly Span[], instant: boolean): Joules[] {
  const middle = (a: number, b: number): number => Math.floor((a + b) / 2);
  return rounds.map(({ start_us, end_us }) => {
    let [step, clip, inner_uj, inner_us] = [0, 0, 0, 0];
    for (let i = 1; i + 1 < lines.length; i++) {
      const [before, line, after] = [lines[i - 1], lines[i], lines[i + 1]];
      const from = instant ? middle(before.at_us, line.at_us) : before.at_us;
      const to = instant ? middle(line.at_us, after.at_us) : line.at_us;
      if (to <= start_us || from >= end_us) continue;
      const inside = Math.min(to, end_us) - Math.max(from, start_us);
      clip += line.w * inside;
      if (instant) {
        const shown = line.at_us <= start_us ? after : line.at_us > end_us ? before : line;
        step += shown.w * inside;
      } else {
        step += line.w * (to - from);
        step -= before.w * Math.max(0, start_us - from);
        step -= after.w * Math.max(0, to - end_us);
      }
      if (from >= start_us && to <= end_us) {
        inner_uj += line.w * (to - from);
        inner_us += to - from;
      }
    }
    const interior = inner_us > 0 ? ((inner_uj / inner_us) * (end_us - start_us)) / 1e6 : null;
    return { step: step / 1e6, clip: clip / 1e6, interior };
  });
}
