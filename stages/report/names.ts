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
  law: 'Wall-power law',
  children: 'Launch queue over children',
  composition: 'Launch queue over primitives',
  planned: 'Launch queue',
  planned_catalogue: 'Launch queue with a catalogue',
  planned_clock: 'Launch queue at a known clock',
  leave_model_out: 'Model held out',
  leave_family_out: 'Family held out',
  leave_batch_out: 'Batch size held out',
  leave_length_out: 'Length held out',
  large_out: 'Larger inputs held out',
};

/** The paper's own predictors. */
const ofPaper = new Set(['end2end', 'stepwise', 'predicted_sum', 'unstructured']);

export const isOfPaper = (predictor: string): boolean => ofPaper.has(predictor);

/** Marks what the paper does not have. */
export const beyondMark = '†';

export const titleOf = (key: string): string => titles[key] ?? key;

export const label = (key: string, title = titleOf(key)): Label => ({ key, title });

export const beyondPaper = (key: string, title = titleOf(key)): Label => ({ key, title: `${title} ${beyondMark}` });

/** The paper's six, then the run's others in order. */
export const modelsWith = (others: Iterable<string>): string[] => [...new Set<string>([...paperModels, ...others])];
