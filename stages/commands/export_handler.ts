/** What `pipeline export` does: a run that is up to date, verified file by file, as a folder that appears whole. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../../pipeline/cli/command.js';
import { noteDamage } from '../../pipeline/cli/datasets.js';
import { checkStage } from '../../pipeline/cli/stage_option.js';
import { Database, quoteText } from '../../pipeline/database.js';
import { IntegrityError, UnavailableError } from '../../pipeline/errors.js';
import type { Task } from '../../pipeline/graph.js';
import { packageRoot, runFolder } from '../../pipeline/paths.js';
import { openToRead, survey, type ProjectToRead } from '../../pipeline/project.js';
import { toRows } from '../../pipeline/rows.js';
import { writerOf } from '../../pipeline/store/lock.js';
import { readableBytes, type Terminal } from '../../pipeline/terminal.js';
import type { ExportArgs } from './export.js';
import { contentsOf, type Contents } from './export/content.js';
import { dataPackage } from './export/data_package.js';
import { description, type Described } from './export/description.js';
import { isThere, makeFolder } from './export/folder.js';

/** The tasks up to a stage, fresh. Throws an UnavailableError where one is not. */
async function tasksOf(project: ProjectToRead, { config, stage }: ExportArgs, terminal: Terminal): Promise<Task[]> {
  const { graph, registry, sourceProblem } = project;
  const names = registry.stages.map(({ stage }) => stage.name);
  const wanted = new Set(stage === undefined ? names : names.slice(0, names.indexOf(stage) + 1));
  const tasks = graph.tasks.filter((task) => wanted.has(task.stage.name));
  if (sourceProblem !== null) {
    terminal.warn(`whether this is fresh cannot be told: ${sourceProblem}`);
    return tasks;
  }
  const stale = (await survey(graph, { verify: false })).filter(({ task, reason }) => reason !== null && tasks.includes(task)); // prettier-ignore
  if (stale.length === 0) return tasks;
  throw new UnavailableError(
    `run ${graph.run} is not up to date: ${stale.length} of ${tasks.length} tasks, ${stale[0].task.id} for one (${stale[0].reason})`,
    `compute it: pipeline run ${config}${stage === undefined ? '' : ` --stage ${stage}`}; or leave out what comes later: --stage align`,
  );
}

/** The files' content, checked; a damaged one is marked, so that the next run computes it anew. */
function verified(project: ProjectToRead, tasks: readonly Task[]): Contents {
  try {
    return contentsOf(project, tasks);
  } catch (error) {
    throw error instanceof IntegrityError ? noteDamage(project.graph.run, error) : error;
  }
}

async function rowsOf(database: Database, { datasets }: Contents, table: string, sql: string) {
  const files = datasets.filter((file) => file.table.name === table).map(({ from }) => quoteText(from));
  if (files.length === 0) return [];
  return toRows(await database.query(`WITH t AS (FROM read_parquet([${files.join(', ')}])) ${sql}`));
}

const severities = ['refuse', 'exclude', 'warn', 'info'];

/** What the datasets themselves say of bench and findings. */
async function facts(contents: Contents): Promise<Pick<Described, 'sessions' | 'findings'>> {
  const database = await Database.open();
  try {
    const sessions = await rowsOf(database, contents, 'session', 'FROM t ORDER BY session');
    const counted = await rowsOf(database, contents, 'findings', 'SELECT severity, count(*) AS n FROM (SELECT DISTINCT check_id, severity, subject, message FROM t) GROUP BY severity'); // prettier-ignore
    const counts = severities.flatMap((severity) => counted.filter((row) => row.severity === severity).map(({ n }) => [severity, Number(n)])); // prettier-ignore
    const text = (value: unknown): string => (value === null ? 'not stated' : String(value));
    return {
      sessions: sessions.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)]))), // prettier-ignore
      findings: Object.fromEntries(counts) as Record<string, number>,
    };
  } finally {
    database.close();
  }
}

export async function handle(args: ExportArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  const registry = await openRegistry();
  checkStage(args.stage, registry);
  const project = await openToRead(args.config, registry, args.set);
  const { run, source } = project.graph;
  const folder = (args.output ?? `${run}-export`).replace(/(?<=.)\/+$/, '');
  if (existsSync(folder)) throw isThere(folder);
  const writer = writerOf(runFolder(run));
  if (writer)
    throw new UnavailableError(`run ${run} is being written by ${writer}`, 'export it when that has finished');
  const tasks = await tasksOf(project, args, terminal);
  const contents = verified(project, tasks);
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const about = { run, label: source.label, version };
  const texts = {
    'README.md': description({ ...about, set: args.set, contents, ...(await facts(contents)) }),
    'configuration.yaml': readFileSync(args.config, 'utf8'),
    'datapackage.json': `${JSON.stringify(dataPackage(contents.datasets, about), null, 2)}\n`,
  };
  // Checked once more: nobody has replaced a file while it was copied.
  const bytes = makeFolder(folder, contents, texts, () => verified(project, tasks));
  const { datasets, report, inputs } = contents;
  const files = datasets.length + report.length + inputs.length + Object.keys(texts).length + 1;
  terminal.print(`${folder}: ${files} files, ${readableBytes(bytes)} (${source.label})`);
  terminal.document({ folder, run, source: { kind: source.kind, label: source.label }, files, bytes });
  terminal.say('before you publish it: state a licence in its README.md');
}
