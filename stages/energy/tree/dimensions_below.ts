/** The dimensions of a configuration on which the work of a module depends: what tells its signature from others'. */
import { dimensionsOf } from './expression.js';
import type { Family } from './family.js';
import { stepDimensions } from './step.js';
import { tensorDimensions } from './tensor.js';

const known = new WeakMap<Family, Map<string, readonly string[]>>();

/** Symbols of the family's dimensions, in its order; those of derived dimensions in their place. */
export function dimensionsBelow(family: Family, module: string): readonly string[] {
  const ofFamily = known.get(family) ?? new Map<string, readonly string[]>();
  known.set(family, ofFamily);
  const found = ofFamily.get(module) ?? collect(family, module);
  ofFamily.set(module, found);
  return found;
}

function collect({ modules, dimensions, derived }: Family, root: string): string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const visit = (module: string): void => {
    if (seen.has(module) || !Object.hasOwn(modules, module)) return;
    seen.add(module);
    const { takes, steps } = modules[module];
    for (const name of [...takes.flatMap(tensorDimensions), ...steps.flatMap(stepDimensions)]) names.add(name);
    for (const { runs } of steps) visit(runs);
  };
  visit(root);
  for (const [name, expression] of Object.entries(derived).reverse()) {
    if (names.has(name)) for (const below of dimensionsOf(expression)) names.add(below);
  }
  return Object.keys(dimensions).filter((name) => names.has(name));
}
