/** What changes to a model are worth, predicted: the report's example of `pipeline what-if`. */
import type { Compared as ComparedTree, Difference } from '../../energy/prediction/difference.js';
import type { FittedBench } from '../../energy/prediction/fitted_bench.js';
import type { Patch } from '../../energy/prediction/patch.js';
import type { PredictedTree } from '../../energy/prediction/predict_model.js';
import { label } from '../names.js';
import type { Output, Workload } from '../output.js';
import { benchFor, rests, shippedFiles, shippedLibrary } from '../shipped.js';
import { settingLabel } from '../settings.js';
import type { TableBody, TableColumn, TableRow } from '../table_json.js';

const model = 'bert-base-uncased';

/** As `--set` takes them: what people try first. */
const changes = (workload: Workload): readonly (readonly string[])[] => [
  ['layers=6'],
  ['hidden=512', 'heads=8', 'intermediate=2048'],
  ['intermediate=1536'],
  ['activation=relu'],
  [`batch=${2 * workload.batch_size}`],
  [`length=${Math.max(1, Math.floor(workload.length / 2))}`],
];

/** By toldApart. */
const verdicts = { intervals: 'yes', modules: 'by its modules', no: 'no', null: '' } as const;

interface Row {
  readonly words: string;
  readonly after: PredictedTree;
  readonly difference: Difference;
  /** Whether the intervals tell it from the original, in words. */
  readonly told: string;
}

/** The changed models beside the original, energies of one input. */
async function predictChanges(bench: FittedBench, workload: Workload): Promise<{ before: PredictedTree; rows: Row[] }> {
  const [
    { describeModel, modelOfSizes },
    { predictModel },
    { parsePatch, patched, patchInWords },
    per,
    { difference, toldApart },
  ] = await Promise.all([
    import('../../energy/prediction/described_model.js'),
    import('../../energy/prediction/predict_model.js'),
    import('../../energy/prediction/patch.js'),
    import('../../energy/prediction/difference_per_input.js'),
    import('../../energy/prediction/difference.js'),
  ]);
  const { sizes } = await describeModel(model, await shippedLibrary());
  const predict = async (patch: Patch): Promise<ComparedTree> => {
    const size = { batchSize: patch.batchSize ?? workload.batch_size, length: patch.length ?? workload.length };
    const changed = modelOfSizes(patched(sizes!, patch));
    return per.energiesPer('input', { tree: await predictModel(bench, changed, size), nodes: changed.tree(size) });
  };
  const before = await predict(parsePatch([], sizes!));
  const rows: Row[] = [];
  for (const words of changes(workload)) {
    const patch = parsePatch(words, sizes!);
    const after = await predict(patch);
    const made = difference(before, after);
    const told = verdicts[`${toldApart(made)}`];
    rows.push({ words: patchInWords(patch), after: after.tree, difference: made, told });
  }
  return { before: before.tree, rows };
}

/** The kind of module that makes most of a difference: `BertSelfAttention −0.41 J`. */
function greatestPart({ parts }: Difference): string {
  const [greatest] = [...parts].sort((a, b) => Math.abs(b.differenceJ) - Math.abs(a.differenceJ));
  const { role, type, differenceJ } = greatest;
  const sign = differenceJ < 0 ? '−' : '+';
  return `${role === 'between modules' ? `${role}: ${type}` : type} ${sign}${Math.abs(differenceJ).toPrecision(2)} J`;
}

const joules = (name: string, title: string) => ({ name, title, unit: 'J', decimals: 3 });

const columns: readonly TableColumn[] = [
  { name: 'setting', title: 'Setting', unit: '' },
  { name: 'change', title: 'Change', unit: '' },
  joules('energy_j', 'Energy of an input'),
  joules('low_j', 'from'),
  joules('high_j', 'to'),
  joules('difference_j', 'Difference'),
  { name: 'difference_pct', title: 'Difference', unit: '%', decimals: 1 },
  joules('difference_low_j', 'from'),
  joules('difference_high_j', 'to'),
  joules('paired_low_j', 'common work cancelled, from'),
  joules('paired_high_j', 'to'),
  { name: 'told_apart', title: 'Told apart', unit: '' },
  { name: 'most', title: 'Most of it', unit: '' },
  { name: 'extrapolated_by', title: 'Extrapolated', unit: '' },
];

/** A row; cells that are not given are absent. */
const row = (cells: TableRow): TableRow => ({
  ...Object.fromEntries(columns.map(({ name }) => [name, null])),
  setting: settingLabel('planned'),
  ...cells,
});

const energyCells = ({ root }: PredictedTree) => ({
  energy_j: root.wallJ,
  low_j: root.lowJ,
  high_j: root.highJ,
  extrapolated_by: root.extrapolatedBy,
});

const unchanged = label('none', 'none: the original');

const changeRow = ({ words, after, difference, told }: Row): TableRow =>
  row({
    change: label(words),
    ...energyCells(after),
    difference_j: difference.differenceJ,
    difference_pct: difference.differencePct,
    difference_low_j: difference.interval?.lowJ ?? null,
    difference_high_j: difference.interval?.highJ ?? null,
    paired_low_j: difference.paired?.lowJ ?? null,
    paired_high_j: difference.paired?.highJ ?? null,
    told_apart: told,
    most: greatestPart(difference),
  });

function notes(before: PredictedTree, workload: Workload): string[] {
  const { coverage } = before;
  const both = coverage === null ? '' : `: with two of ${Math.round(100 * coverage)} % in at least ${Math.round(200 * coverage - 100)} %`; // prettier-ignore
  return [
    `${model}, batch size ${workload.batch_size}, length ${workload.length}, unless changed. ${rests(before)}`,
    `The interval of a difference holds wherever both energies lie in theirs, whatever their errors have in common${both}. With common work cancelled, what both run alike is taken to cost the same, and only the modules that differ bring their intervals; told apart by those only where that leaves more than two runs of equal work differ by.`,
    'Any other change: pipeline what-if MODEL --set layers=6, or --patch FILE.yaml.',
  ];
}

/** The table's body, predicted on a bench. */
export async function whatIfBody(bench: FittedBench, workload: Workload): Promise<TableBody> {
  const { before, rows } = await predictChanges(bench, workload);
  return {
    columns,
    rows: [row({ change: unchanged, ...energyCells(before) }), ...rows.map(changeRow)],
    notes: notes(before, workload),
  };
}

export const whatIfTable: Output = {
  id: 'what_if',
  title: 'What if: changes to a model, predicted',
  caption:
    'Energy of one input of BERT-base as it is and changed, predicted from the specification alone (planned, S3), with the interval of the difference and the module that makes most of it.',
  reads: [],
  paper: [],
  settings: ['workload'],
  files: () => shippedFiles('bert', [model]),
  async build(context) {
    const bench = await benchFor(context);
    if (typeof bench !== 'string') return whatIfBody(bench, context.workload);
    return { columns, rows: [row({ change: unchanged })], notes: [bench] };
  },
};
