/** `pipeline query`: SQL over the datasets of a run. */
import type { Command } from './command.js';
import { configPositional, setOption } from './command.js';

export const formats = ['table', 'json', 'csv', 'arrow', 'parquet'] as const;
export type Format = (typeof formats)[number];

export interface QueryArgs {
  readonly config: string;
  readonly sql: string;
  readonly format?: Format;
  readonly output?: string;
  readonly limit?: number;
  readonly set: string[];
  readonly json: boolean;
}

export const query: Command<QueryArgs> = {
  usage: 'query <config> <sql>',
  about: 'Ask the datasets of a run by SQL (DuckDB); `pipeline list tables` names them and their columns.',
  example: 'pipeline query configs/quick.yaml "SELECT model, avg(wall_j) FROM features GROUP BY 1 ORDER BY 1"',
  positionals: { ...configPositional, sql: { type: 'string', describe: 'one query', demandOption: true } },
  options: {
    format: {
      choices: formats,
      describe: 'table (for people: six digits), json, csv, arrow (IPC stream) or parquet; default: as --output ends',
    },
    output: { type: 'string', normalize: true, describe: 'file to write instead of stdout' },
    limit: { type: 'number', describe: 'rows at most (default: 40 of a table on a terminal, else all)' },
    ...setOption,
  },
  handler: async (args, terminal, door) => (await import('./query_handler.js')).handle(args, terminal, door),
};
