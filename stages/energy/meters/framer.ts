/** Cuts what comes from a port into lines. */

/** A piece of what came: `whole` says that both its ends were seen. */
export interface Piece {
  readonly text: string;
  readonly whole: boolean;
}

export interface Framer {
  push(bytes: Uint8Array): Piece[];
  /** What has come of a line that goes no further: the connection ended, or the meter is asked anew. */
  flush(): Piece[];
}

/** No meter prints longer lines; what does is noise without line ends. */
export const longestLine = 512;

const lineFeed = 0x0a;

/**
 * Lines that end with LF or CR LF, as Latin-1 so that every byte has a character. What comes before the first line end
 * may be half a line that looks whole (`5.30` of `125.30`): it is a part.
 */
export class TextFramer implements Framer {
  #rest = '';
  #synchronised = false;

  push(bytes: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      this.#add(bytes, from, end);
      const text = this.#rest.replace(/\r$/, '');
      if (text !== '') pieces.push({ text, whole: this.#synchronised });
      this.#rest = '';
      this.#synchronised = true;
      from = end + 1;
    }
    this.#add(bytes, from, bytes.length);
    if (this.#rest.length > longestLine) {
      pieces.push({ text: this.#rest, whole: false });
      this.#rest = '';
      this.#synchronised = false;
    }
    return pieces;
  }

  flush(): Piece[] {
    const pieces = this.#rest === '' ? [] : [{ text: this.#rest, whole: false }];
    this.#rest = '';
    this.#synchronised = false;
    return pieces;
  }

  #add(bytes: Uint8Array, from: number, end: number): void {
    this.#rest += Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('latin1');
  }
}
