/** Reads so many damaged inputs of a target and tells which ended otherwise than they must. */
import { Random } from '../../stages/energy/random.js';
import { wrongEnd } from './clean_end.js';
import { mutated } from './mutate.js';
import type { Target } from './targets.js';

/** After so many the rest is more of the same. */
const enough = 20;

export async function fuzz({ name, seeds, read }: Target, seed: number, count: number): Promise<string[]> {
  const wrong: string[] = [];
  for (let i = 0; i < count && wrong.length < enough; i++) {
    const random = new Random('fuzz', name, seed, i);
    const text = mutated(seeds[i % seeds.length], random);
    const problem = await wrongEnd(() => read(text));
    if (problem) wrong.push(`${name}, seed ${seed}, case ${i}: ${problem}\n${text.slice(0, 2000)}`);
  }
  return wrong;
}
