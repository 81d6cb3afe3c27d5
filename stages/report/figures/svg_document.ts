/** The frame of every picture: title for screen readers, the source label, colours for light and dark. */
import { escapeHtml } from '../render/html.js';

/** Contrast of every text colour on its ground is at least 4.5 : 1 in both. */
const style = `
.figure{--ink:#1b1f24;--muted:#57606a;--rule:#d0d7de;--ground:#ffffff;--ours:#1f5fa8;--paper:#a64b00;--primitive:#fff3c4;--function:#ead9c6;--module:#dcebfa;--share:#1f5fa8}
@media (prefers-color-scheme:dark){.figure{--ink:#e6e9ed;--muted:#9da7b3;--rule:#3b434d;--ground:#14181d;--ours:#7fb4f0;--paper:#f0a35e;--primitive:#4a4014;--function:#4b3a28;--module:#1d3550;--share:#4b8fd6}}
.figure text{fill:var(--ink);font-family:system-ui,sans-serif}
.figure .muted{fill:var(--muted)}
.figure .link{fill:none;stroke:var(--muted);stroke-width:1}
.figure .box{stroke:var(--muted);stroke-width:1}
.figure .primitive{fill:var(--primitive)}
.figure .function{fill:var(--function)}
.figure .module{fill:var(--module)}
.figure .ground{fill:var(--ground)}
.figure .share{fill:var(--share)}
`.trim();

export interface SvgParts {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly source: string;
  readonly width: number;
  readonly height: number;
  /** Elements, already escaped. */
  readonly body: string;
}

/** Room for the line that names the source. */
const footer = 22;

export function svgDocument({ id, title, description, source, width, height, body }: SvgParts): string {
  const whole = height + footer;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="figure" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}">
<title id="${id}-title">${escapeHtml(title)}</title>
<desc id="${id}-desc">${escapeHtml(description)}</desc>
<style>${style}</style>
<rect class="ground" width="${width}" height="${whole}"/>
${body}
<text class="muted" x="8" y="${whole - 8}" font-size="11">${escapeHtml(source)}</text>
</svg>
`;
}
