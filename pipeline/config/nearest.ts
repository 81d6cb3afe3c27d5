/** The valid name nearest to what was written, for "did you mean": null when nothing is near. */
export function nearest(written: string, valid: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1;
  const low = written.toLowerCase();
  for (const name of valid) {
    const lowName = name.toLowerCase();
    const distance = editDistance(low, lowName);
    const contained = name.length > 3 && written.length > 3 && (lowName.includes(low) || low.includes(lowName));
    const score = contained ? Math.min(distance, 1 + distance / 100) : distance;
    if (score < bestDistance) [best, bestDistance] = [name, score];
  }
  return best;
}

/** What to write instead: `did you mean "train"?`, or all that could stand there. */
export function proposal(written: string, valid: readonly string[]): string {
  const near = nearest(written, valid);
  return near ? `did you mean "${near}"?` : `expected one of ${valid.join(', ')}`;
}

/** Levenshtein's distance, in one row. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j];
      row[j] = Math.min(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length];
}
