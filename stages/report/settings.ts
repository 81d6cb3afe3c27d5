/**
 * The information settings (METHODS 1) as the tables name them: what was measured of the model that is predicted. A
 * figure of one setting says nothing of another, so every line carries its own.
 */
import { beyondMark, titleOf } from './names.js';
import type { Label } from './table_json.js';

export const settings = ['profiled', 'children', 'primitives', 'planned'] as const;
export type Setting = (typeof settings)[number];

/** Measured is GPU energy by software and latency; never the wall. */
const titles: Readonly<Record<Setting, string>> = {
  profiled: 'S1 profiled: each node’s latency and GPU energy measured',
  children: 'S1b children measured',
  primitives: 'S2 primitives measured',
  planned: 'S3 planned: nothing measured',
};

/** Predictors that know a little more than their setting says. */
const exceptions: Readonly<Record<string, string>> = {
  planned_clock: 'S3 planned, and told the GPU’s clock',
  planned_catalogue: 'S3 planned: nothing measured of it, equal shapes of others were',
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

export const settingsNote = `Measured means of the new model: a node’s latency, and its energy as the GPU’s driver counts it; no line needs a wall meter on it. A primitive has no children: its error in lines S1b and S2 is with its own latency and GPU energy measured. ${beyondMark} marks what the paper does not have; ${titleOf('end2end')} and its variants are the paper’s, fitted without its leaks (variant clean).`;
