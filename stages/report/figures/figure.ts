/** What a figure of the report is: an output with a picture and the picture's data beside its table. */
import type { Output, ReportContext } from '../output.js';

export interface Drawing {
  /** A whole SVG document: deterministic, legible on light and dark, no external loads. */
  readonly svg: string;
  /** What the picture shows, as CSV. */
  readonly csv: string;
}

export interface Figure extends Output {
  /** Null where there is nothing to draw. */
  readonly draw: (context: ReportContext) => Promise<Drawing | null>;
}
