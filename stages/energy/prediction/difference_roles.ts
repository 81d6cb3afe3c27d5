/**
 * What a module does in a Transformer, by its class: families name the same things differently, and a difference is
 * only understood between things that do the same.
 */

export const roles = ['embeddings', 'attention', 'feed-forward', 'normalisation', 'pooler', 'other'] as const;
export type Role = (typeof roles)[number];

/** By how transformers names its classes; the first that fits. `BertSelfOutput` is of an attention, `BertOutput` is not. */
const patterns: readonly (readonly [RegExp, Role])[] = [
  [/embed/i, 'embeddings'],
  [/attention|attn|SelfOutput$/i, 'attention'],
  [/mlp|ffn|feed_?forward|intermediate|Output$/i, 'feed-forward'],
  [/norm/i, 'normalisation'],
  [/pool/i, 'pooler'],
];

/** The role that a class tells; null where it tells none, as of a layer or a whole model. */
export const roleOf = (type: string): Role | null => patterns.find(([pattern]) => pattern.test(type))?.[1] ?? null;
