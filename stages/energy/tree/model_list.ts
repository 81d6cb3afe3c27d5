/** What `list models` tells: every configuration that can be traced, with its sizes. */
import { compute } from './compute.js';
import { Library } from './library.js';

export interface ModelSummary {
  readonly model: string;
  readonly family: string;
  /** By the names that the configuration gives: `{ hidden: 768, layers: 12, … }`. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** The longest input, in tokens. */
  readonly max_length: number;
  readonly num_parameters: number;
  readonly about: string;
}

/** All models, sorted by name. Throws a UsageError where a file is wrong. */
export function modelList(library = new Library()): ModelSummary[] {
  return library.modelNames().map((name) => {
    const model = library.model(name);
    const { family, dimensions, maxLength, about } = model;
    return {
      model: name,
      family: family.family,
      dimensions: Object.fromEntries(
        Object.entries(family.dimensions).map(([symbol, key]) => [key, dimensions[symbol]]),
      ),
      max_length: maxLength,
      num_parameters: compute(model, 1, 1).parameters,
      about,
    };
  });
}
