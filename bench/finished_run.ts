/** configs/pc1.yaml brought up to date in the benchmarks' folder: what several of them start from. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';
import type { BenchContext } from './bench.js';
import { pipeline } from './command.js';

/** In training order. */
export const sixModels = ['bert-base-uncased', 'distilbert-base-uncased', 'roberta-base', 'distilgpt2', 'openai-gpt', 'gpt2']; // prettier-ignore

export const config = 'configs/pc1.yaml';

/** Where the run lies that all benchmarks share. */
export const workplace = join(packageRoot, 'bench', '.data', 'run');

/** The folder of the finished run's datasets. */
export async function finishedRun({ say }: BenchContext): Promise<string> {
  say(`pipeline run ${config}`);
  cpSync(join(packageRoot, 'configs'), join(workplace, 'configs'), { recursive: true });
  await pipeline(workplace, 'run', config, '--quiet', '--relock');
  return join(workplace, 'data', 'runs', 'pc1');
}
