/**
 * What transformers 5 (5.24 with PyTorch 2.15, `attn_implementation: eager`) runs otherwise than the families, which
 * are of transformers 4.1: every difference at batch size 8 and length 64, and why. All other nodes are equal.
 */
type Difference = readonly [difference: string, why: string];

const activation = 'the activation is a module';
const noMask = 'a mask of ones is neither made nor added';
const scaled = 'scores are multiplied by 1/√d';
const renamed = 'classes bear the name of their family';
const oneMask = 'the causal mask is made once, in the root, and added';
const hidden = '(8,64,768)';

const encoder = (name: string, embeddings: readonly Difference[]): readonly Difference[] => [
  [`${name}Attention ×12: takes ${hidden} in place of ${hidden}(8,1,1,64)`, noMask],
  ...embeddings,
  [`${name}Embeddings ×1: lacks add_`, 'positions are not added in place'],
  [`${name}Embeddings ×1: takes (8,64) in place of (8,64)(8,64)`, 'token types are made here'],
  [`${name}Encoder ×1: takes ${hidden} in place of ${hidden}(8,1,1,64)`, noMask],
  [`${name}Intermediate ×12: lacks gelu`, activation],
  [`${name}Layer ×12: takes ${hidden} in place of ${hidden}(8,1,1,64)`, noMask],
  [`${name}Model ×1: lacks ones zeros rsub mul`, `${noMask}, nor are token types`],
  [`${name}SelfAttention ×12: adds mul`, scaled],
  [`${name}SelfAttention ×12: lacks div add`, `${scaled}; ${noMask}`],
  [`${name}SelfAttention ×12: takes ${hidden} in place of ${hidden}(8,1,1,64)`, noMask],
  ['GELUActivation ×12: is a node of its own', activation],
];

const decoder = (layers: number): readonly Difference[] => [
  [`Attention ×${layers}: adds mul add`, `${scaled}; ${oneMask}`],
  [`Attention ×${layers}: is called GPT2Attention`, renamed],
  [
    `Attention ×${layers}: lacks stack stack div sub() to where mul()`,
    `${scaled}; ${oneMask}; keys and values are not kept, for their object would grow with each run`,
  ],
  [`Attention ×${layers}: takes ${hidden}(8,1,64,64)(1,64) in place of ${hidden}`, oneMask],
  [`Block ×${layers}: is called GPT2Block`, renamed],
  [`Block ×${layers}: takes ${hidden}(8,1,64,64)(1,64) in place of ${hidden}`, oneMask],
  [
    'GPT2Model ×1: adds add sub diff ne to cumsum arange arange add arange add index index le __and__ index index eq __and__ where',
    `${oneMask}, after a look whether positions tell of several inputs in one`,
  ],
  ['GPT2Model ×1: lacks add()', 'positions end where the input does'],
  [`MLP ×${layers}: is called GPT2MLP`, renamed],
  [`MLP ×${layers}: lacks mul pow mul add mul tanh add mul`, activation],
  [`NewGELUActivation ×${layers}: is a node of its own`, activation],
];

export const differencesOf5: Readonly<Record<string, readonly Difference[]>> = {
  'bert-base-uncased': encoder('Bert', [
    ['BertEmbeddings ×1: adds add() gather contiguous add', 'token types are gathered from a buffer by position'],
  ]),
  'roberta-base': encoder('Roberta', [
    [
      'RobertaEmbeddings ×1: adds gather add add',
      'token types are gathered from a buffer by position; an addition that 4.2 brought',
    ],
  ]),
  'distilbert-base-uncased': [
    ['DistilBertModel ×1: lacks ones', noMask],
    ['Embedding ×1: takes (1,64)(512,768) in place of (8,64)(512,768)', 'positions are not expanded over the batch'],
    ['Embeddings ×1: lacks arange contiguous', 'positions are a buffer, and not expanded'],
    ['FFN ×6: lacks gelu', activation],
    ['MultiHeadSelfAttention ×6: adds mul', scaled],
    ['MultiHeadSelfAttention ×6: is called DistilBertSelfAttention', renamed],
    ['MultiHeadSelfAttention ×6: lacks div eq masked_fill_', `${scaled}; ${noMask}`],
    [`MultiHeadSelfAttention ×6: takes ${hidden} in place of ${hidden}(8,64)`, noMask],
    [`Transformer ×1: takes ${hidden} in place of ${hidden}(8,64)`, noMask],
    [`TransformerBlock ×6: takes ${hidden} in place of ${hidden}(8,64)`, noMask],
    ['GELUActivation ×6: is a node of its own', activation],
  ],
  distilgpt2: decoder(6),
  'openai-gpt': [
    ['MLP ×12: lacks mul pow mul add mul tanh add mul', activation],
    ['NewGELUActivation ×12: is a node of its own', activation],
  ],
  gpt2: decoder(12),
};
