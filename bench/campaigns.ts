/**
 * Logs of many measuring campaigns: those of PC1's six models, N times over, each campaign a session of its own with its
 * own noise, clock and losses. All are replayed from the simulated PC1, so that no data is needed; same N, same bytes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { packageRoot } from '../pipeline/paths.js';
import type { BenchContext } from './bench.js';
import { pipeline } from './command.js';

interface Configuration {
  run: string;
  bench: Record<string, unknown>;
  trace: { models: string[] };
}

const configurations = join('data', 'models', 'configurations');

/** A copy of a model under a name of its own is a session of its own. */
function copies(folder: string, model: string, times: number): string[] {
  const text = readFileSync(join(packageRoot, configurations, `${model}.yaml`), 'utf8');
  const names = Array.from({ length: times }, (_, i) => (i === 0 ? model : `${model}-${i + 1}`));
  for (const name of names.slice(1)) {
    writeFileSync(join(folder, configurations, `${name}.yaml`), text.replace(/^model: .*$/m, `model: ${name}`));
  }
  return names;
}

/** Writes the configuration of N times PC1's campaigns and makes their logs where they are not there; its path. */
export async function campaigns({ folder, say }: BenchContext, times: number): Promise<string> {
  mkdirSync(join(folder, configurations), { recursive: true });
  const document = parseDocument(readFileSync(join(packageRoot, 'configs', 'pc1.yaml'), 'utf8'));
  const configuration = document.toJS() as Configuration;
  configuration.run = `x${times}`;
  configuration.bench = { ...configuration.bench, source: ['twin'] };
  configuration.trace.models = configuration.trace.models.flatMap((model) => copies(folder, model, times));
  const path = `x${times}.yaml`;
  writeFileSync(join(folder, path), stringify(configuration));
  for (const stage of ['trace', 'profile']) {
    say(`${stage} of ${times}× PC1's campaigns`);
    await pipeline(folder, 'run', path, '--stage', stage, '--quiet');
  }
  return path;
}
