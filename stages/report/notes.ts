/** Footnotes that several tables share. Their numbers come from the run's data. */
import type { ErrorKey, Errors } from './errors_lookup.js';
import type { ReportContext } from './output.js';
import { isCompared, type Ours, type TableRow } from './table_json.js';
import { oursText } from './render/cell.js';
import { beyondMark } from './names.js';

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

/** What ± means, with the number of seeds and the range of one seed, level by level; nothing where nothing is random. */
export function seedsNote(errors: Errors, keys: readonly (ErrorKey & { readonly of: string })[]): string[] {
  const ranges = keys.flatMap(({ of, ...key }) => {
    const row = errors.row(key);
    if (!row || row.seed_sd_pct === null || row.seeds < 2) return [];
    return [{ seeds: row.seeds, text: `${of} ${row.seed_min_pct.toFixed(2)} to ${row.seed_max_pct.toFixed(2)}` }];
  });
  if (ranges.length === 0) return [];
  const texts = ranges.map((range) => range.text).join('; ');
  return [`Mean of ${ranges[0].seeds} seeds ± the standard deviation of one seed. One seed’s error ranges: ${texts}.`];
}

/** The same without the original’s leaks. */
export function cleanNote(errors: Errors, keys: readonly (ErrorKey & { readonly of: string })[]): string[] {
  const texts = keys.flatMap(({ of, ...key }) => {
    const ours = errors.of({ ...key, variant: 'clean' });
    return ours === null ? [] : [`${of} ${oursInText(ours)}`];
  });
  if (texts.length === 0) return [];
  return [
    `The table shows variant paper, with the original’s leaks (its scaler and leaf regressors see the held-out model). Variant clean, without them: ${texts.join('; ')}.`,
  ];
}

/** Plain means over models beside the row-weighted ones. */
export function plainMeansNote(errors: Errors, keys: readonly (ErrorKey & { readonly of: string })[]): string[] {
  const texts = keys.flatMap(({ of, ...key }) => {
    const ours = errors.of({ ...key, weighting: 'models' });
    return ours === null ? [] : [`${of} ${oursInText(ours)}`];
  });
  return texts.length === 0
    ? []
    : [
        `Errors are means over all rows, as the paper’s are at ML and module level. Plain means over models: ${texts.join('; ')}.`,
      ];
}
