/** Reads a run log: what ran from when to when. Nothing in it may be damaged: a run that is not read is a run that is lost. */
import { UnavailableError } from '../../../../pipeline/errors.js';
import { CsvTable, type TableRow } from '../../meters/csv_table.js';
import { linesOf } from '../../meters/read_log.js';
import { type LogsSettings, runQuantities } from './settings.js';

export interface Run {
  readonly line: number;
  readonly model: string;
  readonly batch_size: number;
  readonly length: number;
  /** Module path without ModuleList names; empty for the whole model. */
  readonly scope: string;
  /** Where a scope has several nodes (the functions of a module), which of them; else empty. */
  readonly type: string;
  readonly repeats: number;
  /** `sync`: a step that is there to find the clock by. */
  readonly kind: 'round' | 'sync';
  readonly start_us: number;
  readonly end_us: number;
}

/** In order of time. Throws an UnavailableError with the line that is not as it should be. */
export async function readRuns({ runs: settings }: LogsSettings): Promise<Run[]> {
  const { file } = settings;
  const table = new CsvTable(runQuantities, settings, file);
  const runs: Run[] = [];
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    if (line.trim() === '') continue;
    const row = table.read(line);
    if (row === 'header') continue;
    if ('reason' in row) throw new UnavailableError(`${file}:${number}: ${row.reason}`);
    runs.push(runOf(row, file, number));
  }
  if (runs.length === 0) throw new UnavailableError(`${file}: no runs`);
  return runs.sort((a, b) => a.start_us - b.start_us);
}

function runOf(row: TableRow, file: string, line: number): Run {
  const fail = (what: string, expected: string): never => {
    throw new UnavailableError(`${file}:${line}: ${what}: expected ${expected}`);
  };
  const count = (name: string, otherwise?: number): number => {
    const value = row.number(name) ?? otherwise;
    return value !== undefined && Number.isInteger(value) && value > 0 ? value : fail(name, 'a positive whole number');
  };
  const start_us = row.number('start') ?? fail('start', 'a stamp');
  const duration_us = row.number('duration');
  const end_us = row.number('end') ?? (duration_us === null ? fail('end', 'a stamp, or a duration') : Math.round(start_us + duration_us * 1e6)); // prettier-ignore
  if (!(end_us > start_us)) fail('end', 'a moment after the start');
  const kind = row.text('kind') || 'round';
  if (kind !== 'round' && kind !== 'sync') return fail('kind', '"round" or "sync"');
  const sync = kind === 'sync';
  return {
    line,
    model: row.text('model') || (sync ? '' : fail('model', 'the name of a model')),
    batch_size: sync ? 0 : count('batch_size'),
    length: sync ? 0 : count('length'),
    scope: row.text('scope') ?? '',
    type: row.text('type') ?? '',
    repeats: count('repeats', 1),
    kind,
    start_us,
    end_us,
  };
}
