/**
 * The model that is to be predicted, however it is described: a configuration by name or in a YAML file, a Hugging Face
 * `config.json`, a tree exported by the tracer, or the code that PyTorch is to trace.
 */
import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import { readBounded } from '../../../pipeline/bounded_file.js';
import { UsageError } from '../../../pipeline/errors.js';
import { readYaml } from '../../../pipeline/yaml.js';
import { buildTree, type Workload } from '../tree/build.js';
import { readConfiguration, resolveDimensions } from '../tree/configuration.js';
import { evaluate, type Dimensions } from '../tree/expression.js';
import type { Family } from '../tree/family.js';
import { activationOf, withActivation, type Activation } from '../tree/activation.js';
import { Library } from '../tree/library.js';
import { NotationError } from '../tree/scanner.js';
import { modelNode, type ModelNode } from './model_node.js';

export interface DescribedModel {
  /** As printed: a configuration's name, or the path of the file that describes it. */
  readonly name: string;
  /** Class of the whole model. */
  readonly root: string;
  /** What is known of its origin, in words. */
  readonly about: string;
  /** Why no model like it was measured: each makes every prediction of it extrapolated. */
  readonly differences: readonly string[];
  /** What was assumed where the description says nothing. */
  readonly assumptions: readonly string[];
  /** The family and sizes that it is built from, to change them; null where it was traced. */
  readonly sizes: Sizes | null;
  /** The workloads that a trace has; null where any can be built. */
  readonly workloads: readonly Workload[] | null;
  /** Its tree, depth first. Throws a UsageError for a length beyond its positions, or a workload that a trace lacks. */
  readonly tree: (workload: Workload) => readonly ModelNode[];
}

/** A family and the sizes that make a model of it, by the family's names. */
export interface Sizes {
  readonly name: string;
  readonly about: string;
  readonly family: Family;
  readonly dimensions: Readonly<Record<string, number>>;
  /** What its feed-forward modules run; null for what the family's do. */
  readonly activation?: Activation | null;
  readonly differences?: readonly string[];
  readonly assumptions?: readonly string[];
}

/** A model of these sizes. Throws a UsageError where they do not go together. */
export function modelOfSizes(sizes: Sizes): DescribedModel {
  const { name, about, dimensions: given, activation = null, differences = [], assumptions = [] } = sizes;
  const own = activationOf(sizes.family);
  const changed = activation !== null && activation !== own;
  const family = changed ? withActivation(sizes.family, activation) : sizes.family;
  const dimensions = resolve(name, family, given);
  const maxLength = evaluate(family.max_length, dimensions);
  return {
    name,
    root: family.root,
    about,
    differences: [
      ...differences,
      ...(changed ? [`it runs ${activation} where the fitted models of its family run ${own}`] : []),
    ],
    assumptions,
    sizes,
    workloads: null,
    tree: (workload) => {
      checkLength(name, workload.length, maxLength);
      const model = { name, about, family, dimensions, maxLength, files: { family: '', configuration: '' } };
      return buildTree(model, workload).map(modelNode);
    },
  };
}

function resolve(name: string, family: Family, given: Readonly<Record<string, number>>): Dimensions {
  try {
    return resolveDimensions(family, given);
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    throw new UsageError(`${name}: ${error.message}`, undefined, { cause: error });
  }
}

function checkLength(name: string, length: number, maxLength: number): void {
  if (length <= maxLength) return;
  throw new UsageError(
    `length ${length} is beyond the ${maxLength} positions of ${name}`,
    `choose lengths up to ${maxLength}`,
  );
}

function configured(library: Library, name: string): DescribedModel {
  const { about, family, dimensions } = library.model(name);
  return modelOfSizes({ name, about, family, dimensions: named(family, dimensions) });
}

/** Values of symbols by the names that a configuration gives them. */
const named = (family: Family, dimensions: Dimensions): Record<string, number> =>
  Object.fromEntries(Object.entries(family.dimensions).map(([symbol, name]) => [name, dimensions[symbol]]));

/** A YAML file in the form of data/models/configurations/, wherever it lies and however it is named. */
function configurationFile(library: Library, file: string): DescribedModel {
  const { model } = readYaml(file, z.looseObject({ model: z.string() }));
  const families = { names: () => library.familyNames(), get: (name: string) => library.family(name) };
  const { about, family, dimensions } = readConfiguration(file, model, families);
  return modelOfSizes({ name: model, about, family: library.family(family), dimensions });
}

/** A trace has some 500 bytes a node and operator. */
const largest_mib = 256;

function readJson(file: string): unknown {
  if (!existsSync(file)) throw new UsageError(`${file}: there is no such file`, 'see `pipeline list models` for names');
  if (statSync(file).isDirectory()) throw new UsageError(`${file}: that is a folder; expected its config.json`);
  try {
    return JSON.parse(readBounded(file, largest_mib).toString('utf8'));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: it is no JSON: ${(error as Error).message}`, undefined, { cause: error });
  }
}

/** The workloads that code is traced for: every batch size with every length. */
export interface TracedSizes {
  readonly batchSizes: readonly number[];
  readonly lengths: readonly number[];
}

/** What `file.py:function` gives, as PyTorch traces it. */
async function tracedCode(code: string, sizes: TracedSizes): Promise<DescribedModel> {
  const { traceWithTorch } = await import('../tree/torch_tracer.js');
  const { tracedTree } = await import('./traced_tree.js');
  return tracedTree(code, JSON.parse(await traceWithTorch({ model: code, name: code, ...sizes })) as object);
}

/**
 * The model of a name, a file or code; code is traced for `sizes`. Throws a UsageError where there is none, or the file
 * is neither a configuration nor a tree, and an UnavailableError where code is given and PyTorch is not there.
 */
export async function describeModel(
  nameOrFile: string,
  library = new Library(),
  sizes: TracedSizes = { batchSizes: [16], lengths: [128] },
): Promise<DescribedModel> {
  if (/\.py:\w+$/.test(nameOrFile)) return tracedCode(nameOrFile, sizes);
  if (/\.ya?ml$/i.test(nameOrFile)) return configurationFile(library, nameOrFile);
  if (!/\.json$/i.test(nameOrFile)) return configured(library, nameOrFile);
  const content = readJson(nameOrFile);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UsageError(
      `${nameOrFile}: expected a mapping: a Hugging Face config.json, or a tree with model, nodes and operators`,
    );
  }
  if ('nodes' in content) return (await import('./traced_tree.js')).tracedTree(nameOrFile, content);
  return (await import('./transformers_config.js')).transformersModel(nameOrFile, library);
}
