/**
 * A model family as data: its modules, what each of them runs in order, and the shapes in named dimensions. The format
 * is described in data/models/README.md.
 */
import { z } from 'zod';
import { readYamlOnce } from '../../../pipeline/yaml.js';
import { parseExpression, type Expression } from './expression.js';
import { checkFamily } from './family_checks.js';
import { NotationError } from './scanner.js';
import { parseStep, type Step } from './step.js';
import { parseTensors, type SymbolicTensor } from './tensor.js';

export interface Module {
  /** The tensors it is called with. */
  readonly takes: readonly SymbolicTensor[];
  /** What it runs, in order of execution. */
  readonly steps: readonly Step[];
}

export interface Family {
  readonly family: string;
  readonly about: string;
  /** The name that a configuration gives each dimension, by its symbol: `{ H: 'hidden' }`. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Dimensions that follow from others; a later one may use an earlier one. */
  readonly derived: Readonly<Record<string, Expression>>;
  /** The longest input, in tokens. */
  readonly max_length: Expression;
  /** Class of the whole model. */
  readonly root: string;
  /** By class. */
  readonly modules: Readonly<Record<string, Module>>;
}

/** A text in one of the notations; what is wrong with it is reported where it stands. */
function notation<T>(parse: (text: string) => T) {
  return z.union([z.string(), z.number()]).transform((text, context): T => {
    try {
      return parse(String(text));
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

const symbol = z.string().regex(/^[A-Za-z]\w*$/, 'expected a symbol like H');
const moduleSchema = z.strictObject({ takes: notation(parseTensors), steps: z.array(notation(parseStep)).min(1) });

const familySchema = z
  .strictObject({
    family: z.string(),
    about: z.string(),
    dimensions: z.record(symbol, z.string()),
    derived: z.record(symbol, notation(parseExpression)).default({}),
    max_length: notation(parseExpression),
    root: z.string(),
    modules: z.record(z.string(), moduleSchema),
  })
  .superRefine((family, context) => {
    for (const { path, message } of checkFamily(family)) context.addIssue({ code: 'custom', path: [...path], message });
  });

/** Throws a UsageError with every problem and its place. */
export const readFamily = (file: string): Family => readYamlOnce<Family>(file, familySchema);
