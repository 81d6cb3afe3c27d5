/** How the values of a run came about, in the one word that stands before each of them in print. */
import type { Source } from '../../../pipeline/stage.js';

const origins = ['simulated', 'replayed', 'measured'] as const;

/** Both `measured energy` and `was measured` must read well. */
export type Origin = (typeof origins)[number];

/** By its label, which is what the reader sees: a live session with a simulated meter measured nothing. */
export function originOf({ label }: Pick<Source, 'label'>): Origin {
  const origin = origins.find((word) => label.includes(word));
  if (!origin)
    throw new Error(`the source label "${label}" does not say how the values came about: ${origins.join(', ')}`);
  return origin;
}

/** `Measured`, at the head of a column or sentence. */
export const capitalized = (origin: Origin): string => origin[0].toUpperCase() + origin.slice(1);
