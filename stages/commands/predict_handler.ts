/** What `pipeline predict` does: reads what is given, predicts every workload, prints and writes. */
import { existsSync, statSync } from 'node:fs';
import { writeUserFile } from '../../pipeline/store/atomic.js';
import { UsageError } from '../../pipeline/errors.js';
import type { Terminal } from '../../pipeline/terminal.js';
import { readCalibratedBench } from '../energy/benches/bench_file.js';
import { describeModel } from '../energy/prediction/described_model.js';
import { fittedBench } from '../energy/prediction/fitted_bench.js';
import { predictModel, type PredictedTree } from '../energy/prediction/predict_model.js';
import type { PredictArgs } from './predict.js';
import { clockIn, notNegative, sizesIn, tracedSizes, workloadsFor } from './predict_arguments.js';
import { energyKeys } from './energy_keys.js';
import { predictJson } from './predict_json.js';
import { predictText } from './predict_text.js';

async function predictAll(args: PredictArgs): Promise<PredictedTree[]> {
  const [batchSizes, lengths] = [sizesIn('batch', args.batch), sizesIn('length', args.length)];
  const clockMhz = clockIn(args.clock);
  const calibrated = readCalibratedBench(args.on);
  const bench = fittedBench(calibrated.name, calibrated.predictors);
  const model = await describeModel(args.model, undefined, tracedSizes(batchSizes, lengths));
  const profile = args.profile
    ? await (await import('../energy/prediction/profile_file.js')).readProfile(args.profile)
    : null;
  const trees: PredictedTree[] = [];
  for (const workload of workloadsFor(model, profile, batchSizes, lengths)) {
    trees.push(await predictModel(bench, model, { ...workload, setting: args.setting, profile, clockMhz }));
  }
  return trees;
}

/** Writes what an option names a file for. */
export function save(option: string, path: string, content: string, terminal: Terminal): void {
  if (existsSync(path) && statSync(path).isDirectory()) throw new UsageError(`--${option} ${path}: that is a folder`);
  writeUserFile(path, content);
  terminal.say(`written: ${path}`);
}

export async function handle(args: PredictArgs, terminal: Terminal): Promise<void> {
  if (args.json && args.csv === '-') throw new UsageError('--json and --csv - both write to stdout: choose one');
  const price = notNegative('price', args.price);
  const depth = notNegative('depth', args.depth, true);
  const trees = await predictAll(args);
  for (const warning of new Set(trees.flatMap(({ warnings }) => warnings))) terminal.warn(warning);
  if (args.csv !== undefined) {
    const csv = (await import('./predict_csv.js')).predictCsv(trees, price);
    if (args.csv === '-') return terminal.write(csv);
    save('csv', args.csv, csv, terminal);
  }
  if (args.html !== undefined) {
    save('html', args.html, (await import('./predict_html.js')).predictHtml(trees, price), terminal);
  }
  const text = predictText(trees, { price, depth }, terminal);
  text.warnings.forEach((warning) => terminal.warn(warning));
  terminal.print(text.lines.join('\n'));
  const documents = trees.map((tree) => energyKeys(tree, predictJson(tree, price)));
  terminal.document(documents.length === 1 ? documents[0] : documents);
}
