/** The shapes of the six models' trees, layer by layer. */
export interface Shape {
  readonly scope: string;
  readonly type: string;
  readonly weight: number;
  readonly children: readonly Shape[];
}

/** How a tree is written down here: a name, its class, and what is below. */
type Entry = readonly [name: string, type: string, ...below: Entry[]];

const core: Entry[] = [
  ['', 'MatMul'],
  ['', 'Softmax'],
  ['', 'MatMul'],
];
const norm = (name: string): Entry => [name, 'LayerNorm'];
const linear = (name: string): Entry => [name, 'Linear'];
const conv = (name: string): Entry => [name, 'Conv1D'];
const embedding = (name: string): Entry => [name, 'Embedding'];

const repeat = (layers: number, layer: (name: string) => Entry): Entry[] =>
  Array.from({ length: layers }, (_, i) => layer(String(i)));

const bert = (prefix: string, layers: number): Entry => [
  '',
  `${prefix}Model`,
  [
    'embeddings',
    `${prefix}Embeddings`,
    ...['word_embeddings', 'position_embeddings', 'token_type_embeddings'].map(embedding),
    norm('LayerNorm'),
  ],
  [
    'encoder',
    `${prefix}Encoder`,
    ...repeat(layers, (name) => [
      name,
      `${prefix}Layer`,
      [
        'attention',
        `${prefix}Attention`,
        ['self', `${prefix}SelfAttention`, ...['query', 'key', 'value'].map(linear), ...core],
        ['output', `${prefix}SelfOutput`, linear('dense'), norm('LayerNorm')],
      ],
      ['intermediate', `${prefix}Intermediate`, linear('dense')],
      ['output', `${prefix}Output`, linear('dense'), norm('LayerNorm')],
    ]),
  ],
  ['pooler', `${prefix}Pooler`, linear('dense'), ['activation', 'Tanh']],
];

const distilbert = (layers: number): Entry => [
  '',
  'DistilBertModel',
  ['embeddings', 'Embeddings', embedding('word_embeddings'), embedding('position_embeddings'), norm('LayerNorm')],
  [
    'transformer',
    'Transformer',
    ...repeat(layers, (name) => [
      name,
      'TransformerBlock',
      ['attention', 'MultiHeadSelfAttention', ...['q_lin', 'k_lin', 'v_lin', 'out_lin'].map(linear), ...core],
      norm('sa_layer_norm'),
      ['ffn', 'FFN', linear('lin1'), linear('lin2')],
      norm('output_layer_norm'),
    ]),
  ],
];

const gpt = (type: string, layers: number): Entry => [
  '',
  type,
  embedding('wte'),
  embedding('wpe'),
  ...repeat(layers, (name) => [
    name,
    'Block',
    norm('ln_1'),
    ['attn', 'Attention', conv('c_attn'), conv('c_proj'), ...core],
    norm('ln_2'),
    ['mlp', 'MLP', conv('c_fc'), conv('c_proj')],
  ]),
];

/** Feed-forward layers are four times as wide. */
const wide = /Intermediate|FFN|MLP|(Bert|Roberta)Output/;

function shape([name, type, ...below]: Entry, above: string, aboveType: string): Shape {
  const scope = [above, name].filter(Boolean).join('.');
  return {
    scope,
    type,
    weight: wide.test(aboveType) ? 4 : 1,
    children: below.map((entry) => shape(entry, scope, type)),
  };
}

/** The tree of one of the six models; a distilled one has half the layers. */
export function treeOf(model: string, layers: number): Shape {
  const half = Math.max(1, layers / 2);
  const entry: Readonly<Record<string, Entry>> = {
    'bert-base-uncased': bert('Bert', layers),
    'roberta-base': bert('Roberta', layers),
    'distilbert-base-uncased': distilbert(half),
    gpt2: gpt('GPT2Model', layers),
    distilgpt2: gpt('GPT2Model', half),
    'openai-gpt': gpt('OpenAIGPTModel', layers),
  };
  return shape(entry[model], '', '');
}
