/** One part of `npm run torture`: what it tries, how often, and what went wrong. */
export interface TortureRow {
  /** What was done to the pipeline, in words: "SIGKILL at random moments of train". */
  readonly what: string;
  readonly tried: number;
  /** A sentence for each case that did not come out as it must, with what repeats it. Empty where all is well. */
  readonly wrong: readonly string[];
}

export interface TorturePart {
  readonly name: string;
  /** Everything random in it follows from the seed. `tell` says how far it is. */
  readonly run: (seed: number, tell: (text: string) => void) => Promise<readonly TortureRow[]>;
}

/** How many sentences of what went wrong are printed of one row. */
const shownWrong = 10;

/** The rows as Markdown, and below what went wrong. */
export function tortureTable(rows: readonly TortureRow[]): string {
  const lines = rows.map(({ what, tried, wrong }) => `| ${what} | ${tried} | ${wrong.length} |`);
  const problems = rows.flatMap(({ what, wrong }) => wrong.slice(0, shownWrong).map((text) => `- ${what}: ${text}`));
  return ['| what | tried | went wrong |', '|---|---|---|', ...lines, ...problems].join('\n');
}
