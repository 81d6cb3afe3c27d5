/** Whether what a setting says is measured of a node was: its children, or the primitives below it. */
import { featureOf, isLeaf, type Forest } from './forest.js';
import type { Setting } from './predictor.js';

/** Where a tree was measured in part, a node may lack some of them: then what stands for these is planned. */
export function partsMeasured(forest: Forest, setting: Setting): (c: number) => boolean {
  if (setting !== 'children' && setting !== 'primitives') return () => true;
  const ran = Uint8Array.from(forest.type, (_, c) => (Number.isNaN(featureOf(forest, c, 'latency_s')) ? 0 : 1));
  const all = new Uint8Array(ran.length);
  // Children stand before their parents.
  for (let c = 0; c < all.length; c++) {
    const below = forest.child.subarray(forest.childStart[c], forest.childStart[c + 1]);
    const parts = setting === 'children' ? ran : all;
    all[c] = isLeaf(forest, c) ? ran[c] : Number(below.every((child) => parts[child] === 1));
  }
  return (c) => all[c] === 1;
}
