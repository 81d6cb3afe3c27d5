/** The authors' released files of one device: their names, what their rows are, and where they can be had. */
import type { Part } from './bench.js';

/** File of each part of a tree, in the order in which they are read. */
export const publishedFiles: Readonly<Record<Part, string>> = {
  ml_module: 'ml1_level_features.csv',
  ml_function: 'ml2_level_features.csv',
  module: 'module_level_features.csv',
  model: 'model_level_features.csv',
};

/** Branch `original` of the authors' public repository. */
export const publicAddress = (device: string, file: string): string =>
  `https://raw.githubusercontent.com/StonyBrookNLP/irene/original/datasets/${device}/${file}`;

/** SHA-256 of the files as released, by device. */
export const checksums: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  device_1: {
    'ml1_level_features.csv': 'f5bdfc0a69e8cdbe1fe40a755df313722f284b2ce2d06c950588cb62800f09f2',
    'ml2_level_features.csv': '40be357abe96a005fd18143b3c9a744928c40dfb02ae332c50ca4eda339dc657',
    'model_level_features.csv': '6113f585fa669d49c086e809b12ff5a2b246fe220df0d9e7a7386cff048669f4',
    'module_level_features.csv': 'cd37a025a4547de66d94f1f8f54180ca32c030166d97c8a57f14ffa0105f3c48',
  },
  device_2: {
    'ml1_level_features.csv': '2733f44dbafebf884937c823bf214491203a7260cca29fc5aa5fee554f032c66',
    'ml2_level_features.csv': '2f3430b199ea586d495b165f8dffa345305dbea6de1cdf1eb724648f227069cf',
    'model_level_features.csv': '1f8b8b4f165f766786133507d1c48704254d862ee75592d2003818f2b2408313',
    'module_level_features.csv': '0a0aa18c6e77313c307bd907ec3320725cb6098142900654c7c1f2dc68bdb697',
  },
};
