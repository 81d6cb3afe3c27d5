/** The page's section past the paper: what other predictors reach in which setting, then the tables that show it. */
import { pastFigures } from '../figures/list.js';
import { type Methods } from '../methods.js';
import { titleOf } from '../names.js';
import { oursInText } from '../notes.js';
import { tableData, type Output, type ReportContext } from '../output.js';
import { escapeHtml, html } from '../render/html.js';
import { representatives } from '../settings.js';
import { isCompared, type Cell } from '../table_json.js';
import { pastTables } from '../tables/list.js';
import { settingsChart } from './settings_chart.js';

/** A table longer than this is folded away. */
const foldFrom = 36;

const known = (cell: Cell): string | null => (isCompared(cell) && cell.ours !== null ? `${oursInText(cell)} %` : null);

/** The error of a predictor of ours on whole models held out; null where the run has it not. */
function error(methods: Methods, predictor: string): string | null {
  const method = methods.find(predictor);
  return method && known(methods.cell(method, { level: 'model' }));
}

/** What ours reach with everything measured and with nothing, each with its condition; empty where the run has neither. */
export function best(methods: Methods): string {
  const parts = [
    { of: error(methods, representatives.profiled), when: 'with each node’s latency and GPU energy measured (S1)' },
    { of: error(methods, representatives.planned), when: 'from its specification alone (S3)' },
  ].filter(({ of }) => of !== null);
  return parts.map(({ of, when }) => `${when} ${of}`).join('; ');
}

function lead(methods: Methods): string {
  const ours = best(methods);
  if (!ours) {
    const missing = Object.values(representatives).join(', ');
    return `This run has only the paper’s predictors and their like. Add ${missing} to train.predictors in the configuration, and run again.`;
  }
  const paper = error(methods, 'end2end');
  const theirs = paper
    ? ` The paper’s ${titleOf('end2end')}, with a node’s children measured (S1b), is off by ${paper}.`
    : '';
  return `Past the paper, a model that was held out is predicted within, as a mean error, ${ours}.${theirs}`;
}

async function chart(report: ReportContext): Promise<string> {
  const svg = await settingsChart(report);
  if (!svg) return '';
  const key = `<p><span class="mark ours"></span>ours, mean over all trees</p>
<p><span class="mark paper"></span>the paper’s method, variant clean</p>
<p>The bar goes from the best model to the worst. S1: each node’s latency and GPU energy measured; S1b: its children’s; S2: its primitives’; S3: nothing measured.</p>`;
  return `<figure><div class="scroll" tabindex="0" role="region" aria-label="Errors by setting, picture">${svg}</div><figcaption>${key}</figcaption></figure>`;
}

async function outputHtml(report: ReportContext, output: Output): Promise<string> {
  const drawing = await pastFigures.find(({ id }) => id === output.id)?.draw(report);
  const table = await tableData(output, report);
  const folded = table.rows.length > foldFrom;
  return html(table, drawing ? { picture: drawing.svg, folded } : { folded });
}

export async function past(report: ReportContext, ids: ReadonlySet<string>): Promise<string> {
  const methods = await report.methods();
  const parts: string[] = [];
  for (const output of [...pastTables, ...pastFigures]) {
    if (ids.has(output.id)) parts.push(await outputHtml(report, output));
  }
  return `<p class="lead">${escapeHtml(lead(methods))}</p>
<div class="answer">${await chart(report)}</div>
${parts.join('\n')}`;
}
