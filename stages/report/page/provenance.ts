/** What the report rests on, for page and provenance.json. Nothing of when or where: same inputs, same bytes. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../pipeline/paths.js';
import type { InputFile, TaskContext } from '../../../pipeline/stage.js';
import type { Output, ReportContext } from '../output.js';
import { paperFile } from '../paper.js';
import { sections } from '../tables.js';
import { queryRows } from '../query_rows.js';
import { numberText } from '../render/cell.js';
import { escapeHtml } from '../render/html.js';

export interface Provenance {
  readonly run: string;
  readonly source: { readonly kind: string; readonly label: string; readonly about: Readonly<Record<string, unknown>> };
  readonly software: {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  /** How many seeds a random predictor was trained with; null where nothing is random. */
  readonly seeds: number | null;
  readonly configuration: Readonly<Record<string, unknown>> | null;
  readonly inputs: readonly InputFile[];
  readonly paper: readonly { readonly name: string; readonly sha256: string }[];
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export async function readProvenance(
  context: Pick<TaskContext<unknown>, 'run' | 'source' | 'configuration' | 'inputs'>,
  report: ReportContext,
  outputs: readonly Output[],
): Promise<Provenance> {
  const { name, version, dependencies } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  const [{ seeds }] = await queryRows<{ seeds: number | null }>(
    report.database,
    'SELECT max(seeds) AS seeds FROM errors',
  );
  const ids = [...new Set(outputs.flatMap((output) => output.paper))].sort(byText);
  const paper = await Promise.all(
    ids.map(async (id) => ({
      name: paperFile(id),
      sha256: sha256(await readFile(join(packageRoot, paperFile(id)), 'utf8')),
    })),
  );
  const { kind, label, about } = context.source;
  return {
    run: context.run,
    source: { kind, label, about },
    software: { name, version, dependencies },
    seeds: seeds !== null && seeds > 1 ? seeds : null,
    configuration: context.configuration ?? null,
    // What the page takes of its own stage rests on the same.
    inputs: context.inputs
      .filter(({ table }) => table !== sections.name)
      .map(({ task, table, sha256, rows }) => ({ task, table, sha256, rows }))
      .sort((a, b) => byText(`${a.task} ${a.table}`, `${b.task} ${b.table}`)),
    paper,
  };
}

export const provenanceJson = (provenance: Provenance): string => `${JSON.stringify(provenance, null, 2)}\n`;

export function provenanceHtml({ run, source, software, seeds, configuration, inputs, paper }: Provenance): string {
  const facts = [
    ['Run', run],
    ['Source', `${source.label} (${source.kind})`],
    ['Software', `${software.name} ${software.version}`],
    ['Seeds', seeds === null ? 'nothing random' : `${seeds}`],
    ['Datasets read', `${inputs.length} files, ${numberText(inputs.reduce((sum, input) => sum + input.rows, 0))} rows`],
    ['Paper’s values', `${paper.length} files`],
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  const rows = inputs.map(
    (input) =>
      `<tr><th scope="row">${escapeHtml(input.task)}</th><td>${escapeHtml(input.table)}</td><td class="number">${numberText(input.rows)}</td><td><code>${escapeHtml(input.sha256)}</code></td></tr>`,
  );
  const hashes = `<div class="scroll" tabindex="0" role="region" aria-label="Datasets"><table><thead><tr><th scope="col">Task</th><th scope="col">Table</th><th scope="col" class="number">Rows</th><th scope="col">SHA-256</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
  return `<dl class="facts">${list}</dl>
${inputs.length > 0 ? `<details><summary>Datasets and their hashes</summary>${hashes}</details>` : ''}
${configuration ? `<details><summary>Configuration</summary><pre>${escapeHtml(JSON.stringify(configuration, null, 2))}</pre></details>` : ''}
<p>The same is in <code>provenance.json</code>.</p>`;
}
