/** A drawing of the graph as text, DOT and Mermaid. */
import { abridged } from '../abridged.js';
import type { Box, Drawing } from './graph_handler.js';

/** `6 by model`, empty for a single task. */
const division = ({ tasks, by }: Box): string => (tasks === 1 ? '' : `${tasks} by ${by.join(', ')}`);

/** A line a box, with what it reads of whom and what it writes below it. */
export function text({ boxes, arrows }: Drawing): string {
  const width = Math.max(...boxes.map(({ id }) => id.length));
  return boxes
    .flatMap((box) => {
      const reads = arrows
        .filter(({ to }) => to === box.id)
        .map(({ from, tables }) => `${from} (${tables.join(', ')})`);
      return [
        `${box.id.padEnd(width)}  ${division(box)}`.trimEnd(),
        ...(reads.length > 0 ? [`  ← ${abridged(reads)}`] : []),
        ...(box.writes.length > 0 ? [`  → ${box.writes.join(', ')}`] : []),
      ];
    })
    .join('\n');
}

const quoted = (value: string): string => JSON.stringify(value);

export function dot({ boxes, arrows }: Drawing): string {
  return [
    'digraph pipeline {',
    '  rankdir = LR; node [shape = box];',
    ...boxes.map(
      (box) => `  ${quoted(box.id)} [label = ${quoted([box.id, division(box)].filter(Boolean).join('\n'))}];`,
    ),
    ...arrows.map(
      ({ from, to, tables }) => `  ${quoted(from)} -> ${quoted(to)} [label = ${quoted(tables.join('\n'))}];`,
    ),
    '}',
  ].join('\n');
}

export function mermaid({ boxes, arrows }: Drawing): string {
  const number = new Map(boxes.map(({ id }, i) => [id, `n${i}`]));
  return [
    'flowchart LR',
    ...boxes.map((box) => `  ${number.get(box.id)}["${[box.id, division(box)].filter(Boolean).join('<br>')}"]`),
    ...arrows.map(({ from, to, tables }) => `  ${number.get(from)} -->|"${tables.join(', ')}"| ${number.get(to)}`),
  ].join('\n');
}
