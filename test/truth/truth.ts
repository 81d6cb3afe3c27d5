/** What is known of a simulated PC: the power and latency of each node, drawn from its type. */
import { Random } from '../../stages/energy/random.js';

/** The power of the wall while nothing runs, W. */
export const standby_w = 75;

export interface NodeTruth {
  readonly latency_s: number;
  readonly wall_w: number;
  readonly gpu_w: number;
  /** How long a kernel ran of that, %; where it is not known, nearly always. */
  readonly gpu_pct?: number;
}

/** What a GPU's driver tells while kernels run nearly always, %. */
export const usualGpu_pct = 97;

/** Equal nodes take the same; latencies are whole microseconds. Wall energy of one run is wall_w · latency_s. */
export function truthOf({ type }: { readonly type: string }): NodeTruth {
  const random = new Random('truth', type);
  const gpu_w = 60 + 90 * random.uniform();
  return { latency_s: Math.round(1e6 * (0.001 + 0.05 * random.uniform())) / 1e6, gpu_w, wall_w: 80 + 1.04 * gpu_w };
}

/** The flat load of a sync burst. */
export const burstTruth: NodeTruth = { latency_s: 1, wall_w: 180, gpu_w: 90 };

/** BERT of two layers (Turc et al. 2019): 44 nodes, 22 signatures. */
export const tinyBert = 'google/bert_uncased_L-2_H-128_A-2';
/** DistilGPT2: 76 nodes, 14 signatures. */
export const fewSignatures = 'distilgpt2';

export const tinyWorkload = { batch_size: 2, length: 8 };
