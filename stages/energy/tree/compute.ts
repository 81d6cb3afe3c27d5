/** What a module of a model computes for one workload: its counts, its own operators and its children. */
import { count, defaultOutput, type Counts } from './count.js';
import { dimensionsBelow } from './dimensions_below.js';
import { evaluate, type Dimensions } from './expression.js';
import type { Model } from './library.js';
import { primitives, type OperatorCall } from './primitives.js';
import type { Step } from './step.js';
import { concrete, shapesText, volume, type Tensor } from './tensor.js';

/** An operator that a node runs itself, with what it counts. */
export interface CountedOperator extends OperatorCall, Counts {}

export interface Child {
  /** Empty for a function. */
  readonly name: string;
  /** Length of the ModuleList; null for a single child. */
  readonly times: number | null;
  readonly computation: Computation;
}

export interface Computation {
  /** Class of the module, or MatMul or Softmax. */
  readonly type: string;
  readonly level: 'ml' | 'module' | 'model';
  /** Parameters of the module and all below it. */
  readonly parameters: number;
  /** What it takes in, weights included. */
  readonly inputs: readonly Tensor[];
  /** Counted as the authors did, all below it included. */
  readonly flops: number;
  readonly memBytes: number;
  /** The true computation: type, shapes, dtype, parameters. Equal ones are equal work. */
  readonly signature: string;
  /** What it runs itself, in order of execution. */
  readonly operators: readonly CountedOperator[];
  readonly children: readonly Child[];
}

/** The whole model's computation; children that are equal are one object. */
export function compute(model: Model, batchSize: number, length: number): Computation {
  return new Compiler(model, { ...model.dimensions, b: batchSize, s: length }).module(model.family.root);
}

class Compiler {
  private readonly done = new Map<string, Computation>();

  constructor(
    private readonly model: Model,
    private readonly dimensions: Dimensions,
  ) {}

  module(type: string): Computation {
    const known = this.done.get(type);
    if (known) return known;
    const { family } = this.model;
    const { takes, steps } = family.modules[type];
    const inputs = takes.map((tensor) => concrete(tensor, this.dimensions));
    const operators = steps.filter((step) => this.isOperator(step)).map((step) => this.operator(step));
    const children = steps.filter((step) => !this.isOperator(step)).map((step) => this.child(step));
    const sum = (of: (computation: Computation) => number): number =>
      children.reduce((total, { times, computation }) => total + (times ?? 1) * of(computation), 0);
    const parameters = sum((child) => child.parameters);
    const settings = dimensionsBelow(family, type).map((name) => `${name}=${this.dimensions[name]}`);
    const computation: Computation = {
      type,
      level: type === family.root ? 'model' : 'module',
      parameters,
      inputs,
      flops: sum((child) => child.flops) + total(operators, 'flops'),
      memBytes: sum((child) => child.memBytes) + total(operators, 'memBytes'),
      signature: `${family.family}/${signature(type, inputs, settings, parameters)}`,
      operators,
      children,
    };
    this.done.set(type, computation);
    return computation;
  }

  private isOperator({ runs }: Step): boolean {
    return !(runs in this.model.family.modules) && !(runs in primitives);
  }

  private operator({ runs, inputs, output }: Step): CountedOperator {
    const tensors = inputs.map((tensor) => concrete(tensor, this.dimensions));
    return counted({
      operator: runs,
      inputs: tensors,
      output: output ? concrete(output, this.dimensions) : defaultOutput(runs, tensors),
    });
  }

  private child(step: Step): Child {
    const times = step.times ? evaluate(step.times, this.dimensions) : null;
    const computation = step.runs in this.model.family.modules ? this.module(step.runs) : this.primitive(step);
    return { name: step.child ?? '', times, computation };
  }

  private primitive({ runs, inputs, output }: Step): Computation {
    const { call } = primitives[runs];
    const taken = inputs.map((tensor) => concrete(tensor, this.dimensions));
    const { weights, operators } = call(taken, output && concrete(output, this.dimensions));
    const all = [...new Set([...taken, ...weights])];
    const parameters = weights.reduce((sum, weight) => sum + volume(weight), 0);
    const own = operators.map(counted);
    return {
      type: runs,
      level: 'ml',
      parameters,
      inputs: all,
      flops: total(own, 'flops'),
      memBytes: total(own, 'memBytes'),
      signature: signature(runs, all, [], parameters),
      operators: own,
      children: [],
    };
  }
}

const counted = (call: OperatorCall): CountedOperator => ({
  ...call,
  ...count(call.operator, call.inputs, call.output),
});

const total = (operators: readonly CountedOperator[], of: 'flops' | 'memBytes'): number =>
  operators.reduce((sum, operator) => sum + operator[of], 0);

/** e.g. `Linear(8,32,768)(3072,768)(3072) float32 parameters=2362368`; other types than float32 stand at their shape. */
function signature(type: string, inputs: readonly Tensor[], settings: readonly string[], parameters: number): string {
  const shapes = inputs.map((tensor) => shapesText([tensor]) + (tensor.dtype === 'float32' ? '' : `:${tensor.dtype}`));
  return [`${type}${shapes.join('')}`, 'float32', ...settings, `parameters=${parameters}`].join(' ');
}
