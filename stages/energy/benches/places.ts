/** Where the published files of a device lie on this machine. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UnavailableError } from '../../../pipeline/errors.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { publishedFiles } from './published_files.js';
import { missingFile } from './published_rows.js';

export interface Environment {
  readonly IRENE_DATASET?: string;
  readonly XDG_CACHE_HOME?: string;
}

/** What `--download` fetches stays here. */
export const cacheFolder = ({ XDG_CACHE_HOME }: Environment): string =>
  join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'irene-energy', 'dataset');

/** Beside the package, for whoever got the project and the files together. */
export const sharedFolder = join(packageRoot, '..', 'shared', 'irene-dataset');

const complete = (folder: string): boolean =>
  Object.values(publishedFiles).every((file) => existsSync(join(folder, file)));

/** A folder that is there must have all four files: half a data set is a mistake, not an absence. */
function wholeFolder(folder: string): string {
  for (const file of Object.values(publishedFiles)) {
    if (!existsSync(join(folder, file))) throw missingFile(join(folder, file));
  }
  return folder;
}

/** Everywhere that `findPublished` may look. */
export const publishedPlaces = (device: string, environment: Environment): string[] =>
  [
    ...(environment.IRENE_DATASET ? [resolve(environment.IRENE_DATASET)] : []),
    sharedFolder,
    cacheFolder(environment),
  ].map((folder) => join(folder, device));

/**
 * The device's folder, or null where there is none. IRENE_DATASET, if set, must be right: an UnavailableError says what
 * is wrong with it, and no other place is tried.
 */
export function findPublished(device: string, environment: Environment, shared = sharedFolder): string | null {
  const { IRENE_DATASET } = environment;
  if (IRENE_DATASET) {
    const folder = join(resolve(IRENE_DATASET), device);
    if (!existsSync(folder)) {
      throw new UnavailableError(
        `IRENE_DATASET=${IRENE_DATASET} has no folder ${device}`,
        `it must hold ${device}/ with ${Object.values(publishedFiles).join(', ')}; unset it to look elsewhere`,
      );
    }
    return wholeFolder(folder);
  }
  if (existsSync(join(shared, device))) return wholeFolder(join(shared, device));
  const cached = join(cacheFolder(environment), device);
  return complete(cached) ? cached : null;
}
