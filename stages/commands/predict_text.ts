/** A prediction on a terminal: the answer in the first line, then where the energy goes. */
import { alignColumns, type Terminal } from '../../pipeline/terminal.js';
import type { PredictedTree } from '../energy/prediction/predict_model.js';
import { settingInWords } from '../energy/prediction/settings.js';
import { extrapolations } from './extrapolations.js';
import { breakdown, childrenText, labelOf, ownText, type Branch } from './breakdown.js';
import {
  costText,
  energyText,
  headingOf,
  intervalText,
  kwhText,
  latencyText,
  leadOf,
  partsText,
  settingText,
  shareText,
} from './figures.js';

interface Shown {
  readonly price: number;
  readonly depth: number;
}

/** Cells of a bar of 100 %. */
const barWidth = 20;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of blocks, in eighths of a cell. */
export function bar(sharePct: number): string {
  const parts = Math.round((Math.min(100, Math.max(0, sharePct)) / 100) * barWidth * 8);
  return '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}

/** `4.12 J a batch (3.9 to 4.4, 90 %), 0.072 kWh per million inputs, 0.94 cents – planned: …`; said of the GPU's alone. */
export function answerLine(tree: PredictedTree, price: number): string {
  const { value, interval } = intervalText(tree.root, tree.coverage);
  const cost = `${kwhText(tree)} per million inputs, ${costText(tree, price)}`;
  return `${leadOf(tree)}${value} a batch (${interval}), ${cost} – ${settingText(tree)}`;
}

/** What it is the energy of. */
export const contextLine = ({ model, root, batchSize, length, bench, source }: PredictedTree): string =>
  `${model} (${root.type}), batch size ${batchSize}, length ${length}, on ${bench} (${source}), ${latencyText(root.latencyS)} a batch`;

/** Titles of the breakdown. */
const headOf = (tree: PredictedTree): string[] => ['', '', 'share', headingOf(tree, 'energy'), 'its children', 'own'];

/** Lines of a tree, as its head says. */
function rowsOf(branch: Branch, lead = '', below = ''): string[][] {
  const row = [lead + labelOf(branch) + (branch.extrapolatedBy === null ? '' : ' *'), bar(branch.sharePct), shareText(branch.sharePct), energyText(branch.wallJ), childrenText(branch), ownText(branch)]; // prettier-ignore
  const last = branch.branches.length - 1;
  return [
    row,
    ...branch.branches.flatMap((child, i) =>
      rowsOf(child, `${below}${i === last ? '└ ' : '├ '}`, `${below}${i === last ? '  ' : '│ '}`),
    ),
  ];
}

/** What the predictor adds up. */
function partsLine({ root: { parts } }: PredictedTree): string[] {
  return parts.length === 0 ? [] : [`of which ${partsText(parts)}`];
}

/** The breakdown; where it rests on less than the answer does, that is said above it. */
function treeLines(tree: PredictedTree, depth: number): string[] {
  const below = tree.nodes.find(({ setting }) => setting !== tree.setting);
  const less = below ? [`below the model: ${settingInWords(below.setting, null)}`] : [];
  return ['', ...less, alignColumns([headOf(tree), ...rowsOf(breakdown(tree.nodes, depth))], new Set([2, 3, 4]))];
}

function table(trees: readonly PredictedTree[], price: number): string {
  const of = (title: string): string => headingOf(trees[0], title);
  const columns = [
    'batch',
    'length',
    of('J a batch'),
    'interval',
    'latency',
    of('per million inputs'),
    of('cost'),
    'setting',
  ];
  const rows = trees.map((tree) => {
    const { value, interval } = intervalText(tree.root, tree.coverage);
    const mark = tree.root.extrapolatedBy === null ? '' : ' *';
    return [String(tree.batchSize), String(tree.length), value + mark, interval, latencyText(tree.root.latencyS), kwhText(tree), costText(tree, price), settingText(tree)]; // prettier-ignore
  });
  return alignColumns([columns, ...rows], new Set([0, 1, 2, 4, 5, 6]));
}

/** The lines for stdout, and what there is to warn of. */
export function predictText(
  trees: readonly PredictedTree[],
  { price, depth }: Shown,
  { style }: Pick<Terminal, 'style'>,
): { readonly lines: string[]; readonly warnings: string[] } {
  const warnings = extrapolations(trees);
  if (trees.length === 1) {
    const [tree] = trees;
    return {
      lines: [style.bold(answerLine(tree, price)), contextLine(tree), ...partsLine(tree), ...treeLines(tree, depth)],
      warnings,
    };
  }
  const [{ model, root, bench, source }] = trees;
  return {
    lines: [`${leadOf(trees[0])}${model} (${root.type}) on ${bench} (${source})`, '', table(trees, price)],
    warnings,
  };
}
