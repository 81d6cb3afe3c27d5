/**
 * A Hugging Face `config.json` as a model of the project's families. What the file leaves out is what transformers
 * takes then, and said; what a family does not run is a difference, never ignored.
 */
import { z } from 'zod';
import { nearest, proposal } from '../../../pipeline/config/nearest.js';
import { UsageError } from '../../../pipeline/errors.js';
import { readYaml } from '../../../pipeline/yaml.js';
import { activations, type Activation } from '../tree/activation.js';
import type { Library } from '../tree/library.js';
import { modelOfSizes, type DescribedModel } from './described_model.js';

/** How a family's configuration class names a dimension, and what it takes where the key is absent. */
interface Key {
  readonly keys: readonly string[];
  readonly otherwise: number;
}

interface Form {
  /** By the names of the family's dimensions. */
  readonly dimensions: Readonly<Record<string, Key>>;
  readonly activation: { readonly key: string; readonly otherwise: string };
}

const key = (otherwise: number, ...keys: string[]): Key => ({ keys, otherwise });

const bert: Form = {
  dimensions: {
    hidden: key(768, 'hidden_size'),
    layers: key(12, 'num_hidden_layers'),
    heads: key(12, 'num_attention_heads'),
    intermediate: key(3072, 'intermediate_size'),
    vocabulary: key(30522, 'vocab_size'),
    positions: key(512, 'max_position_embeddings'),
    types: key(2, 'type_vocab_size'),
  },
  activation: { key: 'hidden_act', otherwise: 'gelu' },
};

const gpt = (vocabulary: number, positions: number, activation: Form['activation']): Form => ({
  dimensions: {
    hidden: key(768, 'n_embd', 'hidden_size'),
    layers: key(12, 'n_layer', 'num_hidden_layers'),
    heads: key(12, 'n_head', 'num_attention_heads'),
    intermediate: key(NaN, 'n_inner'), // null or absent: four times the hidden size
    vocabulary: key(vocabulary, 'vocab_size'),
    positions: key(positions, 'n_positions', 'max_position_embeddings'),
  },
  activation,
});

/** By model_type: the configuration classes of transformers 4.2 with their defaults. */
const forms: Readonly<Record<string, Form>> = {
  bert,
  roberta: bert,
  distilbert: {
    dimensions: {
      hidden: key(768, 'dim', 'hidden_size'),
      layers: key(6, 'n_layers', 'num_hidden_layers'),
      heads: key(12, 'n_heads', 'num_attention_heads'),
      intermediate: key(3072, 'hidden_dim'),
      vocabulary: key(30522, 'vocab_size'),
      positions: key(512, 'max_position_embeddings'),
    },
    activation: { key: 'activation', otherwise: 'gelu' },
  },
  gpt2: gpt(50257, 1024, { key: 'activation_function', otherwise: 'gelu_new' }),
  'openai-gpt': gpt(40478, 512, { key: 'afn', otherwise: 'gelu' }),
};

/** How the classes in `architectures` begin, where a file has no model_type. */
const classes: readonly (readonly [string, string])[] = [
  ['Bert', 'bert'],
  ['Roberta', 'roberta'],
  ['DistilBert', 'distilbert'],
  ['GPT2', 'gpt2'],
  ['OpenAIGPT', 'openai-gpt'],
];

const size = z.number().int().positive('expected a positive number').nullish();

const schema = z.looseObject({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  ...Object.fromEntries(
    Object.values(forms).flatMap(({ dimensions }) =>
      Object.values(dimensions).flatMap(({ keys }) => keys.map((name) => [name, size])),
    ),
  ),
  ...Object.fromEntries(Object.values(forms).map(({ activation }) => [activation.key, z.string().nullish()])),
});

type Config = Readonly<Record<string, unknown>>;

function typeOf(file: string, { model_type, architectures }: z.infer<typeof schema>): string {
  const known = Object.keys(forms);
  const [named] = architectures ?? [];
  const type = model_type ?? classes.find(([begin]) => named?.startsWith(begin))?.[1];
  if (type === undefined) {
    throw new UsageError(
      `${file}: it has no model_type, as every config.json of a model has`,
      `expected one of ${known.join(', ')}, or a tree exported by the tracer`,
    );
  }
  if (known.includes(type)) return type;
  const near = nearest(type, known);
  throw new UsageError(
    `${file}: model_type ${type} is no family of the project${near ? `; nearest: ${near}` : ''}`,
    `families: ${known.join(', ')}; any other model is predicted from its traced tree`,
  );
}

/** OpenAI GPT's "gelu" is the one in tanh form, its "swish" SiLU (transformers' modeling_openai.py). */
function activationIn(file: string, type: string, config: Config): Activation {
  const { key, otherwise } = forms[type].activation;
  const given = String(config[key] ?? otherwise);
  const name = type === 'openai-gpt' && given === 'gelu' ? 'gelu_new' : given;
  if ((activations as readonly string[]).includes(name)) return name as Activation;
  throw new UsageError(`${file}: ${key} ${given} is no activation known here; ${proposal(given, activations)}`);
}

/** What the file asks for and the family does not run. */
function differencesOf(config: Config): string[] {
  const { position_embedding_type: position = 'absolute', is_decoder, pruned_heads, quantization_config } = config;
  const dtype = config.torch_dtype ?? config.dtype ?? 'float32';
  return [
    ...(position === 'absolute' ? [] : [`its ${String(position)} positions are predicted as absolute ones`]),
    ...(dtype === 'float32' ? [] : [`its ${String(dtype)} is predicted as float32`]),
    ...(is_decoder === true ? ['it is a decoder, predicted as an encoder without mask'] : []),
    ...(pruned_heads && Object.keys(pruned_heads).length > 0 ? ['its heads are predicted as if none were pruned'] : []),
    ...(quantization_config ? ['its quantised weights are predicted as float32'] : []),
  ];
}

/** The sizes, and what was taken for those that the file leaves out. */
function sizesIn(type: string, config: Config): { dimensions: Record<string, number>; assumptions: string[] } {
  const dimensions: Record<string, number> = {};
  const assumptions: string[] = [];
  for (const [dimension, { keys, otherwise }] of Object.entries(forms[type].dimensions)) {
    const found = keys.map((name) => config[name]).find((value) => typeof value === 'number');
    dimensions[dimension] = found ?? (Number.isNaN(otherwise) ? 4 * dimensions.hidden : otherwise);
    if (found === undefined && !Number.isNaN(otherwise)) assumptions.push(`${keys[0]} ${otherwise}`);
  }
  return { dimensions, assumptions };
}

/** The model of a `config.json`. Throws a UsageError with the place of what is wrong, or the nearest family. */
export function transformersModel(file: string, library: Library): DescribedModel {
  const config = readYaml(file, schema); // JSON is YAML: problems come with their line and column
  const type = typeOf(file, config);
  const { dimensions, assumptions } = sizesIn(type, config);
  return modelOfSizes({
    name: file,
    about: `Hugging Face configuration of a ${type} model, without a head`,
    family: library.family(type),
    dimensions,
    activation: activationIn(file, type, config),
    differences: differencesOf(config),
    assumptions:
      assumptions.length > 0 ? [`not in ${file}, so as transformers takes it: ${assumptions.join(', ')}`] : [],
  });
}
