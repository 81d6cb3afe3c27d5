/** A small tree as boxes from left to right: modules rounded, primitives square. */
import { hierarchy, tree, type HierarchyPointNode } from 'd3-hierarchy';
import { escapeHtml } from '../render/html.js';
import { palette } from './palette.js';

export interface TreeItem {
  readonly title: string;
  /** A second, smaller line. */
  readonly detail?: string;
  readonly kind: 'module' | 'primitive' | 'function';
  /** 0 to 1: how strongly the box is tinted, in the place of its kind's colour. */
  readonly share?: number;
  readonly children: readonly TreeItem[];
}

const gap = { column: 34, row: 10 };
const padding = 12;
/** A mean advance of the system fonts at 12 px; boxes only need to be wide enough. */
const characterWidth = 6.9;
const detailWidth = 6.1;

/** Opacity of the tint of a node that takes everything: text stays readable on it. */
const deepest = 0.45;

const lineHeight = (detail: boolean): number => (detail ? 40 : 26);

/** Coordinates to a tenth of a pixel: enough for the eye, and the same bytes everywhere. */
const at = (value: number): string => String(Math.round(value * 10) / 10);

const textWidth = ({ title, detail = '' }: TreeItem): number =>
  Math.ceil(Math.max(title.length * characterWidth, detail.length * detailWidth) + 16);

function columnsOf(root: HierarchyPointNode<TreeItem>): { x: number; width: number }[] {
  const widths: number[] = [];
  root.each((node) => void (widths[node.depth] = Math.max(widths[node.depth] ?? 0, textWidth(node.data))));
  let x = padding;
  return widths.map((width) => {
    const column = { x, width };
    x += width + gap.column;
    return column;
  });
}

function boxSvg({ title, detail, kind, share }: TreeItem, x: number, y: number, width: number, height: number): string {
  const radius = kind === 'module' ? height / 2.6 : 2;
  const shape = `x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${height}" rx="${at(radius)}"`;
  const middle = at(x + width / 2);
  const rect = (fill: string, rest: string): string => `<rect ${shape} fill="${fill}"${rest}/>`;
  const border = ` stroke="${palette.muted}"`;
  const tint =
    share === undefined
      ? rect(palette[kind], border)
      : rect(palette.ground, border) + rect(palette.share, ` fill-opacity="${(share * deepest).toFixed(3)}"`);
  const first = `<text x="${middle}" y="${at(y + (detail ? 16 : height / 2 + 4.5))}" text-anchor="middle" font-size="12">${escapeHtml(title)}</text>`;
  const second = detail
    ? `<text x="${middle}" y="${at(y + 31)}" text-anchor="middle" font-size="11">${escapeHtml(detail)}</text>`
    : '';
  return tint + first + second;
}

/** The boxes with their links, and the size of the whole. */
export function treeSvg(root: TreeItem): { width: number; height: number; body: string } {
  const data = hierarchy<TreeItem>(root, (item) => [...item.children]);
  const height = lineHeight(data.descendants().some((node) => node.data.detail !== undefined));
  const laid = tree<TreeItem>()
    .nodeSize([height + gap.row, 1])
    .separation(() => 1)(data);
  const columns = columnsOf(laid);
  const top = Math.min(...laid.descendants().map((node) => node.x));
  const y = (node: HierarchyPointNode<TreeItem>): number => node.x - top + padding;
  const links = laid.links().map(({ source, target }) => {
    const from = columns[source.depth].x + columns[source.depth].width;
    const to = columns[target.depth].x;
    const middle = at((from + to) / 2);
    const [a, b] = [at(y(source) + height / 2), at(y(target) + height / 2)];
    return `<path fill="none" stroke="${palette.muted}" d="M${at(from)},${a}C${middle},${a} ${middle},${b} ${at(to)},${b}"/>`;
  });
  const boxes = laid
    .descendants()
    .map((node) => boxSvg(node.data, columns[node.depth].x, y(node), columns[node.depth].width, height));
  const last = columns.at(-1)!;
  const bottom = Math.max(...laid.descendants().map(y)) + height + padding;
  return {
    width: Math.ceil(last.x + last.width + padding),
    height: Math.ceil(bottom),
    body: [...links, ...boxes].join('\n'),
  };
}
