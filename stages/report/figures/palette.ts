/**
 * Colours of the pictures: plain values for light, which every SVG program understands, and a style that turns each into
 * its dark counterpart where the reader prefers dark. Text has a contrast of at least 4.5 : 1 on its ground in both.
 */
const colours = {
  ink: ['#1b1f24', '#e6e9ed'],
  muted: ['#57606a', '#9da7b3'],
  rule: ['#d0d7de', '#3b434d'],
  ground: ['#ffffff', '#14181d'],
  ours: ['#1f5fa8', '#7fb4f0'],
  paper: ['#a64b00', '#f0a35e'],
  primitive: ['#fff3c4', '#4a4014'],
  function: ['#ead9c6', '#4b3a28'],
  module: ['#dcebfa', '#1d3550'],
  share: ['#2566b0', '#4b8fd6'],
} as const;

type Colour = keyof typeof colours;

export const palette = Object.fromEntries(Object.entries(colours).map(([name, [light]]) => [name, light])) as Readonly<
  Record<Colour, string>
>;

const swap = (property: 'fill' | 'stroke', [light, dark]: readonly [string, string]): string =>
  `.figure[${property}="${light}"],.figure [${property}="${light}"]{${property}:${dark}}`;

export const darkStyle = `@media (prefers-color-scheme:dark){${Object.values(colours)
  .flatMap((pair) => [swap('fill', pair), swap('stroke', pair)])
  .join('')}}`;
