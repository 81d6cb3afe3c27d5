/** The frame of every picture: title for screen readers, the source label, colours for light and dark. */
import { escapeHtml } from '../render/html.js';
import { darkStyle, palette } from './palette.js';

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
  return `<svg xmlns="http://www.w3.org/2000/svg" class="figure" fill="${palette.ink}" font-family="system-ui, sans-serif" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}">
<title id="${id}-title">${escapeHtml(title)}</title>
<desc id="${id}-desc">${escapeHtml(description)}</desc>
<style>${darkStyle}</style>
<rect fill="${palette.ground}" width="${width}" height="${whole}"/>
${body}
<text fill="${palette.muted}" x="8" y="${whole - 8}" font-size="11">${escapeHtml(source)}</text>
</svg>
`;
}
