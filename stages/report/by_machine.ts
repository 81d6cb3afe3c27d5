/** The rows of a table that the paper gives for one or both of its machines. */
import { paperMachines, type PaperMachine } from './machine.js';
import { beyondPaper, label } from './names.js';
import type { ReportContext } from './output.js';
import type { Label, TableRow } from './table_json.js';

/**
 * Calls `rows` for each machine of the paper, `mine` where this run is of it; where the run is of none of them once
 * more, for the run's own machine, which the paper has not.
 */
export function byMachine(
  { machine }: ReportContext,
  rows: (machine: Label, mine: boolean) => readonly TableRow[],
  ofPaper: readonly PaperMachine[] = paperMachines,
): TableRow[] {
  const paper = ofPaper.flatMap((name) => rows(label(name), name === machine));
  if (machine !== null && ofPaper.includes(machine)) return paper;
  return [...paper, ...rows(beyondPaper(machine ?? 'this_bench', machine ?? 'this bench'), true)];
}
