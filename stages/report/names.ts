/** Names as people read them, by the datasets' keys. What is not listed is shown by its key. */
import type { Label } from './table_json.js';

/** The six models in the order of the paper's tables. */
export const paperModels = [
  'bert-base-uncased',
  'distilbert-base-uncased',
  'roberta-base',
  'gpt2',
  'distilgpt2',
  'openai-gpt',
] as const;

const titles: Readonly<Record<string, string>> = {
  'bert-base-uncased': 'BERT-base',
  'distilbert-base-uncased': 'DistilBERT',
  'roberta-base': 'RoBERTa-base',
  gpt2: 'GPT2',
  distilgpt2: 'DistilGPT2',
  'openai-gpt': 'OpenAI GPT',
  end2end: 'IrEne (End2End)',
  stepwise: 'StepWise',
  predicted_sum: 'PredictedSum',
  unstructured: 'Unstructured',
  unstructured_ols: 'Unstructured, in closed form',
  strubell: 'Strubell et al.',
};

/** Marks what the paper does not have. */
export const beyondMark = '†';

export const titleOf = (key: string): string => titles[key] ?? key;

export const label = (key: string, title = titleOf(key)): Label => ({ key, title });

export const beyondPaper = (key: string, title = titleOf(key)): Label => ({ key, title: `${title} ${beyondMark}` });

/** The paper's six, then the run's others in order. */
export const modelsWith = (others: Iterable<string>): string[] => [...new Set<string>([...paperModels, ...others])];
