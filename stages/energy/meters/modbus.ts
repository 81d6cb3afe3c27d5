/** Modbus RTU as far as a meter needs it: "read input registers" and its answer, each with the check sum behind. */
import type { Framer, Piece } from './framer.js';

/** CRC-16 of Modbus (polynomial 0xA001 reflected, start 0xFFFF); sent low byte first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** A frame: the bytes with their check sum. */
export function frame(bytes: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(bytes));
  return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
}

export const readInputRegisters = 0x04;

/** Asks for `count` input registers of a device, from the first one on. */
export const request = (address: number, count: number): Uint8Array =>
  frame([address, readInputRegisters, 0, 0, 0, count]);

/** An exception's answer: address, function | 0x80, code, check sum. */
const exceptionLength = 5;

/**
 * Answers to "read input registers" as lines of hexadecimal digits. Only the next request says that an answer goes no
 * further: what there is of it then is a line too, and the grammar refuses it.
 */
export class RegisterFramer implements Framer {
  #bytes: number[] = [];

  push(bytes: Uint8Array): Piece[] {
    this.#bytes.push(...bytes);
    const pieces: Piece[] = [];
    for (let length = this.#wanted(); this.#bytes.length >= length; length = this.#wanted()) {
      pieces.push({ text: hex(this.#bytes.splice(0, length)), whole: true });
    }
    return pieces;
  }

  flush(): Piece[] {
    const rest = this.#bytes.splice(0);
    return rest.length === 0 ? [] : [{ text: hex(rest), whole: true }];
  }

  /** How long the answer is, once its third byte tells. */
  #wanted(): number {
    const [, code, count] = this.#bytes;
    if (this.#bytes.length < 3) return Infinity;
    return code === readInputRegisters ? count + exceptionLength : exceptionLength;
  }
}

const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');
