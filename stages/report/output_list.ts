/** What `list tables` tells of the report: a row for each of its tables and figures. */
import { figures } from './figures/list.js';
import { tables } from './tables/list.js';

export interface OutputSummary {
  readonly table: string;
  readonly stage: string;
  readonly meaning: string;
}

export const outputList = (): OutputSummary[] =>
  [...tables, ...figures].map(({ id, title }) => ({ table: id, stage: 'report', meaning: title }));
