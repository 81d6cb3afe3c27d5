/**
 * The models that can be traced: shipped families and configurations, and one's own below `data/models` of the working
 * directory, which take precedence. Files are read when first asked for, once in the life of a library.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { abridged } from '../../../pipeline/abridged.js';
import { nearest } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { readConfiguration, resolveDimensions } from './configuration.js';
import { evaluate, type Dimensions } from './expression.js';
import { readFamily, type Family } from './family.js';

export interface Model {
  readonly name: string;
  readonly about: string;
  readonly family: Family;
  /** Values of the family's symbols. */
  readonly dimensions: Dimensions;
  /** The longest input, in tokens. */
  readonly maxLength: number;
  readonly files: { readonly family: string; readonly configuration: string };
}

const extension = '.yaml';

/** A model's name may have a slash, its file may not. */
const fileName = (model: string): string => `${model.replaceAll('/', '--')}${extension}`;
const nameOf = (file: string): string => basename(file, extension).replaceAll('--', '/');

/** One's own come before those that ship. */
export const modelFolders = (): string[] => [
  ...new Set([resolve('data', 'models'), join(packageRoot, 'data', 'models')]),
];

export class Library {
  private readonly models = new Map<string, Model>();
  private readonly families = new Map<string, Family>();

  constructor(private readonly folders: readonly string[] = modelFolders()) {}

  private names(kind: 'configurations' | 'families'): string[] {
    const files = this.folders.map((folder) => join(folder, kind)).filter((folder) => existsSync(folder));
    const names = files.flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith(extension))
        .map(nameOf),
    );
    return [...new Set(names)].sort();
  }

  private find(kind: 'configurations' | 'families', name: string): string | undefined {
    return this.folders.map((folder) => join(folder, kind, fileName(name))).find((file) => existsSync(file));
  }

  /** Names of all model configurations, sorted. */
  modelNames(): string[] {
    return this.names('configurations');
  }

  /** Names of all families, sorted. */
  familyNames(): string[] {
    return this.names('families');
  }

  /** Throws a UsageError where the family is unknown or its file is wrong. */
  family(name: string): Family {
    const known = this.families.get(name);
    if (known) return known;
    const file = this.find('families', name);
    if (!file) throw new UsageError(unknown('family', name, this.familyNames()));
    const family = readFamily(file);
    if (family.family !== name) throw new UsageError(`${file}:1:1 family: expected the name the file has: ${name}`);
    this.families.set(name, family);
    return family;
  }

  /** Throws a UsageError where the model is unknown or one of its files is wrong. */
  model(name: string): Model {
    const known = this.models.get(name);
    if (known) return known;
    const file = this.find('configurations', name);
    if (!file) {
      const hint = 'see `pipeline list models`, or data/models/README.md to describe one of your own';
      throw new UsageError(unknown('model', name, this.modelNames()), hint);
    }
    const families = { names: () => this.familyNames(), get: (family: string) => this.family(family) };
    const configuration = readConfiguration(file, name, families);
    const family = this.family(configuration.family);
    const dimensions = resolveDimensions(family, configuration.dimensions);
    const model: Model = {
      name,
      about: configuration.about,
      family,
      dimensions,
      maxLength: evaluate(family.max_length, dimensions),
      files: { family: this.find('families', configuration.family)!, configuration: file },
    };
    this.models.set(name, model);
    return model;
  }
}

/** "unknown model "bert-base"; nearest: bert-base-uncased", or some of those that there are. */
export function unknown(kind: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `unknown ${kind} "${name}"; ${near ? `nearest: ${near}` : `known: ${abridged(known, 6)}`}`;
}
