/** Parquet in and out beside pyarrow: the resource logs of PC1's six campaigns in one file. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Table as ArrowTable } from 'apache-arrow';
import { Database, quoteText } from '../pipeline/database.js';
import { median } from '../stages/energy/median.js';
import type { Bench, Row } from './bench.js';
import { contest, ratioOf } from './contest.js';
import { seconds, times } from './figures.js';
import { finishedRun } from './finished_run.js';
import { python } from './command.js';
import { PythonPeer } from './python_peer.js';

const rounds = 5;

interface Answer {
  readonly seconds: number;
  readonly rows: number;
}

async function timed(work: () => Promise<number>): Promise<Answer> {
  const started = performance.now();
  const rows = await work();
  return { seconds: (performance.now() - started) / 1000, rows };
}

export const parquet: Bench = {
  name: 'parquet',
  about: 'Parquet into typed arrays and back, beside pyarrow',
  peers: true,
  async run(context) {
    const logs = join(await finishedRun(context), 'profile', 'resources');
    const [input, ours, theirs] = ['input', 'ours', 'theirs'].map((name) => join(context.folder, `${name}.parquet`));
    const database = await Database.open();
    await database.view('logs', readdirSync(logs).map((name) => ({ path: join(logs, name) }))); // prettier-ignore
    await database.copy('FROM logs', input);
    let rows: ArrowTable | undefined;
    const read = () => timed(async () => (rows = await database.query(`FROM read_parquet(${quoteText(input)})`)).numRows); // prettier-ignore
    const write = () =>
      timed(async () => {
        await database.insert('rows', rows!);
        const count = await database.copy('FROM rows', ours);
        await database.run('DROP TABLE rows');
        return count;
      });
    const pyarrow = new PythonPeer<Record<string, string>, Answer>(python, 'parquet_pyarrow.py');
    context.say(`${rounds} rounds`);
    await Promise.all([read(), pyarrow.ask({ read: input })]);
    const reads = await contest(rounds, { ours: read, theirs: () => pyarrow.ask({ read: input }) });
    const writes = await contest(rounds, { ours: write, theirs: () => pyarrow.ask({ write: theirs }) });
    const copies = await contest(rounds, {
      ours: () => timed(() => database.copy(`FROM read_parquet(${quoteText(input)})`, ours)),
      theirs: async () => {
        const [one, other] = [await pyarrow.ask({ read: input }), await pyarrow.ask({ write: theirs })];
        return { seconds: one.seconds + other.seconds, rows: other.rows };
      },
    });
    pyarrow.close();
    database.close();
    const count = rows!.numRows;
    for (const answers of [reads, writes, copies].flatMap((one) => Object.values(one).flat())) {
      if (answers.rows !== count) throw new Error(`${answers.rows} rows where there are ${count}`);
    }
    const row = (what: string, samples: Record<string, Answer[]>): Row => {
      const of = (name: string): number[] => samples[name].map((answer) => answer.seconds);
      return {
        what,
        ours: seconds(median(of('ours'))),
        peer: 'pyarrow',
        theirs: seconds(median(of('theirs'))),
        ratio: times(ratioOf(of('theirs'), of('ours'))),
        met: null,
      };
    };
    const mib = (path: string): string => (statSync(path).size / 2 ** 20).toFixed(1);
    return {
      title: 'parquet',
      rows: [
        row('file to Arrow table', reads),
        row('Arrow table to file', writes),
        row('file to file, as stages do it', copies),
      ],
      notes: [
        `${(count / 1e6).toFixed(1)} million rows of ${rows!.numCols} columns, zstd: ${mib(ours)} MiB written here, ${mib(theirs)} MiB by pyarrow. We use one thread, so that same inputs give same bytes; pyarrow uses all.`, // prettier-ignore
      ],
    };
  },
};
