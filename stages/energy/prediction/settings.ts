/** What is known of the model that is predicted (METHODS 1), the predictor that uses it, and how both are said. */
import type { Setting } from '../predictors/predictor.js';

export const settings = ['profiled', 'children', 'primitives', 'planned'] as const satisfies readonly Setting[];

/** In words, for the line of every figure: S1 must never read as if it needed no measurement. */
const words: Readonly<Record<Setting, string>> = {
  profiled: 'profiled: with its measured latency and GPU energy',
  children: "children: with its children's measured latency and GPU energy",
  primitives: "primitives: with its primitives' measured latency and GPU energy",
  planned: 'planned: from its specification alone',
};

/** The setting in words; a clock that was told is more than nothing. */
export const settingInWords = (setting: Setting, clockMhz: number | null): string =>
  setting === 'planned' && clockMhz !== null
    ? `planned: from its specification and the GPU's clock, ${clockMhz} MHz`
    : words[setting];

/** The predictor of a setting. */
export function predictorFor(setting: Setting, clockMhz: number | null): string {
  if (setting === 'planned') return clockMhz === null ? 'planned' : 'planned_clock';
  return { profiled: 'law', children: 'children', primitives: 'composition' }[setting];
}

/** Predictors for nodes of which that one says nothing, the one that is told more first, each with its setting. */
export const otherwise = (setting: Setting): readonly (readonly [predictor: string, setting: Setting])[] => {
  if (setting === 'planned') return [];
  const planned = ['planned', 'planned'] as const;
  return setting === 'children' ? [['law', 'profiled'], planned] : [planned];
};
