/** The paper's values: facts in data/paper/, one YAML file a table or figure, read and checked once at the border. */
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';

type Scalar = string | number;
type PaperRow = Readonly<Record<string, Scalar>>;

/** One table or figure of the paper: its rows under the datasets' keys, and single values its text states. */
export interface PaperValues {
  readonly id: string;
  readonly rows: readonly PaperRow[];
  readonly statements: Readonly<Record<string, Scalar>>;
}

export const paperFile = (id: string): string => join('data', 'paper', `${id}.yaml`);

/** Throws an IntegrityError where the file is not as this project ships it: it is sealed. */
export async function readPaper(id: string): Promise<PaperValues> {
  const [{ readYaml }, { z }] = await Promise.all([import('../../pipeline/yaml.js'), import('zod')]);
  const record = z.record(z.string(), z.union([z.string(), z.number()]));
  const schema = z.strictObject({
    id: z.literal(id),
    place: z.string(),
    unit: z.string().optional(),
    rows: z.array(record).default([]),
    statements: record.default({}),
  });
  return readYaml(join(packageRoot, paperFile(id)), schema);
}

/** The rows whose columns have these values. */
export const paperRows = (paper: PaperValues, where: PaperRow): readonly PaperRow[] =>
  paper.rows.filter((row) => Object.entries(where).every(([name, value]) => row[name] === value));

/** A number of the row that `where` picks, or null where the paper has none. */
export function paperNumber(paper: PaperValues, where: PaperRow, column: string): number | null {
  const value = paperRows(paper, where)[0]?.[column];
  return typeof value === 'number' ? value : null;
}

/** A number that the paper states; throws where the file lacks it. */
export function statement(paper: PaperValues, name: string): number {
  const value = paper.statements[name];
  if (typeof value !== 'number') throw new Error(`${paperFile(paper.id)}: no number ${name} under statements`);
  return value;
}
