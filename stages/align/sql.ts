import { readFile } from 'node:fs/promises';

/** The query in `<name>.sql` beside this file. */
export const sql = (name: string): Promise<string> => readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');
