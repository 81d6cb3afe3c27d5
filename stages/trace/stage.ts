/** trace: the model trees and their operators, from shapes alone. */
import { join, relative } from 'node:path';
import { z } from 'zod';
import { findings } from '../../pipeline/findings.js';
import type { FileInput, Source, Stage } from '../../pipeline/stage.js';
import { allParts } from '../energy/benches/bench.js';
import { publishedFiles } from '../energy/benches/published_files.js';
import { twinFile } from '../energy/benches/source.js';
import { Library, unknown } from '../energy/tree/library.js';
import { nodes, operators } from './tables.js';

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
    models: z.array(modelName).min(1, 'expected at least one model').superRefine(twice),
    batch_sizes: z.array(whole).min(1, 'expected at least one batch size').superRefine(twice),
    /** Tokens of an input. */
    lengths: z.array(whole).min(1, 'expected at least one length').superRefine(twice),
  })
  .superRefine(({ models, lengths }, context) => {
    const library = new Library();
    const known = library.modelNames();
    const traced = models.filter((name) => known.includes(name)).map((name) => library.model(name));
    lengths.forEach((length, i) => {
      const short = traced.find(({ maxLength }) => length > maxLength);
      if (!short) return;
      const message = `${length} tokens are more than ${short.name} takes: at most ${short.maxLength}`;
      context.addIssue({ code: 'custom', path: ['lengths', i], message });
    });
  });

export type TraceParams = z.infer<typeof traceParams>;

/** The files of the model's description, and those of the bench that say which workloads exist. */
function files(model: string, source: Source): FileInput[] {
  const { configuration, family } = new Library().model(model).files;
  const described = [configuration, family].map((path) => ({ name: join('models', relative(join(path, '..', '..'), path)), path })); // prettier-ignore
  if (source.kind === 'twin') return [...described, { name: 'bench', path: twinFile(source) }];
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
  files: (_, source, { model }) => files(model, source),
  partitions: ({ models }) => models.map((model) => ({ model })),
  run: async (context) => (await import('./run.js')).run(context),
};
