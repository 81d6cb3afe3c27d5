/** The head of the page: how accurate, how much energy, where it goes. */
import { capitalized, type Origin } from '../../energy/benches/origin.js';
import { kwhPerMillion } from '../../energy/prediction/cost.js';
import { seedsOf } from '../render/grid.js';
import { titleOf } from '../names.js';
import { oursInText } from '../notes.js';
import type { ReportContext, Workload } from '../output.js';
import { paperNumber } from '../paper.js';
import { queryRows } from '../query_rows.js';
import { differenceText, numberText, oursText, paperText } from '../render/cell.js';
import { escapeHtml } from '../render/html.js';
import { compared } from '../table_json.js';
import { ModuleShares } from '../tables/module_shares.js';
import { accuracyChart } from './accuracy_chart.js';
import { reached } from './reached.js';

export interface Root {
  model: string;
  wall_j: number;
  wall_sd_j: number | null;
  latency_s: number;
}

export const readRoots = (report: ReportContext, workload: Workload): Promise<Root[]> =>
  queryRows(report.database, new URL('./roots.sql', import.meta.url), { ...workload });

const levels = [
  { name: 'model', title: 'whole models' },
  { name: 'module', title: 'modules' },
  { name: 'ml', title: 'primitives' },
] as const;

const accuracySection = (about: string): string => `<section class="answer" id="accuracy-answer">
<h3>How accurate is the prediction?</h3>
${about}
</section>`;

async function accuracy(report: ReportContext): Promise<string> {
  const [errors, table8] = await Promise.all([report.errors(), report.paper('table8')]);
  if (errors.models().length === 0) {
    const others = (await report.methods()).all.length > 0 ? ' What was held out instead is in table splits.' : '';
    return accuracySection(`<p>No model of this run was held out, so this is not known.${others}</p>`);
  }
  const column = { name: '', title: '', unit: '%', decimals: 2 };
  const cards = levels.map(({ name, title }) => {
    const where = { machine: report.machine ?? '', features: 'all' };
    const cell = compared(paperNumber(table8, where, name), errors.of({ level: name }));
    const seeds = seedsOf({ cell });
    const paper =
      cell.paper === null
        ? 'no value in the paper'
        : `paper ${paperText(cell, column)}, difference ${differenceText(cell, column)}`;
    return `<li><span class="big">${escapeHtml(oursText(cell, column))}<span class="unit">%</span></span>
<span class="what">${title}${seeds === null ? '' : `, ${seeds} seeds`}</span>
<span class="paper">${escapeHtml(paper)}</span></li>`;
  });
  const chart = await accuracyChart(report);
  const key = `<p><span class="mark ours"></span>ours, mean of the seeds</p>
<p><span class="mark bar"></span>from the best seed to the worst: the same method from other initial weights</p>
<p><span class="mark paper"></span>the paper’s one number</p>`;
  return accuracySection(`<p>Mean error of the paper’s method, re-run here, on models it has not seen (leave one model out, End2End).</p>
<ul class="cards">${cards.join('\n')}</ul>
${chart ? `<figure><div class="scroll" tabindex="0" role="region" aria-label="Errors by model, picture">${chart}</div><figcaption>${key}</figcaption></figure>` : ''}`);
}

function energy(report: ReportContext, workload: Workload, roots: readonly Root[]): string {
  const greatest = Math.max(...roots.map((root) => root.wall_j));
  const rows = roots.map((root) => {
    const kwh = kwhPerMillion(root.wall_j, workload.batch_size);
    const width = ((100 * root.wall_j) / greatest).toFixed(1);
    return `<tr><th scope="row">${escapeHtml(titleOf(root.model))}</th>
<td class="number bar"><span style="width:${width}%"></span><b>${root.wall_j.toFixed(2)}</b></td>
<td class="number">${numberText(root.wall_j / workload.batch_size)}</td>
<td class="number">${kwh.toFixed(2)}</td>
<td class="number">${(kwh * report.priceUsdPerKwh).toFixed(3)}</td>
<td class="number">${numberText(root.latency_s * 1000)}</td>
<td class="number">${(root.wall_j / root.latency_s).toFixed(0)}</td></tr>`;
  });
  return `<section class="answer" id="energy-answer">
<h3>How much energy does a model take?</h3>
<p>Energy at the wall, ${report.origin}: one batch of ${workload.batch_size} inputs of ${workload.length} tokens. Cost at ${report.priceUsdPerKwh} USD per kWh. <span class="source">${escapeHtml(report.source.label)}</span></p>
<div class="scroll" tabindex="0" role="region" aria-label="Energy by model"><table class="energy">
<thead><tr><th scope="col">Model</th><th scope="col" class="number">Batch <span class="unit">J</span></th><th scope="col" class="number">Input <span class="unit">J</span></th><th scope="col" class="number">Million inputs <span class="unit">kWh</span></th><th scope="col" class="number">Million inputs <span class="unit">USD</span></th><th scope="col" class="number">Batch <span class="unit">ms</span></th><th scope="col" class="number">Mean power <span class="unit">W</span></th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
</section>`;
}

/** What a module does, by its name in the six models' trees; only the colour hangs on it. */
function role(type: string): string {
  if (/Attention|SelfOutput/.test(type)) return 'attention';
  if (/Intermediate|FFN|MLP|Output/.test(type)) return 'feed-forward';
  return 'rest';
}

/** A segment from here on has room for its name. */
const labelFromPct = 6;

function shares(all: ModuleShares, roots: readonly Root[], origin: Origin): string {
  const bars = roots.map(({ model }) => {
    const parts = all.measured(model);
    const sum = Math.max(
      100,
      parts.reduce((total, part) => total + part.share_pct, 0),
    );
    const segments = parts.map(({ type, share_pct }) => {
      const text = `${type} ${numberText(share_pct, share_pct < 1 ? 2 : 1)} %`;
      const shown =
        share_pct >= labelFromPct ? `<span>${escapeHtml(type)}</span><b>${numberText(share_pct, 1)}</b>` : '';
      return `<span class="segment ${role(type)}" style="width:${((100 * share_pct) / sum).toFixed(2)}%" title="${escapeHtml(text)}">${shown}</span>`;
    });
    const spoken = parts.map(({ type, share_pct }) => `${type} ${share_pct.toFixed(1)} %`).join(', ');
    return `<li><span class="name">${escapeHtml(titleOf(model))}</span><span class="bar" role="img" aria-label="${escapeHtml(spoken)}">${segments.join('')}</span></li>`;
  });
  return `<section class="answer" id="share-answer">
<h3>Where does it go?</h3>
<p>${capitalized(origin)} share of the lowest modules in %, all input sizes together. <span class="key attention">attention</span> <span class="key feed-forward">feed-forward</span> <span class="key rest">embeddings, normalisation, pooler</span></p>
<ul class="shares">${bars.join('\n')}</ul>
</section>`;
}

/** `54 to 60`, or one number where they agree. */
function span(values: readonly number[], decimals: number): string {
  const [least, greatest] = [Math.min(...values).toFixed(decimals), Math.max(...values).toFixed(decimals)];
  return least === greatest ? least : `${least} to ${greatest}`;
}

/** The three answers in three sentences. */
async function summary(
  report: ReportContext,
  workload: Workload,
  roots: readonly Root[],
  all: ModuleShares,
): Promise<string> {
  const ours = (await report.errors()).of({ level: 'model' });
  const joules = roots.map((root) => root.wall_j);
  const of = (name: string): string => {
    const sums = roots.map(({ model }) =>
      all.measured(model).reduce((sum, part) => sum + (role(part.type) === name ? part.share_pct : 0), 0),
    );
    return `${span(sums, 0)} %`;
  };
  const past = reached(await report.methods());
  const theirs =
    ours === null ? [] : [`by the paper’s method, with a node’s children known (S1b), ${oursInText(ours)} %`];
  const known = [...(past ? [past] : []), ...theirs].join('; ');
  const accuracy = known && `A model’s energy is predicted with a mean error of: ${known}. `;
  const energy = `One batch of ${workload.batch_size} × ${workload.length} tokens takes ${span(joules, 1)} J, a million inputs ${span(
    joules.map((wall_j) => kwhPerMillion(wall_j, workload.batch_size)),
    2,
  )} kWh. `;
  return `<p class="lead">${accuracy}${energy}Feed-forward modules take ${of('feed-forward')} of it, attention ${of('attention')}.</p>`;
}

export async function answer(report: ReportContext, workload: Workload, roots: readonly Root[]): Promise<string> {
  if (roots.length === 0) return `<p>No model of this run was ${report.origin}.</p>`;
  const all = await ModuleShares.read(report);
  return [
    await summary(report, workload, roots, all),
    await accuracy(report),
    energy(report, workload, roots),
    shares(all, roots, report.origin),
  ].join('\n');
}
