/**
 * `index.html`: one file that opens from disk and loads nothing. First the answer, then the tree, the tables with their
 * footnotes, the figures, what lies past the paper, what the checks found, and what it all rests on.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TaskContext } from '../../../pipeline/stage.js';
import { paperFigures } from '../figures/list.js';
import { capitalized, type Origin } from '../../energy/benches/origin.js';
import { type ReportContext, type Workload } from '../output.js';
import { queryRows } from '../query_rows.js';
import { escapeHtml } from '../render/html.js';
import { chosen, type ReportParams } from '../stage.js';
import { paperTables } from '../tables/list.js';
import { answer, readRoots } from './answer.js';
import { findingsHtml, findingsJson, readFindings } from './findings.js';
import { past } from './past.js';
import { provenanceHtml, provenanceJson, readProvenance } from './provenance.js';
import { readSections, sectionsOf } from './section.js';
import { jsonForScript, readTrees } from './trees.js';

const asset = (name: string): Promise<string> => readFile(new URL(`./${name}`, import.meta.url), 'utf8');

async function pageWorkload(report: ReportContext): Promise<Workload> {
  const sql = new URL('./workload.sql', import.meta.url);
  const [found] = await queryRows<Workload>(report.database, sql, { ...report.workload });
  return found ?? report.workload;
}

const icicleHtml = (workload: Workload, origin: Origin, source: string): string => `
<p>Height is ${origin} energy, colour is how far the prediction is off. Every node was ${origin} alone, so children are drawn to scale within their parent. One batch of ${workload.batch_size} × ${workload.length} tokens; repeated layers are all there. <span class="source">${escapeHtml(source)}</span></p>
<div class="icicle-tools">
<label for="icicle-model">Model</label> <select id="icicle-model"></select>
<button type="button" id="icicle-out">Zoom out</button>
<span class="legend" aria-hidden="true"><span class="under">predicted too low</span><span class="over">too high</span></span>
</div>
<nav id="icicle-path" aria-label="Zoomed node"></nav>
<div class="icicle-frame">
<div id="icicle" role="tree" aria-label="Model tree" aria-describedby="icicle-help"></div>
<div id="icicle-detail" aria-live="polite"></div>
</div>
<p id="icicle-help" class="caption">Click a node to zoom in, the leftmost to zoom out. Keyboard: arrows walk, Enter zooms in, Escape out, Home goes to the root.</p>
<noscript><p>The tree needs JavaScript; figures 1 and 5 show it without.</p></noscript>`;

const headings = [
  ['answer', 'Answer'],
  ['tree', 'Model tree'],
  ['tables', 'Tables'],
  ['figures', 'Figures'],
  ['past', 'Past the paper'],
  ['findings', 'Findings'],
  ['provenance', 'Provenance'],
] as const;

/** Publishes index.html, findings.json and provenance.json. */
export async function publishPage(context: TaskContext<ReportParams>, report: ReportContext): Promise<void> {
  const outputs = chosen(context.params);
  const sections = await readSections(report);
  const { label } = context.source;
  const workload = await pageWorkload(report);
  const roots = await readRoots(report, workload);
  const findings = await readFindings(report);
  const provenance = await readProvenance(context, report, outputs);
  const [css, pastCss, script] = await Promise.all(['page.css', 'past.css', 'icicle.js'].map(asset));
  const body: Readonly<Record<(typeof headings)[number][0], string>> = {
    answer: await answer(report, workload, roots),
    tree: icicleHtml(workload, report.origin, label),
    tables: sectionsOf(sections, paperTables),
    figures: sectionsOf(sections, paperFigures),
    past: await past(report, sections),
    findings: findingsHtml(findings, report.origin),
    provenance: provenanceHtml(provenance),
  };
  const trees = { origin: capitalized(report.origin), trees: await readTrees(report, workload) };
  await context.publish(
    'index.html',
    frame(context.run, label, report.machine, css + pastCss, script, jsonForScript(trees), body),
  );
  await context.publish('findings.json', findingsJson(findings, label));
  await context.publish('provenance.json', provenanceJson(provenance));
}

function frame(
  run: string,
  source: string,
  machine: string | null,
  css: string,
  script: string,
  trees: string,
  body: Readonly<Record<(typeof headings)[number][0], string>>,
): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const title = `IrEne on ${machine ?? 'this bench'}: run ${run}`;
  const links = headings.map(([id, name]) => `<a href="#${id}">${name}</a>`).join(' ');
  const label = `<p class="label">Source of every number of ours: <strong>${escapeHtml(source)}</strong></p>`;
  const parts = headings.map(
    ([id, name]) => `<section class="part" id="${id}"><h2>${name}</h2>\n${body[id]}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${css}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header>
<p class="kicker">Energy of Transformer inference</p>
<h1>${escapeHtml(title)}</h1>
<p class="lead">Every table and figure of “IrEne: Interpretable Energy Prediction for Transformers” (ACL 2021) beside the same from this run.</p>
${label}
</header>
<nav class="contents" aria-label="Contents">${links}</nav>
<main>
${parts.join('\n')}
</main>
<footer>
${label}
<p>Run ${escapeHtml(run)}. Tables as Markdown, CSV, LaTeX and JSON are beside this file in <code>tables/</code>, pictures in <code>figures/</code>.</p>
</footer>
<script type="application/json" id="trees">${trees}</script>
<script>${script}</script>
</body>
</html>
`;
}
