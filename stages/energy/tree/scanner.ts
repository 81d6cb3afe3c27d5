/** Reads the one-line notations of a family description from left to right, spaces aside. */
export class Scanner {
  private at = 0;

  constructor(readonly text: string) {
    this.skipSpace();
  }

  private skipSpace(): void {
    while (this.text[this.at] === ' ') this.at++;
  }

  /** Takes what a sticky pattern matches here, or null. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.at += found[0].length;
    this.skipSpace();
    return found[0];
  }

  /** Takes exactly this text if it stands here. */
  skip(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    this.skipSpace();
    return true;
  }

  get ended(): boolean {
    return this.at === this.text.length;
  }

  /** Where the reading stands; `goBack` returns there. */
  get position(): number {
    return this.at;
  }

  goBack(position: number): void {
    this.at = position;
  }

  /** Throws a NotationError: what was expected, what stands there instead, at which character of the text. */
  fail(expected: string): never {
    const rest = this.text.slice(this.at);
    const found = rest === '' ? 'the end' : `"${rest.length > 20 ? `${rest.slice(0, 20)}…` : rest}"`;
    throw new NotationError(`expected ${expected} at character ${this.at + 1} of "${this.text}", found ${found}`);
  }
}

/** A text that does not follow the notation. */
export class NotationError extends Error {
  override readonly name = 'NotationError';
}

/** Reads all of `text` with one rule of the notation. */
export function readAll<T>(text: string, rule: (scanner: Scanner) => T, expected: string): T {
  const scanner = new Scanner(text);
  const value = rule(scanner);
  if (!scanner.ended) scanner.fail(expected);
  return value;
}
