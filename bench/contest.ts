/** Contestants in turn: each round all of them once, in an order that rotates, so that what disturbs one disturbs all. */
import { median } from '../stages/energy/median.js';

export type Contestants<Sample> = Readonly<Record<string, () => Promise<Sample>>>;

/** The samples of every contestant, round by round. */
export async function contest<Sample>(
  rounds: number,
  contestants: Contestants<Sample>,
): Promise<Record<string, Sample[]>> {
  const names = Object.keys(contestants);
  const samples: Record<string, Sample[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length];
      samples[name].push(await contestants[name]());
    }
  }
  return samples;
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** What a peer took over what we took, round by round. */
export function ratioOf(theirs: readonly number[], ours: readonly number[]): Ratio {
  const ratios = theirs.map((value, round) => value / ours[round]);
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
