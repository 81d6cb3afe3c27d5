/** Predictions as one self-contained page: the answer first, then where the energy goes, then every node. */
import type { PredictedTree } from '../energy/prediction/predict_model.js';
import { settingInWords } from '../energy/prediction/settings.js';
import { escapeHtml } from '../report/render/html.js';
import { extrapolations } from './extrapolations.js';
import { breakdown, childrenText, labelOf, ownText, type Branch } from './breakdown.js';
import {
  costText,
  energyText,
  intervalText,
  kwhText,
  latencyText,
  leadOf,
  partsText,
  settingText,
  shareText,
} from './figures.js';

const style = `
:root { color-scheme: light dark; --ink: #1b1b1a; --muted: #5f5e59; --ground: #fffefb; --rule: #dcd9cf; --bar: #2f6f8f; --panel: #f4f2ea; --warn: #8a4b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #ecebe6; --muted: #a5a39b; --ground: #191917; --rule: #3a3934; --bar: #5aa7c9; --panel: #242320; --warn: #e5a458; } }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.2rem 4rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 0.6rem; font-size: 1.1rem; overflow-wrap: anywhere; }
.answer { margin: 0.4rem 0 0; font-size: 2.4rem; font-weight: 650; line-height: 1.2; letter-spacing: -0.01em; }
.answer small { font-size: 1.1rem; font-weight: 400; letter-spacing: 0; color: var(--muted); white-space: nowrap; }
section + section { margin-top: 3rem; padding-top: 1.5rem; border-top: 2px solid var(--ink); }
a { color: var(--bar); }
.setting { display: inline-block; margin: 0.3rem 0; padding: 0 0.5em; border: 1px solid var(--bar); border-radius: 0.2rem; color: var(--bar); }
.muted { color: var(--muted); overflow-wrap: anywhere; }
.warning { margin: 0.6rem 0; padding: 0.5rem 0.8rem; border-left: 3px solid var(--warn); background: var(--panel); overflow-wrap: anywhere; }
dl { display: flex; flex-wrap: wrap; gap: 0.6rem 2.2rem; margin: 1rem 0; }
dt { color: var(--muted); font-size: 0.875rem; }
dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.6rem 0.25rem 0; border-bottom: 1px solid var(--rule); text-align: left; font-weight: 400; white-space: nowrap; }
thead th { color: var(--muted); font-size: 0.875rem; vertical-align: bottom; }
.number { text-align: right; }
.words { min-width: 14rem; white-space: normal; }
.bar { width: 30%; min-width: 8rem; }
.bar span { display: block; height: 0.8rem; background: var(--bar); }
@media (max-width: 40rem) { .bar { display: none; } }
summary { width: fit-content; margin: 1rem 0; color: var(--bar); cursor: pointer; }
@media print { .bar span { print-color-adjust: exact; } summary { display: none; } }
`;

const cell = (text: string): string => `<td class="number">${escapeHtml(text)}</td>`;
/** A title of energies, said to be the GPU's where they are. */
const titleOf = ({ energy }: PredictedTree, title: string): string =>
  energy === 'gpu_j' ? `GPU: ${title.toLowerCase()}` : title;

const heads = (...names: string[]): string =>
  `<thead><tr>${names.map((name, i) => `<th scope="col"${i > 0 ? ` class="${name ? 'number' : 'bar'}"` : ''}>${name}</th>`).join('')}</tr></thead>`;

const marked = (text: string, extrapolatedBy: string | null): string =>
  extrapolatedBy === null
    ? escapeHtml(text)
    : `${escapeHtml(text)} <abbr title="${escapeHtml(extrapolatedBy)}">*</abbr>`;

function branchRows(branch: Branch, depth = 0): string {
  const { sharePct, wallJ, extrapolatedBy } = branch;
  const width = Math.min(100, Math.max(0, sharePct)).toFixed(2);
  const row = `<tr><th scope="row" style="padding-left:${1.1 * depth}rem">${marked(labelOf(branch), extrapolatedBy)}</th>
<td class="bar"><span style="width:${width}%"></span></td>${cell(shareText(sharePct))}${cell(energyText(wallJ))}${cell(childrenText(branch))}${cell(ownText(branch))}</tr>`;
  return [row, ...branch.branches.map((child) => branchRows(child, depth + 1))].join('\n');
}

function nodeRows({ nodes, coverage }: PredictedTree): string {
  return nodes
    .map((node) => {
      const { value, interval } = intervalText(node, coverage);
      return `<tr><th scope="row">${marked(node.scope || '(the whole model)', node.extrapolatedBy)}</th><td>${escapeHtml(node.type)}</td>${cell(value)}${cell(interval)}${cell(node.setting)}${cell(latencyText(node.latencyS))}${cell(energyText(node.childrenJ))}${cell(energyText(node.selfJ))}<td>${escapeHtml(partsText(node.parts))}</td></tr>`;
    })
    .join('\n');
}

const scroll = (table: string): string => `<div class="scroll" tabindex="0">${table}</div>`;

/** One workload: its answer, its breakdown, its nodes. */
function section(tree: PredictedTree, position: number, priceUsdPerKwh: number): string {
  const { value, interval } = intervalText(tree.root, tree.coverage);
  const warnings = [...extrapolations([tree]), ...tree.warnings];
  const below = tree.nodes.find(({ setting }) => setting !== tree.setting);
  return `<section id="workload${position}">
<p class="muted">Batch size ${tree.batchSize}, length ${tree.length}, on ${escapeHtml(tree.bench)} (${escapeHtml(tree.source)})</p>
<p class="answer">${leadOf(tree)}${escapeHtml(value)} a batch <small>(${escapeHtml(interval)})</small></p>
<p class="setting">${escapeHtml(settingText(tree))}</p>
${warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>`).join('\n')}
<dl><div><dt>${titleOf(tree, 'A million inputs')}</dt><dd>${kwhText(tree)}</dd></div><div><dt>at ${priceUsdPerKwh} USD per kWh</dt><dd>${costText(tree, priceUsdPerKwh)}</dd></div><div><dt>Latency of a batch</dt><dd>${latencyText(tree.root.latencyS)}</dd></div></dl>
${tree.root.parts.length > 0 ? `<p class="muted">Of the energy: ${escapeHtml(partsText(tree.root.parts))}.</p>` : ''}
<h2>Where it goes</h2>
${below ? `<p class="muted">Below the model: ${escapeHtml(settingInWords(below.setting, null))}.</p>` : ''}
${scroll(`<table>${heads('Module', '', 'Share', titleOf(tree, 'Energy'), 'Its children', 'Own')}<tbody>${branchRows(breakdown(tree.nodes))}</tbody></table>`)}
<details><summary>All ${tree.nodes.length} nodes</summary>
${scroll(`<table>${heads('Scope', 'Type', titleOf(tree, 'Energy'), 'Interval', 'Setting', 'Latency', 'Its children', 'Own', 'Made of')}<tbody>${nodeRows(tree)}</tbody></table>`)}</details>
</section>`;
}

/** Several workloads side by side; each row leads to its own section. */
function summary(trees: readonly PredictedTree[], priceUsdPerKwh: number): string {
  const rows = trees.map((tree, i) => {
    const { value, interval } = intervalText(tree.root, tree.coverage);
    return `<tr><th scope="row"><a href="#workload${i}">${tree.batchSize} × ${tree.length}</a></th><td class="number">${marked(value, tree.root.extrapolatedBy)}</td>${cell(interval)}${cell(latencyText(tree.root.latencyS))}${cell(kwhText(tree))}${cell(costText(tree, priceUsdPerKwh))}<td class="words">${escapeHtml(settingText(tree))}</td></tr>`;
  });
  const of = (title: string): string => titleOf(trees[0], title);
  const head = heads(
    'Batch size × length',
    of('A batch'),
    'Interval',
    'Latency',
    of('A million inputs'),
    of('Cost'),
    'Setting',
  );
  return scroll(`<table>${head}<tbody>${rows.join('\n')}</tbody></table>`);
}

export function predictHtml(trees: readonly PredictedTree[], priceUsdPerKwh: number): string {
  const [{ model, root }] = trees;
  const title = `${leadOf(trees[0])}${escapeHtml(model)} <span class="muted">${escapeHtml(root.type)}</span>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Predicted energy of ${escapeHtml(model)}</title><style>${style}</style></head>
<body>
<h1>${title}</h1>
${trees.length > 1 ? summary(trees, priceUsdPerKwh) : ''}
${trees.map((tree, i) => section(tree, i, priceUsdPerKwh)).join('\n')}
</body>
</html>
`;
}
