/** The node runner's replies (native/torch/README.md), checked where they come in. */
import { z } from 'zod';

const whole = z.number().int().min(0);
const count = z.number().int().positive();

/** Start and end: of the host's monotonic clock for lengths and joins, of UTC for the record. */
const stamps = z.object({ start_mono_us: whole, start_utc_us: whole, end_mono_us: whole, end_utc_us: whole });

/** What the runner says of itself when it is ready. */
export const helloSchema = z.object({
  protocol: z.literal(1),
  pid: count,
  /** The device's name. */
  device: z.string(),
  torch: z.string(),
});

/** A model as it was traced: the rows of `nodes` of one workload. */
export const loadedSchema = z.object({
  nodes: z.array(
    z.looseObject({
      node_id: whole,
      parent_id: whole.nullable(),
      scope: z.string(),
      type: z.string(),
      level: z.enum(['ml', 'module', 'model']),
      flops: whole,
      mem_bytes: whole,
      signature: z.string(),
    }),
  ),
  traced_on: z.enum(['meta', 'cpu']),
  torch: z.string(),
  transformers: z.string().optional(),
});

export const preparedSchema = z.object({ scope: z.string(), type: z.string(), signature: z.string() });
export const warmUpSchema = z.object({ runs: count });
export const calibrationSchema = z.object({ repeats: count, latency_s: z.number().positive() });
export const roundSchema = stamps.extend({ repeats: count });
export const burstSchema = z.object({ steps: z.array(stamps) });

export const replySchema = z.union([
  z.object({ id: whole.nullable(), ok: z.unknown().refine((value) => value !== undefined) }),
  z.object({
    id: whole.nullable(),
    error: z.object({
      kind: z.enum(['usage', 'out_of_memory', 'failed', 'device_lost', 'unavailable']),
      message: z.string(),
    }),
  }),
]);

export type Stamps = z.infer<typeof stamps>;
export type Hello = z.infer<typeof helloSchema>;
export type LoadedModel = z.infer<typeof loadedSchema>;
export type PreparedNode = z.infer<typeof preparedSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;
export type Round = z.infer<typeof roundSchema>;

/** A step of a sync burst, s. */
export interface BurstStep {
  readonly on_s: number;
  readonly off_s: number;
}
