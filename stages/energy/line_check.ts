/** The checksum at the end of a log's line: polynomial 0x1021 from 0xFFFF (CRC-16/CCITT-FALSE), in four digits. */

/** A byte at a time. */
const checks = Uint16Array.from({ length: 256 }, (_, byte) => {
  let check = byte << 8;
  for (let bit = 0; bit < 8; bit++) check = check & 0x8000 ? (check << 1) ^ 0x1021 : check << 1;
  return check;
});

/** Of a line's bytes, given as Latin-1 text. */
export function lineCheck(bytes: string): string {
  let check = 0xffff;
  for (let i = 0; i < bytes.length; i++) {
    check = ((check << 8) ^ checks[((check >> 8) ^ bytes.charCodeAt(i)) & 0xff]) & 0xffff;
  }
  return check.toString(16).padStart(4, '0');
}
