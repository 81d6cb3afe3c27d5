/**
 * The information settings (METHODS 1) as the tables name them: what is known of the model that is predicted. A
 * figure of one setting says nothing of another, so every line carries its own.
 */
import { beyondMark, titleOf } from './names.js';
import type { Label } from './table_json.js';

export const settings = ['profiled', 'children', 'primitives', 'planned'] as const;
export type Setting = (typeof settings)[number];

/** Known are GPU energy by software and latency; never the wall. Whether they were measured is the source label’s to say. */
const titles: Readonly<Record<Setting, string>> = {
  profiled: 'S1 profiled: each node’s latency and GPU energy known',
  children: 'S1b children known',
  primitives: 'S2 primitives known',
  planned: 'S3 planned: specification alone',
};

/** Predictors that know a little more than their setting says. */
const exceptions: Readonly<Record<string, string>> = {
  planned_clock: 'S3 planned, and told the GPU’s clock',
  planned_catalogue: 'S3 planned: specification, and equal shapes of other models',
};

const titleOfSetting = (setting: string): string => titles[setting as Setting] ?? setting;

/** The setting of a line; `predictor` where it is one that knows more. */
export const settingLabel = (setting: string, predictor = ''): Label => ({
  key: setting,
  title: (setting === 'planned' && exceptions[predictor]) || titleOfSetting(setting),
});

/** `S1`, for a picture's axis. */
export const settingShort = (setting: string): string => titleOfSetting(setting).split(' ')[0].replace(':', '');

/** The predictor of ours that stands for a setting where one must; fixed here, so that none is picked by its error. */
export const representatives: Readonly<Record<Setting, string>> = {
  profiled: 'law',
  children: 'children',
  primitives: 'composition',
  planned: 'planned',
};

export const settingsNote = `Known means of the new model: a node’s latency, and its energy as the GPU’s driver counts it; no line needs a wall meter on it. A primitive has no children: its error in lines S1b and S2 is with its own latency and GPU energy known. ${beyondMark} marks what the paper does not have; ${titleOf('end2end')} and its variants are the paper’s, fitted without its leaks (variant clean).`;
