/** The mean of every measurement of one model, from whatever source a replay has. */
import { join } from 'node:path';
import type { FileInput, Source } from '../../../pipeline/stage.js';
import type { MeasurementMean } from './bench.js';
import { logFiles, logsOf } from './logs/files.js';
import { publishedFiles } from './published_files.js';
import { twinFile } from './source.js';
import type { TwinNode, TwinOperator } from './twin.js';

/** The model's rows of `nodes` and `operators` as the twin needs them, read only where they are needed. */
export interface ModelRows {
  readonly nodes: () => Promise<readonly TwinNode[]>;
  readonly operators: () => Promise<readonly TwinOperator[]>;
}

/** The files that the means are read from, or the logs. */
export function meansFiles(source: Source): FileInput[] {
  if (source.kind === 'live') return [];
  if (source.kind === 'logs') return logFiles(logsOf(source));
  if (source.kind === 'twin') return [{ name: 'twin', path: twinFile(source) }];
  return Object.values(publishedFiles).map((name) => ({ name, path: join(source.place.folder, name) }));
}

/** By measurement_id. Throws an UnavailableError where published files are missing or malformed. */
export async function measurementMeans(
  source: Source,
  model: string,
  rows: ModelRows,
): Promise<Map<string, MeasurementMean>> {
  switch (source.kind) {
    case 'published': {
      const { publishedMeans } = await import('./published.js');
      return publishedMeans(source.place.folder, model);
    }
    case 'twin': {
      const { readTwin, twinMeans } = await import('./twin.js');
      return twinMeans(readTwin(twinFile(source)), await rows.nodes(), await rows.operators());
    }
    default:
      throw new Error(`a replay cannot read a source of kind ${source.kind}`);
  }
}
