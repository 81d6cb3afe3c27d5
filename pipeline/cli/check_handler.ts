/** What `pipeline check` does. */
import { abridged } from '../abridged.js';
import { Database, quoteName } from '../database.js';
import { RefusedError, UnavailableError } from '../errors.js';
import { findings as findingsTable, type Finding, type Severity } from '../findings.js';
import { openToRead, type ProjectToRead } from '../project.js';
import { toRows } from '../rows.js';
import { alignColumns, type Terminal } from '../terminal.js';
import type { CheckArgs } from './check.js';
import type { Door } from './command.js';
import { datasetsOf, readDatasets, schemasOf, warningsOf, type Dataset } from './datasets.js';
import { readableNumber } from './query/text.js';

/** The gravest first. */
const severities: readonly Severity[] = ['refuse', 'exclude', 'warn', 'info'];

async function findingsOf(project: ProjectToRead, dataset: Dataset): Promise<Finding[]> {
  const database = await Database.open();
  try {
    const columns = Object.keys(findingsTable.columns).map(quoteName).join(', ');
    const rows = await readDatasets(database, project.graph, schemasOf(project.registry), [dataset], () =>
      database.query(`SELECT DISTINCT ${columns} FROM findings ORDER BY check_id, subject, message`),
    );
    const found = toRows(rows) as unknown as Finding[];
    return severities.flatMap((severity) => found.filter((one) => one.severity === severity));
  } finally {
    database.close();
  }
}

const colours = { refuse: 'red', exclude: 'yellow', warn: 'yellow', info: 'dim' } as const;

function findingLines(found: readonly Finding[], { style }: Terminal): string {
  const number = (value: number | null) => (value === null ? '–' : readableNumber(value));
  const rows = found.map((one) => [
    one.severity,
    one.check_id,
    one.subject,
    number(one.value),
    number(one.limit),
    `${one.message} [${one.source}]`,
  ]);
  const [head, ...lines] = alignColumns(
    [['severity', 'check', 'subject', 'value', 'limit', 'finding [source of the limit]'], ...rows],
    new Set([3, 4]),
  ).split('\n');
  return [head, ...lines.map((line, i) => style[colours[found[i].severity]](line))].join('\n');
}

export async function handle(args: CheckArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  const project = await openToRead(args.config, await openRegistry(), args.set);
  const { run, source } = project.graph;
  const dataset = (await datasetsOf(project)).get(findingsTable.name);
  if (!dataset || dataset.files.length + dataset.damaged.length === 0) {
    throw new UnavailableError(`run ${run} has no findings yet`, `compute them: pipeline run ${args.config}`);
  }
  for (const { text } of project.graph.leftOut) terminal.warn(text);
  warningsOf({ ...dataset, missing: [] }).forEach((text) => terminal.warn(text));
  const found = await findingsOf(project, dataset);
  const counts = Object.fromEntries(
    severities.map((severity) => [severity, found.filter((one) => one.severity === severity).length]),
  );
  const summary = severities.filter((severity) => counts[severity] > 0).map((s) => `${counts[s]} ${s}`);
  if (found.length > 0) terminal.print(findingLines(found, terminal));
  terminal.print(`run ${run} (${source.label}): ${summary.join(', ') || 'no findings'}`);
  if (dataset.missing.length > 0) terminal.print(`not checked yet: ${abridged(dataset.missing)}`);
  terminal.document({ run, counts, not_checked: dataset.missing, findings: found });
  if (counts.refuse > 0) throw new RefusedError(`${counts.refuse} of the findings of run ${run} refuse`);
}
