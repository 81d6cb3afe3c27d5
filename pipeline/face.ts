/**
 * `irene-energy`: what a stage, a table and a finding are, and the errors that end the program with a code of their own.
 * For whoever writes a predictor (`irene-energy/predictor`) or a meter (`irene-energy/meter`), or reads what a run wrote.
 */
export * from './errors.js';
export { findings, type Finding, type Severity } from './findings.js';
export type * from './stage.js';
export { boolean, double, int32, int64, nullable, string, table, type Column, type ColumnType, type TableSchema } from './table.js'; // prettier-ignore
