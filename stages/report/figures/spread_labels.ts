/** Labels at the ends of lines, moved apart so that none lies on another. */

/** Height of a line of text, px. */
const lineHeight = 14;

/** How far each label moves, px, given where its line ends: as little as keeps them apart, in the lines' order. */
export function spreadLabels(at: readonly number[]): number[] {
  const order = at.map((_, i) => i).sort((a, b) => at[a] - at[b]);
  const placed = [...at];
  // Labels that touch become one block, centred where its labels would be; blocks that then touch are joined too.
  const blocks: { members: number[]; centre: number }[] = [];
  const half = (block: { members: number[] }): number => (block.members.length * lineHeight) / 2;
  for (const i of order) {
    let block = { members: [i], centre: at[i] };
    while (blocks.length > 0 && blocks.at(-1)!.centre + half(blocks.at(-1)!) > block.centre - half(block)) {
      const members = [...blocks.pop()!.members, ...block.members];
      block = { members, centre: members.reduce((sum, member) => sum + at[member], 0) / members.length };
    }
    blocks.push(block);
  }
  for (const { members, centre } of blocks) {
    members.forEach((i, k) => (placed[i] = centre + (k - (members.length - 1) / 2) * lineHeight));
  }
  return placed.map((y, i) => y - at[i]);
}
