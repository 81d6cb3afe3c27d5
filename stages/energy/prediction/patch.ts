/**
 * A change to a model or its workload, as `what-if` is given it: another hidden size, fewer layers, another activation,
 * another batch. A YAML file of it stands over the configuration, key for key:
 *
 *     dimensions: { layers: 6, hidden: 512, heads: 8 }     the names of the family's configurations
 *     activation: relu                                     what the feed-forward modules run
 *     batch: 32                                            inputs of a batch
 *     length: 64                                           tokens of an input
 *
 * Dimensions may stand without `dimensions`, as in `--set layers=6`.
 */
import { z } from 'zod';
import { proposal } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';
import { readYaml } from '../../../pipeline/yaml.js';
import { activations, type Activation } from '../tree/activation.js';
import type { Sizes } from './described_model.js';

export interface Patch {
  readonly dimensions: Readonly<Record<string, number>>;
  readonly activation: Activation | null;
  readonly batchSize: number | null;
  readonly length: number | null;
}

const size = z.int('expected a positive whole number').positive('expected a positive whole number').optional();

/** What may be patched of a model, by its family's dimensions. */
function schemaFor(dimensions: readonly string[]) {
  const sizes = Object.fromEntries(dimensions.map((name) => [name, size]));
  const own = { ...sizes, activation: z.enum(activations).optional(), batch: size, length: size };
  return z.strictObject({ ...own, dimensions: z.strictObject(sizes).optional() });
}

type Raw = Readonly<Record<string, unknown>>;

function patchOf(raw: Raw, dimensions: readonly string[]): Patch {
  const flat = { ...(raw.dimensions as Raw | undefined), ...raw };
  const chosen = dimensions.filter((name) => flat[name] !== undefined).map((name) => [name, flat[name] as number]);
  return {
    dimensions: Object.fromEntries(chosen) as Record<string, number>,
    activation: (raw.activation as Activation | undefined) ?? null,
    batchSize: (raw.batch as number | undefined) ?? null,
    length: (raw.length as number | undefined) ?? null,
  };
}

/** The dimensions that a configuration of the model has. */
const dimensionsOf = ({ family }: Sizes): string[] => Object.values(family.dimensions);

/** A patch in a YAML file. Throws a UsageError with every problem, its place and the nearest key. */
export function readPatch(file: string, model: Sizes): Patch {
  const dimensions = dimensionsOf(model);
  return patchOf(readYaml(file, schemaFor(dimensions)) as Raw, dimensions);
}

/** The value of one `--set` word. Throws a UsageError with the nearest key, or what the value should be. */
function valueOf(key: string, text: string, dimensions: readonly string[]): number | string {
  const keys = [...dimensions, 'activation', 'batch', 'length'];
  if (!keys.includes(key)) throw new UsageError(`--set ${key}: it cannot be changed; ${proposal(key, keys)}`);
  if (key === 'activation') {
    if ((activations as readonly string[]).includes(text)) return text;
    throw new UsageError(`--set activation: ${text} is not known; ${proposal(text, activations)}`);
  }
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`--set ${key}: expected a positive whole number, received ${JSON.stringify(text)}`);
}

/** A patch of `key=value` words. Throws a UsageError with the nearest key, or what a value should be. */
export function parsePatch(words: readonly string[], model: Sizes): Patch {
  const dimensions = dimensionsOf(model);
  const raw: Record<string, number | string> = {};
  for (const word of words) {
    const [, key, text] = /^([^=]+)=(.*)$/.exec(word) ?? [];
    if (key === undefined) throw new UsageError(`--set ${word}: expected KEY=VALUE, e.g. --set layers=6`);
    if (key in raw) throw new UsageError(`--set ${key} is given more than once`);
    raw[key] = valueOf(key, text, dimensions);
  }
  return patchOf(raw, dimensions);
}

/** Both patches; what the second says counts. */
export const mergePatches = (first: Patch, second: Patch): Patch => ({
  dimensions: { ...first.dimensions, ...second.dimensions },
  activation: second.activation ?? first.activation,
  batchSize: second.batchSize ?? first.batchSize,
  length: second.length ?? first.length,
});

/** What a patch says, in words: `layers 6, activation relu, batch 32`. */
export const patchInWords = ({ dimensions, activation, batchSize, length }: Patch): string =>
  [
    ...Object.entries(dimensions).map(([name, value]) => `${name} ${value}`),
    ...(activation ? [`activation ${activation}`] : []),
    ...(batchSize === null ? [] : [`batch ${batchSize}`]),
    ...(length === null ? [] : [`length ${length}`]),
  ].join(', ');

export const isEmptyPatch = (patch: Patch): boolean => patchInWords(patch) === '';

/** The sizes of the patched model, named after what was changed. */
export function patched(model: Sizes, patch: Patch): Sizes {
  const ofModel = { ...patch, batchSize: null, length: null };
  return isEmptyPatch(ofModel)
    ? model
    : {
        ...model,
        name: `${model.name} with ${patchInWords(ofModel)}`,
        dimensions: { ...model.dimensions, ...patch.dimensions },
        activation: patch.activation ?? model.activation ?? null,
      };
}
