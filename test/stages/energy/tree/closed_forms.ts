/** Counts and parameters of every class in closed form: research/counting.md 3, written down independently of the tree. */

export interface Sizes {
  readonly b: number;
  readonly s: number;
  readonly H: number;
  readonly h: number;
  readonly I: number;
  readonly L: number;
  readonly V: number;
  readonly P: number;
  readonly T: number;
}

export type Form = (sizes: Sizes & { readonly n: number; readonly A: number }) => readonly [flops: number, bytes: number, parameters: number]; // prettier-ignore

const lambda = ({ H, I }: Sizes): number => 4 * (H * H + H) + 2 * H * I + I + H + 4 * H;

const scaled =
  (form: Form): Form =>
  (sizes) => {
    const [flops, bytes, parameters] = form(sizes);
    return [sizes.L * flops, sizes.L * bytes, sizes.L * parameters];
  };

const sum = (...forms: readonly Form[]): Form => (sizes) =>
    forms.map((form) => form(sizes)).reduce(([f, m, p], [g, n, q]) => [f + g, m + n, p + q]); // prettier-ignore

const bertEmbeddings: Form = ({ n, s, H, V, P, T }) => [10 * n * H, 40 * n * H + 4 * s * H + 16 * n + 8 * s, (V + P + T) * H + 2 * H]; // prettier-ignore
const robertaEmbeddings: Form = ({ n, H, V, P, T }) => [10 * n * H + 2 * n, 44 * n * H + 52 * n, (V + P + T) * H + 2 * H]; // prettier-ignore
const bertLayer: Form = (d) => {
  const { b, n, s, H, I, A } = d;
  return [
    n * H * (8 * H + 4 * I + 23) + 7 * n * I + 4 * n * s * H + 7 * A,
    144 * n * H + 24 * n * I + 16 * b * H * H + 8 * b * H * I + 36 * A,
    lambda(d),
  ];
};
const pooler: Form = ({ b, H }) => [2 * b * H * H + 4 * b * H, 12 * b * H + 4 * H * H, H * H + H];
const mask: Form = ({ n }) => [2 * n, 24 * n, 0];

/** BERT and RoBERTa have the same classes under other names. */
function encoder(name: string, embeddings: Form): Record<string, Form> {
  return {
    [`${name}Embeddings`]: embeddings,
    [`${name}SelfAttention`]: ({ b, n, s, H, A }) => [
      3 * n * H * (2 * H + 1) + 4 * n * s * H + 7 * A,
      64 * n * H + 12 * b * H * H + 36 * A,
      3 * (H * H + H),
    ],
    [`${name}SelfOutput`]: ({ b, n, H }) => [n * H * (2 * H + 10), 40 * n * H + 4 * b * H * H, H * H + 3 * H],
    [`${name}Attention`]: ({ b, n, s, H, A }) => [
      n * H * (8 * H + 13) + 4 * n * s * H + 7 * A,
      104 * n * H + 16 * b * H * H + 36 * A,
      4 * (H * H + H) + 2 * H,
    ],
    [`${name}Intermediate`]: ({ b, n, H, I }) => [
      n * I * (2 * H + 7),
      4 * n * H + 20 * n * I + 4 * b * H * I,
      H * I + I,
    ],
    [`${name}Output`]: ({ b, n, H, I }) => [
      n * H * (2 * I + 10),
      36 * n * H + 4 * n * I + 4 * b * H * I,
      H * I + 3 * H,
    ],
    [`${name}Layer`]: bertLayer,
    [`${name}Encoder`]: scaled(bertLayer),
    [`${name}Pooler`]: pooler,
    [`${name}Model`]: sum(embeddings, scaled(bertLayer), pooler, mask),
  };
}

const distilEmbeddings: Form = ({ n, H, V, P }) => [9 * n * H, 32 * n * H + 16 * n, (V + P) * H + 2 * H];
const transformerBlock: Form = (d) => {
  const { b, n, s, H, I, A } = d;
  return [
    n * H * (8 * H + 4 * I + 24) + 7 * n * I + 4 * n * s * H + 5 * A,
    152 * n * H + 24 * n * I + 16 * b * H * H + 8 * b * H * I + 20 * A,
    lambda(d),
  ];
};

const gpt2Attention: Form = ({ n, s, H, A }) => [
  8 * n * H * H + 4 * n * s * H + 6 * A + 2,
  40 * n * H + 16 * H * H + 28 * A + 40,
  4 * (H * H + H),
];
const openaiAttention: Form = ({ n, s, H, A }) => [
  8 * n * H * H + 4 * n * s * H + 8 * A + 2 * s * s + 1,
  40 * n * H + 16 * H * H + 48 * A + 24 * s * s + 24,
  4 * (H * H + H),
];
const mlp: Form = ({ n, H, I }) => [4 * n * H * I + 11 * n * I, 8 * n * H + 84 * n * I + 8 * H * I, 2 * H * I + I + H];
const residuals: Form = ({ n, H }) => [18 * n * H, 48 * n * H, 4 * H];
const gpt2Block = sum(gpt2Attention, mlp, residuals);
const openaiBlock = sum(openaiAttention, mlp, residuals);

/** By family, then by class. */
export const closedForms: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  bert: encoder('Bert', bertEmbeddings),
  roberta: encoder('Roberta', robertaEmbeddings),
  distilbert: {
    Embeddings: distilEmbeddings,
    MultiHeadSelfAttention: ({ b, n, s, H, A }) => [
      n * H * (8 * H + 5) + 4 * n * s * H + 5 * A,
      88 * n * H + 16 * b * H * H + 20 * A,
      4 * (H * H + H),
    ],
    FFN: ({ b, n, H, I }) => [
      n * I * (2 * H + 7) + n * H * (2 * I + 1),
      16 * n * H + 24 * n * I + 8 * b * H * I,
      2 * H * I + I + H,
    ],
    TransformerBlock: transformerBlock,
    Transformer: scaled(transformerBlock),
    DistilBertModel: sum(distilEmbeddings, scaled(transformerBlock)),
  },
  gpt2: {
    Attention: gpt2Attention,
    MLP: mlp,
    Block: gpt2Block,
    GPT2Model: sum(scaled(gpt2Block), ({ n, s, H, V, P }) => [
      9 * n * H + 1,
      28 * n * H + 4 * s * H + 8 * n + 8 * s + 16,
      (V + P) * H + 2 * H,
    ]),
  },
  'openai-gpt': {
    Attention: openaiAttention,
    MLP: mlp,
    Block: openaiBlock,
    OpenAIGPTModel: sum(scaled(openaiBlock), ({ n, s, H, V, P }) => [
      2 * n * H,
      20 * n * H + 4 * s * H + 8 * n + 8 * s,
      (V + P) * H,
    ]),
  },
};

/** Primitives by what they are called with: the same wherever they stand. */
export const primitiveForms = {
  linear: (b: number, n: number, i: number, o: number) => [n * o * (2 * i + 1), 4 * n * i + 12 * n * o + 4 * b * i * o, i * o + o], // prettier-ignore
  pooled: (b: number, H: number) => [2 * b * H * H, 8 * b * H + 4 * H * H, H * H + H],
  conv1d: (n: number, i: number, o: number) => [2 * n * i * o, 4 * (n * i + n * o + i * o), i * o + o],
  layerNorm: (n: number, H: number) => [8 * n * H, 16 * n * H, 2 * H],
  tanh: (b: number, H: number) => [4 * b * H, 4 * b * H, 0],
  embedding: (e: number, rows: number, H: number) => [0, 8 * e + 4 * e * H, rows * H],
  matMul: (n: number, s: number, H: number, A: number) => [2 * n * s * H, 8 * n * H + 4 * A, 0],
  softmax: (A: number) => [5 * A, 12 * A, 0],
} as const;
