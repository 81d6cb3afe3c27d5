/** What the checks found, for page and findings.json: counts, everything refused, every round left out. */
import type { Finding, Severity } from '../../../pipeline/findings.js';
import type { Origin } from '../../energy/benches/origin.js';
import type { ReportContext } from '../output.js';
import { queryRows } from '../query_rows.js';
import { numberText } from '../render/cell.js';
import { escapeHtml } from '../render/html.js';

const severities: readonly Severity[] = ['refuse', 'exclude', 'warn', 'info'];

const meanings: Readonly<Record<Severity, string>> = {
  refuse: 'refused',
  exclude: 'rounds left out',
  warn: 'warnings',
  info: 'notes',
};

export interface Clock {
  session: string;
  offset_s: number;
  drift_ppm: number;
  residual_ms: number;
  edges: number;
}

export interface Findings {
  readonly all: readonly Finding[];
  readonly counts: Readonly<Record<Severity, number>>;
  readonly rounds: number;
  readonly excluded: number;
  readonly clocks: readonly Clock[];
}

export async function readFindings({ database }: ReportContext): Promise<Findings> {
  const all = await queryRows<Finding>(
    database,
    'SELECT check_id, severity, subject, value, "limit", source, message FROM findings ORDER BY check_id, subject, message',
  );
  const [{ rounds, excluded }] = await queryRows<{ rounds: number; excluded: number }>(
    database,
    'SELECT count(*) AS rounds, count(*) FILTER (excluded) AS excluded FROM measurements',
  );
  const clocks = await queryRows<Clock>(
    database,
    'SELECT session, offset_s, drift_ppm, residual_ms, edges FROM clock ORDER BY session',
  );
  const counts = Object.fromEntries(severities.map((name) => [name, all.filter((of) => of.severity === name).length]));
  return { all, counts: counts as Record<Severity, number>, rounds, excluded, clocks };
}

export const findingsJson = ({ all, counts, rounds, excluded, clocks }: Findings, source: string): string =>
  `${JSON.stringify({ source, counts, rounds, excluded_rounds: excluded, clocks, findings: all }, null, 2)}\n`;

const value = (number: number | null): string => (number === null ? 'not stated' : numberText(number));

const findingRow = (of: Finding): string =>
  `<tr><th scope="row">${escapeHtml(of.check_id)}</th><td>${escapeHtml(of.subject)}</td><td class="number">${value(of.value)}</td><td class="number">${value(of.limit)}</td><td>${escapeHtml(of.message)}</td><td>${escapeHtml(of.source)}</td></tr>`;

const findingTable = (title: string, rows: readonly Finding[]): string =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="findings"><thead><tr><th scope="col">Check</th><th scope="col">Subject</th><th scope="col" class="number">Value</th><th scope="col" class="number">Limit</th><th scope="col">Finding</th><th scope="col">Source of the limit</th></tr></thead><tbody>
${rows.map(findingRow).join('\n')}
</tbody></table></div>`;

/** Above this many a list is folded: nobody reads the page through it. */
const foldFrom = 30;

function severitySection(severity: Severity, rows: readonly Finding[]): string {
  if (rows.length === 0) return '';
  const title = `${rows.length} ${meanings[severity]}`;
  const body = findingTable(title, rows);
  const folded = severity === 'warn' || severity === 'info' || rows.length > foldFrom;
  return folded ? `<details><summary>${title}</summary>${body}</details>` : `<h3>${title}</h3>${body}`;
}

function clockTable(clocks: readonly Clock[]): string {
  if (clocks.length === 0) return '';
  const rows = clocks.map(
    (of) =>
      `<tr><th scope="row">${escapeHtml(of.session)}</th><td class="number">${of.offset_s.toFixed(4)}</td><td class="number">${of.drift_ppm.toFixed(2)}</td><td class="number">${of.residual_ms.toFixed(2)}</td><td class="number">${of.edges}</td></tr>`,
  );
  return `<h3>Clocks</h3><p>The meter’s clock against the host’s, estimated from the sync bursts of each session.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Clocks"><table><thead><tr><th scope="col">Session</th><th scope="col" class="number">Offset <span class="unit">s</span></th><th scope="col" class="number">Drift <span class="unit">ppm</span></th><th scope="col" class="number">Residual <span class="unit">ms</span></th><th scope="col" class="number">Edges</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

export function findingsHtml(findings: Findings, origin: Origin): string {
  const cards = severities.map(
    (name) =>
      `<li class="${name}"><span class="big">${findings.counts[name]}</span><span class="what">${meanings[name]}</span></li>`,
  );
  return `<p>${numberText(findings.rounds)} rounds were ${origin}; ${findings.excluded} are kept in the data but left out of the means.</p>
<ul class="cards counts">${cards.join('')}</ul>
${severities
  .map((name) =>
    severitySection(
      name,
      findings.all.filter((of) => of.severity === name),
    ),
  )
  .join('\n')}
${clockTable(findings.clocks)}`;
}
