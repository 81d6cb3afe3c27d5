/** Charts with Observable Plot on linkedom. Both are loaded only where a chart is drawn. */
import type { PlotOptions } from '@observablehq/plot';
import { palette } from './palette.js';

export type Plot = typeof import('@observablehq/plot');

/** The chart's elements for `svgDocument`: Plot's own style is left out, the document's colours are inherited. */
export async function chartBody(options: (plot: Plot) => PlotOptions): Promise<string> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const drawn = plot.plot({ document: document as never, ...options(plot) });
  drawn.querySelector('style')?.remove();
  drawn.removeAttribute('class');
  return drawn.outerHTML.replaceAll('currentColor', palette.ink);
}
