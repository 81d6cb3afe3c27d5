/** Does something with each of many, as many at a time as there are cores. */
import { availableParallelism } from 'node:os';

export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  told: (done: number) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = Array<Result>(items.length);
  let [next, done] = [0, 0];
  const one = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      results[i] = await work(items[i]);
      told(++done);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  return results;
}
