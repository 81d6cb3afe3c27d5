import { checkOf } from '../../stages/energy/benches/live/logger_line.js';

/** A line of the logger with its checksum. */
export function checkedLine(cells: readonly (string | number | null)[]): string {
  const content = cells.join(',');
  return `${content},${checkOf(content).toString(16).padStart(4, '0')}\n`;
}
