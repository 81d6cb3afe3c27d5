/** What `pipeline compare` does: predicts every model at every size on every bench, and sets them side by side. */
import { UsageError } from '../../pipeline/errors.js';
import type { Terminal } from '../../pipeline/terminal.js';
import { readCalibratedBench, type CalibratedBench } from '../energy/benches/bench_file.js';
import { describeModel } from '../energy/prediction/described_model.js';
import type { Compared } from '../energy/prediction/difference.js';
import { fittedBench } from '../energy/prediction/fitted_bench.js';
import { checkAccuracies, readAccuracies } from '../energy/prediction/pareto_accuracy.js';
import { predictModel } from '../energy/prediction/predict_model.js';
import { energyInWords, energyOf } from '../energy/predictors/predicted_energy.js';
import { Library } from '../energy/tree/library.js';
import type { CompareArgs } from './compare.js';
import { compareChoices } from './compare_choices.js';
import { compareCsv, compareJson } from './compare_json.js';
import { compareText } from './compare_text.js';
import { energyKeys } from './energy_keys.js';
import { extrapolations } from './extrapolations.js';
import { clockIn, notNegative, sizesIn, tracedSizes, workloadsFor } from './predict_arguments.js';
import { save } from './predict_handler.js';

/** The models that words name, in order: `*` stands for anything in a name, `?` for one character. */
export function namedModels(words: readonly string[], known: readonly string[]): string[] {
  const named = words.flatMap((word) => {
    if (!/[*?]/.test(word)) return [word];
    const pattern = word
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    const found = known.filter((name) => new RegExp(`^${pattern}$`).test(name));
    if (found.length > 0) return found;
    throw new UsageError(`${word}: no model has such a name`, 'see `pipeline list models`');
  });
  return [...new Set(named)];
}

/** Throws a UsageError where some benches predict the wall's joules and others the GPU's. */
function checkOneEnergy(benches: readonly CalibratedBench[]): void {
  const of = ({ predictors }: CalibratedBench) => energyOf(predictors);
  const [first] = benches;
  const other = benches.find((bench) => of(bench) !== of(first));
  if (!other) return;
  throw new UsageError(
    `--on: ${first.name} predicts ${energyInWords[of(first)]}, ${other.name} ${energyInWords[of(other)]}: they cannot be compared`,
    'name benches that have a meter, or benches that have none',
  );
}

async function predictAll(args: CompareArgs): Promise<Compared[]> {
  const [batchSizes, lengths, clockMhz] = [
    sizesIn('batch', args.batch),
    sizesIn('length', args.length),
    clockIn(args.clock),
  ];
  const library = new Library();
  const models = await Promise.all(
    namedModels(args.models, library.modelNames()).map((name) =>
      describeModel(name, library, tracedSizes(batchSizes, lengths)),
    ),
  );
  const benches = [...new Set(args.on.split(','))].map(readCalibratedBench);
  checkOneEnergy(benches);
  const predictions: Compared[] = [];
  for (const calibrated of benches) {
    const bench = fittedBench(calibrated.name, calibrated.predictors);
    for (const model of models) {
      for (const workload of workloadsFor(model, null, batchSizes, lengths)) {
        const tree = await predictModel(bench, model, { ...workload, clockMhz });
        predictions.push({ tree, nodes: model.tree(workload) });
      }
    }
  }
  return predictions;
}

export async function handle(args: CompareArgs, terminal: Terminal): Promise<void> {
  if (args.json && args.csv === '-') throw new UsageError('--json and --csv - both write to stdout: choose one');
  const price = notNegative('price', args.price);
  const accuracies = args.accuracy === undefined ? null : await readAccuracies(args.accuracy);
  const predictions = await predictAll(args);
  const models = predictions.map(({ tree }) => tree.model);
  if (accuracies) checkAccuracies(args.accuracy!, accuracies, models);
  const comparison = compareChoices(
    predictions,
    models.map((model) => accuracies?.get(model)?.accuracyPct ?? null),
  );
  for (const warning of new Set(predictions.flatMap(({ tree }) => tree.warnings))) terminal.warn(warning);
  for (const warning of extrapolations(predictions.map(({ tree }) => tree))) terminal.warn(warning);
  if (args.csv === '-') return terminal.write(compareCsv(comparison, price));
  if (args.csv !== undefined) save('csv', args.csv, compareCsv(comparison, price), terminal);
  terminal.print(compareText(comparison, price).join('\n'));
  terminal.document(energyKeys(predictions[0].tree, compareJson(comparison, price)));
}
