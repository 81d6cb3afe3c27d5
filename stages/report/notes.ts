/** Footnotes that several tables share. Their numbers come from the run's data. */
import type { ErrorKey, Errors } from './errors_lookup.js';
import type { ReportContext } from './output.js';
import { isCompared, type Ours, type TableRow } from './table_json.js';
import { oursText } from './render/cell.js';
import { beyondMark, titleOf } from './names.js';

/** Two digits after the point: the paper prints no more. */
const column = { name: '', title: '', unit: '', decimals: 2 };

/** `8.61 ± 0.04`, or `16.40`. */
export const oursInText = (ours: Ours): string => {
  const known = typeof ours === 'object' && ours !== null ? ours : { ours };
  return oursText({ paper: null, difference: null, ...known }, column);
};

/** Where ours of the paper's other machine are to be had. */
export function otherMachineNote({ machine }: ReportContext): string {
  if (machine === 'PC1') return 'Ours for PC2 are of another run: configs/pc2.yaml.';
  if (machine === 'PC2') return 'Ours for PC1 are of another run: configs/pc1.yaml.';
  return `This run is of neither of the paper’s machines: its rows (${beyondMark}) have no value of the paper.`;
}

/** Why a cell has none of ours, for each reason the rows show. */
export const missingNote = (rows: readonly TableRow[], what: string): string[] =>
  rows.some((row) => Object.values(row).some((cell) => isCompared(cell) && cell.paper !== null && cell.ours === null))
    ? [what]
    : [];

/** Models of the paper that the run does not have. */
export function absentModelsNote(wanted: readonly string[], present: Iterable<string>): string[] {
  const known = new Set(present);
  const absent = wanted.filter((model) => !known.has(model)).map(titleOf);
  return absent.length === 0 ? [] : [`Not in this run: ${absent.join(', ')}.`];
}

/** Errors that a note tells in one breath, in the order that the note names: `StepWise 9.29 / 14.3`. */
export interface NoteGroup {
  readonly of: string;
  readonly keys: readonly ErrorKey[];
}

/** `StepWise 9.29 ± 0.03 / 14.3 ± 1.0; …`, without the groups that the run does not have. */
function told(errors: Errors, groups: readonly NoteGroup[], change: Partial<ErrorKey>): string {
  const known = groups
    .map(({ of, keys }) => ({ of, values: keys.map((key) => errors.of({ ...key, ...change })) }))
    .filter(({ values }) => values.some((value) => value !== null));
  return known.map(({ of, values }) => `${of} ${values.map(oursInText).join(' / ')}`).join('; ');
}

/** What ± means, with the number of seeds and the range of one seed; nothing where nothing is random. */
export function seedsNote(errors: Errors, groups: readonly NoteGroup[], order: string): string[] {
  const random = groups.flatMap(({ of, keys }) => {
    const rows = keys.map((key) => errors.row(key)).filter((row) => row !== null && row.seed_sd_pct !== null);
    return rows.length === 0 ? [] : [{ of, rows: rows.filter((row) => row !== null) }];
  });
  if (random.length === 0) return [];
  const texts = random.map(
    ({ of, rows }) =>
      `${of} ${rows.map((row) => `${row.seed_min_pct.toFixed(2)}–${row.seed_max_pct.toFixed(2)}`).join(' / ')}`,
  );
  return [
    `Mean of ${random[0].rows[0].seeds} seeds ± the standard deviation of one seed. Range of one seed’s error in % (${order}): ${texts.join('; ')}.`,
  ];
}

/** The same without the original’s leaks. */
export function cleanNote(errors: Errors, groups: readonly NoteGroup[], order: string): string[] {
  const texts = told(errors, groups, { variant: 'clean' });
  if (!texts) return [];
  return [
    `The table shows variant paper, with the original’s leaks (its scaler and leaf regressors see the held-out model). Variant clean, without them, in % (${order}): ${texts}.`,
  ];
}

/** The other way round: below a table of variant clean, what the paper's values compare with. */
export function leakingNote(errors: Errors, groups: readonly NoteGroup[], order: string): string[] {
  const texts = told(errors, groups, { variant: 'paper' });
  if (!texts) return [];
  return [
    `The table shows variant clean. Variant paper, whose scaler and leaf regressors see the held-out model as the original’s do, in % (${order}): ${texts}.`,
  ];
}

/** Plain means over models beside the row-weighted ones. */
export function plainMeansNote(errors: Errors, groups: readonly NoteGroup[], order: string): string[] {
  const texts = told(errors, groups, { weighting: 'models' });
  if (!texts) return [];
  return [
    `Errors are means over all rows, as the paper’s are at ML and module level. Plain means over models in % (${order}): ${texts}.`,
  ];
}
