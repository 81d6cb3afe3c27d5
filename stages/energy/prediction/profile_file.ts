/** Reads a profile: what somebody logged of a model, by columns of our names, of the published ones, or of other units. */
import { UsageError } from '../../../pipeline/errors.js';
import { resourceFeatures } from '../predictors/feature_sets.js';
import type { Measured } from './forest_of_trees.js';
import type { Profile, ProfileRow } from './profile.js';
import { readRows, type FileRow } from './read_rows.js';

type Resource = (typeof resourceFeatures)[number] | 'cpu_j';

/** Columns that hold a feature, the first that is there, with what turns them into its unit. */
const columns: Readonly<Record<Resource, Readonly<Record<string, number>>>> = {
  latency_s: { latency_s: 1, latency_ms: 1e-3, latency_us: 1e-6, times_mean: 1 },
  gpu_j: { gpu_j: 1, gpu_mj: 1e-3, gpu_energy_mean: 1 },
  cpu_pct: { cpu_pct: 1, cpu: 1 },
  cpu_j: { cpu_j: 1, cpu_mj: 1e-3 },
  mem_pct: { mem_pct: 1, mem: 1 },
  gpu_pct: { gpu_pct: 1, gpu: 1 },
  gpu_mem_pct: { gpu_mem_pct: 1, gpu_mem: 1 },
  gpu_clk_mhz: { gpu_clk_mhz: 1, gpu_clk: 1 },
  gpu_mem_clk_mhz: { gpu_mem_clk_mhz: 1, gpu_mem_clk: 1 },
};

/** Without these there is nothing to predict from. */
const needed: readonly Resource[] = ['latency_s', 'gpu_j'];

const nodeColumns = ['scope', 'level_name', 'node', 'name'];
const sizeColumns = { batchSize: ['batch_size'], length: ['length', 'seq_len'] } as const;
const modelColumns = ['model', 'model_name'];

/**
 * Mean power of a graphics card, W, beyond which a row must have wrong units: the largest boards draw 1.2 kW (NVIDIA
 * GB200), none that computes less than 1 W.
 */
const plausibleW = { least: 1, most: 2000 } as const;

type Values = FileRow['values'];

/** The first of the named columns that the file has. */
const columnIn = (values: Values, names: readonly string[]): string | undefined =>
  names.find((name) => Object.hasOwn(values, name));

function numberAt({ place, values }: FileRow, column: string, isWhole = false): number {
  const given = values[column];
  const value = typeof given === 'number' ? given : given === null || given === '' ? NaN : Number(given);
  if (Number.isFinite(value) && value >= 0 && (!isWhole || (value > 0 && Number.isInteger(value)))) return value;
  const found = given === null ? 'nothing' : JSON.stringify(given);
  const expected = isWhole ? 'a positive whole number' : 'a number of 0 or more';
  throw new UsageError(`${place} ${column}: found ${found}, expected ${expected}`);
}

function measuredIn(row: FileRow): Measured {
  const measured: Partial<Record<Resource, number>> = {};
  for (const feature of [...resourceFeatures, 'cpu_j'] as const) {
    const column = columnIn(row.values, Object.keys(columns[feature]));
    if (column === undefined || (row.values[column] === null && !needed.includes(feature))) continue;
    measured[feature] = numberAt(row, column) * columns[feature][column];
  }
  const { gpu_j = 0, latency_s = 0 } = measured;
  const powerW = gpu_j / latency_s;
  if (powerW >= plausibleW.least && powerW <= plausibleW.most) return measured;
  throw new UsageError(
    `${row.place}: ${gpu_j} J in ${latency_s} s are ${powerW.toPrecision(3)} W, which no GPU draws: wrong units?`,
    'columns say theirs: latency_s, latency_ms or latency_us, and gpu_j or gpu_mj, of one run each',
  );
}

/** `path:Class`, a path with its class in another column, or a path alone; published, a name without colon is a model. */
function nodeIn({ values }: FileRow, column: string | undefined): Pick<ProfileRow, 'scope' | 'type'> {
  const name = column === undefined ? '' : String(values[column] ?? '');
  const type = values.type === undefined || values.type === null ? null : String(values.type);
  const colon = name.lastIndexOf(':');
  if (colon >= 0) return { scope: name.slice(0, colon), type: name.slice(colon + 1) };
  return column === 'level_name' ? { scope: '', type: null } : { scope: name, type };
}

function sizeIn(row: FileRow, names: readonly string[]): number | null {
  const column = columnIn(row.values, names);
  return column === undefined ? null : numberAt(row, column, true);
}

/** Reads a profile. Throws a UsageError with the place of what is wrong. */
export async function readProfile(file: string): Promise<Profile> {
  const rows = await readRows(file);
  const [{ values: first }] = rows;
  const lacking = needed.filter((feature) => columnIn(first, Object.keys(columns[feature])) === undefined);
  if (lacking.length > 0) {
    const wanted = lacking.map((feature) => Object.keys(columns[feature]).join(' or '));
    throw new UsageError(
      `${file}: no column ${wanted.join('; no column ')}`,
      `it has ${Object.keys(first).join(', ')}`,
    );
  }
  const node = columnIn(first, nodeColumns);
  const model = columnIn(first, modelColumns);
  return {
    file,
    rows: rows.map((row) => ({
      model: model === undefined || row.values[model] === null ? null : String(row.values[model]),
      batchSize: sizeIn(row, sizeColumns.batchSize),
      length: sizeIn(row, sizeColumns.length),
      ...nodeIn(row, node),
      measured: measuredIn(row),
    })),
  };
}
