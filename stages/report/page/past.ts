/** The page's section past the paper: what other predictors reach in which setting, then the tables that show it. */
import { pastFigures } from '../figures/list.js';
import type { Methods } from '../methods.js';
import type { ReportContext } from '../output.js';
import { escapeHtml } from '../render/html.js';
import { representatives } from '../settings.js';
import { pastTables } from '../tables/list.js';
import { errorText, reached } from './reached.js';
import { sectionsOf } from './section.js';
import { settingsChart } from './settings_chart.js';

function lead(methods: Methods): string {
  const ours = reached(methods);
  if (!ours && methods.groups('model').length === 0) return 'Nothing was held out in this run.';
  if (!ours && Object.values(representatives).some((name) => methods.find(name))) {
    return 'No model was held out in this run: table splits has the errors of what was.';
  }
  if (!ours) {
    const missing = Object.values(representatives).join(', ');
    return `This run has only the paper’s predictors and their like. Add ${missing} to train.predictors in the configuration, and run again.`;
  }
  const paper = errorText(methods, 'end2end');
  const theirs = paper ? ` The paper’s End2End, with a node’s children known (S1b, variant clean): ${paper}.` : '';
  return `Mean error of ours on whole models, each held out in turn: ${ours}.${theirs}`;
}

async function chart(report: ReportContext): Promise<string> {
  const svg = await settingsChart(report);
  if (!svg) return '';
  const key = `<p><span class="mark ours"></span>ours, mean over all trees</p>
<p><span class="mark paper"></span>the paper’s method, variant clean</p>
<p>The bar goes from the best model to the worst. Known is, in S1: each node’s latency and GPU energy; S1b: its children’s; S2: its primitives’; S3: the specification alone.</p>`;
  return `<figure><div class="scroll" tabindex="0" role="region" aria-label="Errors by setting, picture">${svg}</div><figcaption>${key}</figcaption></figure>`;
}

export async function past(report: ReportContext, sections: ReadonlyMap<string, string>): Promise<string> {
  const methods = await report.methods();
  return `<p class="lead">${escapeHtml(lead(methods))}</p>
<div class="answer">${await chart(report)}</div>
${sectionsOf(sections, [...pastTables, ...pastFigures])}`;
}
