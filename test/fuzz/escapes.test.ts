/** Names from anybody in all that is written and printed: nothing in them is ever more than text. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { chromium } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printable } from '../../pipeline/printable.js';
import { csv } from '../../stages/report/render/csv.js';
import { html } from '../../stages/report/render/html.js';
import { latex } from '../../stages/report/render/latex.js';
import { markdown } from '../../stages/report/render/markdown.js';
import type { TableData } from '../../stages/report/table_json.js';
import { needs } from '../needs.js';
import { freshFolder } from '../pipeline/folder.js';
import { runProgram } from '../stages/commands/run_program.js';
import { tracedTrees } from './good_inputs.js';

const script = '<script>globalThis.hit = 1</script>';
const hostile = [
  script,
  `"><img src=x onerror="globalThis.hit=1">`,
  `' onmouseover='globalThis.hit=1`,
  '</title></style></svg><svg onload="globalThis.hit=1">',
  'javascript:globalThis.hit=1',
  '| a | [b](http://c) | `d` | <b>',
  '\\input{/etc/passwd} $x$ #1 % & ~ ^ _ { }',
  '=HYPERLINK("http://a","b")',
  '@SUM(1)',
  '+cmd|x',
  'a\u001b[2Jb\u202ec',
];

const folder = freshFolder();

const table: TableData = {
  id: 'hostile',
  title: hostile.join(' '),
  caption: hostile.join(' '),
  columns: hostile.map((name, i) => ({ name: `${name}${i}`, title: name, unit: name })),
  rows: hostile.map((_, k) => Object.fromEntries(hostile.map((name, i) => [`${name}${i}`, hostile[(i + k) % hostile.length]]))), // prettier-ignore
  notes: hostile,
  source: hostile.join(' '),
} as unknown as TableData;

/** Elements that nobody of us writes, and attributes that run something. */
function strangers(page: string): string[] {
  const { document } = parseHTML(page);
  const all = [...document.querySelectorAll('*')];
  const elements = all.filter(({ localName }) => ['script', 'img', 'iframe', 'object', 'b'].includes(localName));
  const attributes = all.flatMap(({ attributes }) => [...attributes].filter(({ name }) => /^on/.test(name)));
  const links = all.flatMap((one) => [...one.attributes].filter(({ name, value }) => ['href', 'src'].includes(name) && !value.startsWith('#'))); // prettier-ignore
  return [...elements.map(String), ...[...attributes, ...links].map(({ name }) => name)];
}

test('a table of hostile names: as HTML, Markdown, LaTeX and CSV', () => {
  assert.equal(strangers(`<!doctype html><html><body>${html(table)}</body></html>`), []);
  const lines = markdown(table).split('\n').filter((line) => line.startsWith('|')); // prettier-ignore
  for (const line of lines) assert.is(line.replaceAll('\\|', '').split('|').length, hostile.length + 2, line);
  assert.not.match(markdown(table), /<(?:script|img|svg|b)/);
  assert.not.match(markdown(table), /(?<!\\)\]\(http/);
  const tex = latex(table);
  assert.not.match(tex, /\\input\{/);
  assert.not.match(tex.replaceAll(/\\[%#&$_{}]/g, ''), /(?<!^)%|#/);
  for (const cell of csv(table).split(/[,\n]/)) assert.not.match(cell, /^"?[=@]/);
});

const traced = JSON.parse(tracedTrees[0]) as { model: string; nodes: Record<string, unknown>[] };

async function predicted(): Promise<string> {
  const nodes = traced.nodes.map((node, i) => ({ ...node, type: hostile[i], scope: i === 0 ? '' : hostile.join(' ') }));
  writeFileSync('tree.json', JSON.stringify({ ...traced, model: hostile.join(' '), nodes, notes: hostile }));
  const { code, stdout, stderr } = await runProgram('predict', 'tree.json', '--batch', '2', '--length', '8', '--on', 'pc1', '--html', 'page.html', '--csv', 'nodes.csv'); // prettier-ignore
  assert.is(code, 0, stderr);
  for (const text of [stdout, stderr]) assert.not.match(text, /\u001b\[2J|\u202e/);
  return readFileSync('page.html', 'utf8');
}

test("a stranger's tree, predicted: on the terminal, as a page, as CSV", async () => {
  assert.equal(strangers(await predicted()), []);
  assert.not.match(readFileSync('nodes.csv', 'utf8'), /(?:^|,)"?[=@]/m);
});

test('what a terminal may show: colours, nothing that moves', () => {
  assert.is(printable('\u001b[31mred\u001b[39m\tand\nlines'), '\u001b[31mred\u001b[39m\tand\nlines');
  assert.is(printable('\u001b[2J\u001b]0;title\u0007\rover\u009b\u202e'), '�[2J�]0;title��over��');
});

const browser = needs('chromium');
if (browser) {
  test('in a browser nothing of them runs', async () => {
    await predicted();
    writeFileSync('table.html', `<!doctype html><html><body>${html(table)}</body></html>`);
    const opened = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
    try {
      for (const name of ['page.html', 'table.html']) {
        const page = await opened.newPage();
        await page.goto(`file://${join(folder, name)}`);
        assert.is(await page.evaluate('globalThis.hit ?? 0'), 0, name);
        await page.close();
      }
    } finally {
      await opened.close();
    }
  });
}

test.run();
