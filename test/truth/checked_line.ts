import { lineCheck } from '../../stages/energy/line_check.js';

/** A line of the logger with its checksum. */
export function checkedLine(cells: readonly (string | number | null)[]): string {
  const content = cells.join(',');
  return `${content},${lineCheck(content)}\n`;
}
