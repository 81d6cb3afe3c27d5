/** The page that an exported folder begins with: what it is, what it was measured with, how to check and repeat it. */
import type { Contents } from './content.js';

export interface Described {
  readonly run: string;
  /** Where the measurements come from: `published measurements, replayed logs`, `simulated`, `measured, from logs`. */
  readonly label: string;
  readonly version: string;
  /** The configuration's settings that the command line changed. */
  readonly set: readonly string[];
  readonly contents: Contents;
  /** Rows of `session`, as text. */
  readonly sessions: readonly Readonly<Record<string, string>>[];
  /** How many findings of each severity. */
  readonly findings: Readonly<Record<string, number>>;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => {
    const escaped = cells.map((cell) => cell.replaceAll('|', '\\|'));
    return `| ${escaped.join(' | ')} |`;
  });

function datasetRows({ datasets }: Contents): string[][] {
  const names = [...new Set(datasets.map(({ stage, table }) => `data/${stage}/${table.name}/`))];
  return names.map((name) => {
    const own = datasets.filter(({ path }) => path.startsWith(name));
    const rows = own.reduce((sum, { rows }) => sum + rows, 0);
    return [`\`${name}\``, String(own.length), String(rows), own[0].table.row];
  });
}

/** What is known of bench and instruments, alike for all sessions; what differs is in the dataset. */
function benchRows(sessions: Described['sessions']): string[][] {
  const perSession = new Set(['session', 'started_utc_us', 'first_us', 'last_us', 'standby_w', 'gpu_standby_w']);
  const columns = Object.keys(sessions[0] ?? {}).filter((column) => !perSession.has(column));
  return columns.map((column) => [column, [...new Set(sessions.map((session) => session[column]))].join('; ')]);
}

const findingsText = (counts: Described['findings']): string =>
  Object.entries(counts)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ') || 'none';

function inputLines({ inputs, published }: Contents): string[] {
  if (published.length === 0) return inputs.length === 0 ? [] : ['What the run read is in `inputs/`.'];
  const files = published.map(({ name, sha256 }) => `- \`${name}\` ${sha256}`);
  return [
    'What the run read is in `inputs/`, but for the files that the authors of IrEne publish, which are theirs to give',
    '(`pipeline run … --download` fetches them), by name and SHA-256:',
    '',
    ...files,
  ];
}

/** Markdown; the same run gives the same bytes. */
export function description({ run, label, version, set, contents, sessions, findings }: Described): string {
  const changed = set.map((one) => ` --set ${one}`).join('');
  const lines = [
    `# ${run}: energy of Transformer inference`,
    '',
    `Where the measurements come from: **${label}**. Made by irene-energy ${version}.`,
    '',
    '## Check it',
    '',
    '```sh',
    'sha256sum --check SHA256SUMS',
    '```',
    '',
    '## Repeat it',
    '',
    '```sh',
    `npx pipeline run configuration.yaml${changed}`,
    '```',
    '',
    `With irene-energy ${version}; the same inputs give the same bytes. File names in the configuration are those of`,
    'the machine that it ran on.',
    ...inputLines(contents),
    '',
    '## Bench and instruments',
    '',
    '“not stated” is what the owner of the bench did not say; nothing was assumed for it.',
    '',
    ...table(['', ''], benchRows(sessions)),
    '',
    '## Datasets',
    '',
    'Parquet; a file for each part. Every column with its unit and meaning is in `datapackage.json`.',
    '',
    ...table(['folder', 'files', 'rows', 'a row is'], datasetRows(contents)),
    '',
    `Findings of the checks (\`data/*/findings/\`): ${findingsText(findings)}.`,
    ...(contents.report.length === 0
      ? []
      : ['', 'The report is `report/index.html`, its tables are in `report/tables/`.']),
    '',
    '## Licence',
    '',
    'Whoever publishes this folder states one here.',
  ];
  return `${lines.join('\n')}\n`;
}
