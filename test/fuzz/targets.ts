/** What is fuzzed: for each kind of input some good ones, and the call that reads a damaged one. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';
import { openProject, survey } from '../../pipeline/project.js';
import { openRegistry } from '../../pipeline/registry.js';
import { Csv } from '../../stages/energy/benches/csv.js';
import { readBench } from '../../stages/energy/benches/bench_file.js';
import { readPower } from '../../stages/energy/benches/logs/power.js';
import { readResources } from '../../stages/energy/benches/logs/resources.js';
import { readRuns } from '../../stages/energy/benches/logs/runs.js';
import { readPublished } from '../../stages/energy/benches/published_rows.js';
import { describeModel } from '../../stages/energy/prediction/described_model.js';
import { readAccuracies } from '../../stages/energy/prediction/pareto_accuracy.js';
import { readProfile } from '../../stages/energy/prediction/profile_file.js';
import { readManifest } from '../../pipeline/store/manifest.js';
import { sealed } from '../../pipeline/store/sealed.js';
import { runProgram } from '../stages/commands/run_program.js';
import * as good from './good_inputs.js';
import { wrongExit } from './clean_end.js';

export interface Target {
  readonly name: string;
  /** Good inputs. */
  readonly seeds: readonly string[];
  /** Reads one; throws what it throws. */
  readonly read: (text: string) => unknown;
}

const written = (file: string, text: string): string => {
  writeFileSync(file, Buffer.from(text, 'utf8'));
  return file;
};

const command = async (...argv: readonly string[]): Promise<void> => {
  const wrong = wrongExit(await runProgram(...argv));
  if (wrong) throw new Error(wrong);
};

const folder = (...parts: readonly string[]): string[] =>
  readdirSync(join(packageRoot, ...parts)).map((name) => readFileSync(join(packageRoot, ...parts, name), 'utf8'));

export const configurations: Target = {
  name: 'configurations',
  seeds: [...folder('configs'), ...folder('test', 'input', 'configurations'), ...good.configurations],
  read: async (text) => {
    const { graph } = await openProject(written('fuzz.yaml', text), await openRegistry());
    if (graph.tasks.length < 200) await survey(graph, { verify: false });
  },
};

const logs = good.ownLogs;

/** Every table that somebody may bring. */
export const tables: readonly Target[] = [
  {
    name: 'calibrate --from',
    seeds: good.measurements,
    read: (text) =>
      command('calibrate', '--from', written('from.csv', text), '--map', 'wall_w=wall,gpu_w=gpu,time_s=t,group=group'),
  },
  { name: 'predict --profile', seeds: good.profiles, read: (text) => readProfile(written('profile.csv', text)) },
  {
    name: 'compare --accuracy',
    seeds: folder('data', 'accuracy'),
    read: (text) => readAccuracies(written('accuracy.csv', text)),
  },
  { name: 'run log', seeds: good.runLogs, read: (text) => (written('runs.csv', text), readRuns(logs)) },
  { name: 'power log', seeds: good.powerLogs, read: (text) => (written('power.csv', text), readPower(logs)) },
  { name: 'nvidia-smi log', seeds: good.smiLogs, read: (text) => (written('smi.csv', text), readResources(logs)) },
  {
    name: 'published columns',
    seeds: good.publishedRows,
    read: async (text) => {
      for (const name of good.publishedNames) written(name, text);
      await readPublished('.', 'gpt2');
    },
  },
  {
    name: 'any table of named columns',
    seeds: good.publishedRows,
    read: (text) => Csv.read(written('any.csv', text), ['model_name']),
  },
];

/** Descriptions of models and benches from strangers. */
export const documents: readonly Target[] = [
  {
    name: 'config.json',
    seeds: good.configJsons,
    read: async (text) => {
      const { tree, sizes } = await describeModel(written('config.json', text));
      if (sizes) tree({ batchSize: 2, length: 8 });
    },
  },
  {
    name: 'model configuration',
    seeds: folder('data', 'models', 'configurations').slice(0, 4),
    read: async (text) => (await describeModel(written('model.yaml', text))).tree({ batchSize: 2, length: 8 }),
  },
  {
    name: 'traced tree',
    seeds: good.tracedTrees,
    read: async (text) => {
      const { tree, workloads } = await describeModel(written('tree.json', text));
      for (const workload of workloads ?? []) tree(workload);
    },
  },
  {
    name: 'predictors',
    seeds: good.predictors,
    read: (text) =>
      command('predict', 'gpt2', '--batch', '8', '--length', '32', '--on', written('bench.yaml', text), '--depth', '0'),
  },
  {
    name: 'bench',
    seeds: folder('data', 'benches').filter((text) => text.includes('name:')),
    read: (text) => readBench(written('own.yaml', text)),
  },
];

const manifestAt = join('data', 'runs', 'toy', 'make', 'a.json');

/** Read back, it is a manifest or a sentence. */
export const manifests: readonly Target[] = [
  { name: 'manifest', seeds: [good.manifest], read: (text) => readManifest(written(manifestAt, text)) },
  {
    name: 'manifest, sealed again',
    seeds: [good.manifest],
    read: (text) => {
      let content: object = {};
      try {
        content = Object(JSON.parse(text)) as object;
      } catch {
        return;
      }
      readManifest(written(manifestAt, sealed('manifest', content)));
    },
  },
];
