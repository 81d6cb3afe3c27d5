/** trace: the model trees and their operators, from shapes alone. */
import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../pipeline/errors.js';
import { findings } from '../../pipeline/findings.js';
import type { FileInput, Source, Stage } from '../../pipeline/stage.js';
import { allParts } from '../energy/benches/bench.js';
import { logsOf } from '../energy/benches/logs/files.js';
import { publishedFiles } from '../energy/benches/published_files.js';
import { twinFile } from '../energy/benches/source.js';
import { buildTree } from '../energy/tree/build.js';
import { Library, modelFolders, type Model, unknown } from '../energy/tree/library.js';
import { namesOf } from '../energy/tree/measured.js';
import type { Sizes } from '../energy/tree/workloads.js';
import { nodes, operators } from './tables.js';

/** A model that PyTorch traces: what native/torch takes, and the name it has in the tables. */
const torchModel = z.strictObject({
  torch: z.string().min(1, 'expected a configuration, a config.json or file.py:function'),
  name: z
    .string()
    .regex(/^[\w./-]+$/, 'expected a name of letters, digits and . _ - /')
    .refine((name) => !new Library().modelNames().includes(name), {
      error: 'this is the name of a configuration, choose another',
    }),
});

const nameOf = (model: string | z.infer<typeof torchModel>): string => (typeof model === 'string' ? model : model.name);

const twice = (values: readonly (string | number)[], context: z.RefinementCtx): void =>
  values.forEach((value, i) => {
    if (values.indexOf(value) < i)
      context.addIssue({ code: 'custom', path: [i], message: `${value} stands there twice` });
  });

const modelName = z.string({ error: 'expected the name of a model' }).superRefine((name, context) => {
  const known = new Library().modelNames();
  if (!known.includes(name)) context.addIssue({ code: 'custom', message: unknown('model', name, known) });
});

const whole = z.number().int().positive('expected a positive number');

export const traceParams = z
  .strictObject({
    /** In training order. */
    models: z
      .array(z.union([modelName, torchModel]))
      .min(1, 'expected at least one model')
      .superRefine((models, context) => twice(models.map(nameOf), context)),
    batch_sizes: z.array(whole).min(1, 'expected at least one batch size').superRefine(twice),
    /** Tokens of an input. */
    lengths: z.array(whole).min(1, 'expected at least one length').superRefine(twice),
    /** The first batch size goes with the first length alone, and so on: no grid of both. */
    paired: z.boolean().default(false),
    /** Classes of nodes, or their names in the model: the others are traced and not measured. Absent: all are. */
    measure: z.array(z.string()).min(1, 'expected at least one class or name of a node').superRefine(twice).optional(),
  })
  .superRefine(({ batch_sizes, lengths, paired }, context) => {
    if (!paired || batch_sizes.length === lengths.length) return;
    const message = `${batch_sizes.length} batch sizes and ${lengths.length} lengths are no pairs: expected as many of both`;
    context.addIssue({ code: 'custom', path: ['lengths'], message });
  })
  .superRefine(({ models, lengths, measure }, context) => {
    const library = new Library();
    const known = library.modelNames();
    const declared = models.map(nameOf).filter((name) => known.includes(name));
    const traced = declared.map((name) => library.model(name));
    if (measure && declared.length === models.length) checkMeasure(measure, traced, context);
    lengths.forEach((length, i) => {
      const short = traced.find(({ maxLength }) => length > maxLength);
      if (!short) return;
      const message = `${length} tokens are more than ${short.name} takes: at most ${short.maxLength}`;
      context.addIssue({ code: 'custom', path: ['lengths', i], message });
    });
  })
  .transform(({ models, measure, paired, ...sizes }): TraceParams => {
    const traced = models.filter((model) => typeof model !== 'string');
    const torch = Object.fromEntries(traced.map(({ name, torch }) => [name, torch]));
    const some = {
      ...(traced.length > 0 ? { torch } : {}),
      ...(measure ? { measure } : {}),
      ...(paired ? { paired } : {}),
    };
    return { models: models.map(nameOf), ...sizes, ...some };
  });

/** Every entry has to be of some node of the declared models: what PyTorch traces is not known yet. */
function checkMeasure(measure: readonly string[], models: readonly Model[], context: z.RefinementCtx): void {
  const nodes = models.flatMap((model) => buildTree(model, { batchSize: 1, length: 1 }));
  const names = [...new Set(nodes.flatMap(namesOf))].filter((name) => name !== '');
  measure.forEach((name, i) => {
    if (names.includes(name)) return;
    context.addIssue({ code: 'custom', path: ['measure', i], message: unknown('node', name, names) });
  });
}

export interface TraceParams extends Sizes {
  /** Names, in training order. */
  readonly models: readonly string[];
  /** Which nodes are measured, by class or name; absent: all. */
  readonly measure?: readonly string[];
  /** What PyTorch traces, by the name of the model; the others are declared. */
  readonly torch?: Readonly<Record<string, string>>;
}

/** The files that describe the model: those of a configuration and its family, or the code that PyTorch runs. */
function describedBy(model: string, torch: string | undefined): FileInput[] {
  const inModels = (path: string): FileInput => ({ name: join('models', relative(join(path, '..', '..'), path)), path }); // prettier-ignore
  const library = new Library();
  if (torch === undefined || library.modelNames().includes(torch)) {
    const { configuration, family } = library.model(torch ?? model).files;
    return [configuration, family].map(inModels);
  }
  const path = torch.replace(/\.py:\w+$/, '.py');
  if (!existsSync(path)) throw new UsageError(`trace.models: ${path}: there is no such file`);
  return [{ name: join('torch', basename(path)), path }];
}

/** The files of the model's description, and those of the bench that say which workloads exist. */
function files(model: string, { torch }: TraceParams, source: Source): FileInput[] {
  const described = describedBy(model, torch?.[model]);
  if (source.kind === 'twin') return [...described, { name: 'bench', path: twinFile(source) }];
  if (source.kind === 'live') return described;
  if (source.kind === 'logs') return [...described, { name: 'runs', path: logsOf(source).runs.file }];
  const csv = allParts.map((part) => publishedFiles[part]);
  return [...described, ...csv.map((name) => ({ name, path: join(source.place.folder, name) }))];
}

export const trace: Stage<TraceParams> = {
  name: 'trace',
  about: 'model trees and operators, from shapes alone',
  params: traceParams,
  reads: [],
  writes: [nodes, operators, findings],
  usesSource: true,
  looksAt: modelFolders,
  files: (params, source, { model }) => files(model, params, source),
  partitions: ({ models }) => models.map((model) => ({ model })),
  run: async (context) => (await import('./run.js')).run(context),
};
