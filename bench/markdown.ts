/** Sections as Markdown. */
import type { Row, Section } from './bench.js';

const head = '| what | here | beside | it took | it / here | target | |\n|---|---|---|---|---|---|---|';

function line({ what, ours, peer, theirs, ratio, target, met }: Row): string {
  const verdict = met === null ? '' : met ? 'met' : '**missed**';
  return `| ${[what, ours, peer ?? '', theirs ?? '', ratio ?? '', target ?? '', verdict].join(' | ')} |`;
}

export const markdown = ({ title, rows, notes }: Section): string =>
  [`**${title}**`, '', head, ...rows.map(line), '', ...notes.map((note) => `- ${note}`), ''].join('\n');
