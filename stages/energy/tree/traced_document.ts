/** The document that the tracer of native/torch prints, checked where it comes in (data/models/README.md). */
import { z } from 'zod';

const count = z.number().int().min(0);
const positive = z.number().int().positive();
const shapes = z.string().regex(/^(\([\d,\s]*\)(:\w+)?)*$/, 'expected shapes like (8,32,768)(3072,768)');
const ofNode = { batch_size: positive, length: positive, node_id: count };

const node = z.looseObject({
  ...ofNode,
  parent_id: count.nullable(),
  scope: z.string(),
  type: z.string().min(1),
  level: z.enum(['ml', 'module', 'model']),
  num_parameters: count,
  flops: count,
  mem_bytes: count,
  signature: z.string().min(1),
});

const operator = z.looseObject({
  ...ofNode,
  position: count,
  operator: z.string().min(1),
  inputs: shapes,
  output: shapes,
  dtype: z.string().min(1),
  moved_bytes: count,
  kernels: count,
});

/** What a prediction needs of it; rows may come from elsewhere than the tracer. */
export const treeSchema = z.looseObject({
  model: z.string().min(1),
  /** What traced it: `{ torch: '1.13.0', transformers: '4.1.1', device: 'meta' }`. */
  traced: z.record(z.string(), z.string()).optional(),
  /** What to know of its counts. */
  notes: z.array(z.string()).default([]),
  nodes: z.array(node).min(1),
  operators: z.array(operator),
});

/** All that the tracer itself writes: every column of `nodes` and `operators` but the measurement. */
export const tracedSchema = treeSchema.extend({
  nodes: z.array(node.extend({ depth: positive, shapes })).min(1),
  operators: z.array(operator.extend({ flops: count, mem_bytes: count, kernels: z.union([z.literal(0), z.literal(1)]) })), // prettier-ignore
});

export type Tree = z.infer<typeof treeSchema>;
export type TracedDocument = z.infer<typeof tracedSchema>;
