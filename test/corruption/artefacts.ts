/** The kinds of file that a run keeps, each with a command that uses its content, and what mends it. */
import { join } from 'node:path';

export interface Artefact {
  /** What it is, as the torture tells it. */
  readonly kind: string;
  readonly file: string;
  /** A command that would use what the file says. */
  readonly reader: readonly string[];
  /** The stages of which `run` computes a task anew, none where the file is restored otherwise. */
  readonly repairs: Readonly<Record<string, number>>;
}

const toy = (path: string): string => join('data', 'runs', 'toy', path);

/** Of the toy registry, whose stages take milliseconds. */
export const toyArtefacts: readonly Artefact[] = [
  {
    kind: 'dataset, asked by SQL',
    file: toy('square/squares/a.parquet'),
    reader: ['query', 'toy.yaml', 'SELECT * FROM squares'],
    repairs: { square: 1 },
  },
  {
    kind: 'dataset, read by a task',
    file: toy('make/values/a.parquet'),
    reader: ['run', 'toy.yaml', '--from', 'square', '--jobs', '1'],
    repairs: { make: 1 },
  },
  {
    kind: 'report input',
    file: toy('square/squares/b.parquet'),
    reader: ['run', 'toy.yaml', '--from', 'tell', '--jobs', '1'],
    repairs: { square: 1 },
  },
  {
    kind: 'manifest',
    file: toy('square/a.json'),
    reader: ['query', 'toy.yaml', 'SELECT * FROM squares'],
    repairs: { square: 1 },
  },
  {
    kind: 'manifest, compared',
    file: toy('make/b.json'),
    reader: ['diff', 'toy.yaml', 'toy'],
    repairs: { make: 1 },
  },
  { kind: 'source.lock.json', file: toy('source.lock.json'), reader: ['status', 'toy.yaml'], repairs: {} },
];
