/** Figure 1: the tree of a BERT, one layer of it. */
import { label } from '../names.js';
import type { ReportContext } from '../output.js';
import { queryRows } from '../query_rows.js';
import { csvLines } from '../render/csv.js';
import type { Figure } from './figure.js';
import { svgDocument } from './svg_document.js';
import { treeSvg, type TreeItem } from './tree_svg.js';

interface Node {
  model: string;
  node_id: number;
  parent_id: number | null;
  scope: string;
  type: string;
  level: string;
}

/** Functions, not modules: they hold no weights. */
const functions = new Set(['MatMul', 'Softmax']);

/** The named model's tree at its first size, or the first model's where the run lacks it; of like modules only the first. */
async function firstLayer(context: ReportContext): Promise<Node[]> {
  const { statements } = await context.paper('figure1');
  const nodes = await queryRows<Node>(context.database, new URL('./figure1.sql', import.meta.url), {
    model: statements.model,
  });
  const kept = new Map<number, Node>();
  const seen = new Set<string>();
  for (const node of nodes) {
    if (node.parent_id !== null && !kept.has(node.parent_id)) continue;
    const kind = `${node.parent_id} ${node.type}`;
    if (node.level === 'module' && seen.has(kind)) continue;
    seen.add(kind);
    kept.set(node.node_id, node);
  }
  return [...kept.values()];
}

function item(node: Node, nodes: readonly Node[]): TreeItem {
  const name = node.scope.split('.').at(-1) ?? '';
  const isFunction = functions.has(node.type);
  return {
    title: node.level === 'ml' && !isFunction && name && name !== node.type ? `${node.type} ${name}` : node.type,
    kind: node.level === 'ml' ? (isFunction ? 'function' : 'primitive') : 'module',
    children: nodes.filter((other) => other.parent_id === node.node_id).map((other) => item(other, nodes)),
  };
}

export const figure1: Figure = {
  id: 'figure1',
  title: 'Figure 1: the model tree',
  caption:
    'The tree of a BERT as traced, one of its layers: modules rounded, primitives square, functions without weights darker.',
  reads: ['nodes'],
  paper: ['figure1'],
  async build(context) {
    const nodes = await firstLayer(context);
    return {
      columns: [
        { name: 'node_id', title: 'Node', unit: '' },
        { name: 'parent_id', title: 'Parent', unit: '' },
        { name: 'scope', title: 'Scope', unit: '' },
        { name: 'type', title: 'Type', unit: '' },
        { name: 'level', title: 'Level', unit: '' },
      ],
      rows: nodes.map(({ node_id, parent_id, scope, type, level }) => ({
        node_id: String(node_id),
        parent_id: parent_id === null ? null : String(parent_id),
        scope,
        type: label(type),
        level,
      })),
      notes:
        nodes.length > 0
          ? [`The tree is of ${nodes[0].model}; its other layers are alike. Math level is left out, as in the paper.`]
          : [],
    };
  },
  async draw(context) {
    const nodes = await firstLayer(context);
    if (nodes.length === 0) return null;
    const tree = treeSvg(item(nodes[0], nodes));
    return {
      svg: svgDocument({
        id: 'figure1',
        title: figure1.title,
        description: `${figure1.caption} ${nodes.length} nodes of ${nodes[0].model}.`,
        source: context.source.label,
        ...tree,
      }),
      csv: csvLines([
        ['node_id', 'parent_id', 'scope', 'type', 'level', 'source'],
        ...nodes.map((node) => [node.node_id, node.parent_id, node.scope, node.type, node.level, context.source.label]),
      ]),
    };
  },
};
