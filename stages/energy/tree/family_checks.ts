/** What a family description must fulfil beyond its form: every name known, every module used, no module in itself. */
import { nearest } from '../../../pipeline/config/nearest.js';
import { operatorNames } from './count.js';
import { dimensionsOf } from './expression.js';
import type { Family, Module } from './family.js';
import { primitiveNames, primitives } from './primitives.js';
import { stepDimensions, type Step } from './step.js';
import { tensorDimensions } from './tensor.js';

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Dimensions of the workload: batch size and length. */
export const workloadDimensions: readonly string[] = ['b', 's'];

const operatorsOfTwo = ['matmul', 'bmm', 'addmm', 'embedding'];

function unknown(kind: string, name: string, valid: readonly string[]): string {
  const near = nearest(name, valid);
  return `unknown ${kind} "${name}"; ${near ? `nearest: ${near}` : `known: ${valid.join(', ')}`}`;
}

/** All problems, in the order of the file. */
export function checkFamily(family: Family): Problem[] {
  const dimensions = Object.keys(family.dimensions);
  const problems: Problem[] = dimensions
    .filter((name) => workloadDimensions.includes(name))
    .map((name) => ({ path: ['dimensions', name], message: `${name} is a dimension of the workload` }));
  const known = [...dimensions];
  const unknownIn = (names: readonly string[], path: Problem['path'], valid: readonly string[]): void => {
    for (const name of new Set(names)) {
      if (!valid.includes(name)) problems.push({ path, message: unknown('dimension', name, valid) });
    }
  };
  for (const [name, expression] of Object.entries(family.derived)) {
    unknownIn(dimensionsOf(expression), ['derived', name], known);
    known.push(name);
  }
  unknownIn(dimensionsOf(family.max_length), ['max_length'], known);
  const all = [...workloadDimensions, ...known];
  if (!Object.hasOwn(family.modules, family.root)) {
    problems.push({ path: ['root'], message: unknown('module', family.root, Object.keys(family.modules)) });
  }
  for (const [name, module] of Object.entries(family.modules)) {
    unknownIn(module.takes.flatMap(tensorDimensions), ['modules', name, 'takes'], all);
    module.steps.forEach((step, i) => {
      const path = ['modules', name, 'steps', i];
      for (const message of checkStep(step, family)) problems.push({ path, message });
      unknownIn(stepDimensions(step), path, all);
    });
    for (const i of repeatedChildren(module)) {
      problems.push({ path: ['modules', name, 'steps', i], message: `a second child ${module.steps[i].child}` });
    }
  }
  return [...problems, ...checkUse(family)];
}

function checkStep(step: Step, { modules }: Family): string[] {
  const { runs, child, inputs, output } = step;
  if (Object.hasOwn(modules, runs)) {
    if (child === null) return [`module ${runs} needs a name: "name = ${runs}"`];
    return inputs.length > 0 || output ? [`module ${runs} takes its shapes from its own description`] : [];
  }
  if (Object.hasOwn(primitives, runs)) {
    const primitive = primitives[runs];
    if (primitive.kind === 'module' && child === null) return [`${runs} needs a name: "name = ${runs} …"`];
    if (primitive.kind === 'function' && child !== null) return [`${runs} is a function: it has no name`];
    if (inputs.length !== primitive.inputs) return [expectedInputs(runs, primitive.inputs, inputs.length)];
    if (primitive.output !== (output !== null)) {
      return [
        primitive.output ? `${runs} needs its output: "-> (…)"` : `the output of ${runs} follows from its inputs`,
      ];
    }
    return [];
  }
  if (!operatorNames.includes(runs)) {
    const kind = child === null ? 'operator' : 'module';
    const valid = child === null ? [...operatorNames, ...primitiveNames] : [...Object.keys(modules), ...primitiveNames];
    return [unknown(kind, runs, valid)];
  }
  if (child !== null) return [`${runs} is an operator: it has no name`];
  if (operatorsOfTwo.includes(runs) && inputs.length < 2) return [expectedInputs(runs, 2, inputs.length)];
  return inputs.length === 0 && !output ? [`${runs} needs an input or "-> (…)"`] : [];
}

const expectedInputs = (name: string, expected: number, found: number): string =>
  `${name} takes ${expected} shape${expected === 1 ? '' : 's'}, found ${found}`;

function repeatedChildren({ steps }: Module): number[] {
  const names = steps.map(({ child }) => child);
  return names.flatMap((name, i) => (name !== null && names.indexOf(name) < i ? [i] : []));
}

/** Walks from the root: a module met again below itself has no end, one never met is of no use. */
function checkUse({ modules, root }: Family): Problem[] {
  const used = new Set<string>();
  const problems: Problem[] = [];
  const visit = (name: string, above: readonly string[]): void => {
    if (above.includes(name)) {
      problems.push({ path: ['modules', name], message: `${[...above, name].join(' → ')}: a module inside itself` });
    } else if (Object.hasOwn(modules, name) && (!used.has(name) || above.length === 0)) {
      used.add(name);
      for (const { runs } of modules[name].steps) visit(runs, [...above, name]);
    }
  };
  visit(root, []);
  const unused = Object.hasOwn(modules, root) ? Object.keys(modules).filter((name) => !used.has(name)) : [];
  return [...problems, ...unused.map((name) => ({ path: ['modules', name], message: `no module runs ${name}` }))];
}
