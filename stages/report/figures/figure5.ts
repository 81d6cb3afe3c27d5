/** Figure 5: BERT-base's tree with every node's share of the energy. */
import { capitalized } from '../../energy/benches/origin.js';
import { byMachine } from '../by_machine.js';
import { label } from '../names.js';
import { captionOf, type ReportContext } from '../output.js';
import { paperNumber } from '../paper.js';
import { queryRows } from '../query_rows.js';
import { csvLines } from '../render/csv.js';
import { compared } from '../table_json.js';
import type { Figure } from './figure.js';
import { svgDocument } from './svg_document.js';
import { treeSvg, type TreeItem } from './tree_svg.js';

interface Node {
  node_id: number;
  parent_id: number | null;
  scope: string;
  type: string;
  level: string;
  wall_j: number;
  predicted_j: number | null;
}

/** Siblings of one type taken together: twelve layers become one. */
interface Group {
  path: string;
  type: string;
  level: string;
  count: number;
  wall_pct: number;
  predicted_pct: number | null;
  children: Group[];
}

/** Sums of absent predictions are absent. */
const total = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);

function group(members: readonly Node[], below: ReadonlyMap<number, Node[]>, root: Node, above: string): Group {
  const [first] = members;
  const path = above ? `${above}/${first.type}` : first.type;
  const byType = new Map<string, Node[]>();
  for (const child of members.flatMap((member) => below.get(member.node_id) ?? [])) {
    byType.set(child.type, [...(byType.get(child.type) ?? []), child]);
  }
  const predicted_j = total(members.map((member) => member.predicted_j));
  return {
    path,
    type: first.type,
    level: first.level,
    count: members.length,
    wall_pct: (100 * members.reduce((sum, member) => sum + member.wall_j, 0)) / root.wall_j,
    predicted_pct: predicted_j === null || !root.predicted_j ? null : (100 * predicted_j) / root.predicted_j,
    children: [...byType.values()].map((children) => group(children, below, root, path)),
  };
}

async function readTree(context: ReportContext): Promise<Group | null> {
  const { statements } = await context.paper('figure5');
  const nodes = await queryRows<Node>(context.database, new URL('./tree_nodes.sql', import.meta.url), {
    model: statements.model,
  });
  const root = nodes.find((node) => node.parent_id === null);
  if (!root) return null;
  const below = new Map<number, Node[]>();
  for (const node of nodes) {
    if (node.parent_id !== null) below.set(node.parent_id, [...(below.get(node.parent_id) ?? []), node]);
  }
  return group([root], below, root, '');
}

const flat = (of: Group): Group[] => [of, ...of.children.flatMap(flat)];

function share(value: number | null): string {
  if (value === null) return '–';
  return value < 0.005 ? '<0.01' : value.toFixed(value < 1 ? 2 : 1);
}

/** The paper's share of a module, from Table 12; null for what it does not print. */
async function paperShares(context: ReportContext): Promise<(of: Group) => number | null> {
  const [{ statements }, table12] = await Promise.all([context.paper('figure5'), context.paper('table12')]);
  return (of) => paperNumber(table12, { machine: 'PC1', model: statements.model, type: of.type }, 'share');
}

function item(of: Group, paper: (of: Group) => number | null): TreeItem {
  const printed = paper(of);
  const parts = [
    `${share(of.wall_pct)} · ${share(of.predicted_pct)}`,
    ...(printed === null ? [] : [`paper ${printed}`]),
  ];
  return {
    title: of.count > 1 ? `${of.count} × ${of.type}` : of.type,
    detail: parts.join(' · '),
    kind: of.level === 'ml' ? 'primitive' : 'module',
    share: Math.min(1, of.wall_pct / 100),
    children: of.children.map((child) => item(child, paper)),
  };
}

export const figure5: Figure = {
  id: 'figure5',
  title: 'Figure 5: shares of energy in BERT-base’s tree',
  caption: (origin) =>
    `Share of the model’s energy in %, all input sizes and like siblings together: ${origin} · predicted by ours (End2End, seeds averaged) · the paper’s prediction where it prints one. The darker, the greater the ${origin} share.`,
  reads: ['features', 'predictions'],
  paper: ['figure5', 'table12'],
  async build(context) {
    const [tree, paper] = await Promise.all([readTree(context), paperShares(context)]);
    return {
      columns: [
        { name: 'machine', title: 'Machine', unit: '' },
        { name: 'node', title: 'Node', unit: '' },
        { name: 'nodes', title: 'Nodes', unit: '', decimals: 0 },
        { name: 'wall_pct', title: capitalized(context.origin), unit: '%', decimals: 2 },
        { name: 'end2end', title: 'End2End', unit: '%', decimals: 2 },
      ],
      rows: byMachine(
        context,
        (machine, mine) =>
          (tree ? flat(tree) : []).map((of) => ({
            machine,
            node: label(of.path),
            nodes: of.count,
            wall_pct: mine ? of.wall_pct : null,
            end2end: compared(machine.key === 'PC1' ? paper(of) : null, mine ? of.predicted_pct : null),
          })),
        ['PC1'],
      ),
      notes: [
        'The paper’s values are those of Table 12: the numbers in its picture are not in its text.',
        `A node was ${context.origin} alone, so what the children take may add up to more or less than their parent. Shares are of the root, ${context.origin} or predicted; in Table 12 the predicted ones are of the modules together.`,
      ],
    };
  },
  async draw(context) {
    const [tree, paper] = await Promise.all([readTree(context), paperShares(context)]);
    if (!tree) return null;
    const shown = treeSvg(item(tree, context.machine === 'PC1' ? paper : () => null));
    return {
      svg: svgDocument({
        id: 'figure5',
        title: figure5.title,
        description: captionOf(figure5, context),
        source: context.source.label,
        ...shown,
      }),
      csv: csvLines([
        ['node', 'nodes', 'wall_pct', 'predicted_pct', 'paper_pct', 'source'],
        ...flat(tree).map((of) => [of.path, of.count, of.wall_pct, of.predicted_pct, paper(of), context.source.label]),
      ]),
    };
  },
};
