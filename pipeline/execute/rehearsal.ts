/** What a later stage would make of tables that are not published yet: its own code, in memory, and nothing of it is kept. */
import type { Table as ArrowTable } from 'apache-arrow';
import { Database } from '../database.js';
import type { Stage, TaskContext } from '../stage.js';

/** What a task tells of itself to the stage that it rehearses. */
type Teller = Pick<TaskContext<unknown>, 'run' | 'partition' | 'source' | 'signal'>;

/** The tables that `stage` writes of those that it reads, by name. Throws what the stage throws. */
export async function rehearse<Params>(
  stage: Pick<Stage<Params>, 'run'>,
  params: Params,
  reads: Readonly<Record<string, ArrowTable>>,
  teller: Teller,
): Promise<ReadonlyMap<string, ArrowTable>> {
  const database = await Database.open();
  const written = new Map<string, ArrowTable>();
  try {
    for (const [name, rows] of Object.entries(reads)) await database.insert(name, rows);
    await stage.run({
      ...teller,
      params,
      inputs: [],
      upstream: {},
      database,
      write: async ({ name }, rows) => void written.set(name, 'sql' in rows ? await database.query(rows.sql) : rows),
      publish: () => Promise.resolve(),
      progress: () => {},
    });
    return written;
  } finally {
    database.close();
  }
}
