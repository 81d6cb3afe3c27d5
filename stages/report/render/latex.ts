/** A table as LaTeX for a paper's `\input`; needs the package booktabs. */
import type { TableData } from '../table_json.js';
import { grid } from './grid.js';

const commands: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '\u202f': '\\,',
  '\u2212': '$-$',
  '–': '--',
  '—': '---',
  '’': "'",
  '±': '$\\pm$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '→': '$\\to$',
  '√': '$\\surd$',
  α: '$\\alpha$',
  η: '$\\eta$',
  τ: '$\\tau$',
  µ: '$\\mu$',
  Σ: '$\\Sigma$',
  Δ: '$\\Delta$',
  '°': '$^\\circ$',
  '²': '$^2$',
  '⁶': '$^6$',
  '†': '\\dag{}',
};

export const escapeLatex = (text: string): string =>
  Array.from(text.replace(/\s*\n\s*/g, ' '), (character) => commands[character] ?? character).join('');

const line = (cells: readonly string[]): string => `${cells.map(escapeLatex).join(' & ')} \\\\`;

export function latex(table: TableData): string {
  const { header, numeric, rows } = grid(table);
  const notes = table.notes.map((note, i) => `\\par\\footnotesize ${i + 1}. ${escapeLatex(note)}`);
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '\\centering',
    `\\caption{${escapeLatex(`${table.title}. ${table.caption} Source: ${table.source}.`)}}`,
    `\\label{tab:${table.id}}`,
    `\\begin{tabular}{${numeric.map((right) => (right ? 'r' : 'l')).join('')}}`,
    '\\toprule',
    line(header),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    ...notes,
    '\\end{table}',
    '',
  ].join('\n');
}
