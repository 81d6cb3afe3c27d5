/** One of the two runs that `pipeline diff` compares: a configuration or the name of a run, and what is on disk of it. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadConfiguration } from '../../config/configuration.js';
import { nearest } from '../../config/nearest.js';
import { IntegrityError, UnavailableError, UsageError } from '../../errors.js';
import { runFolder } from '../../paths.js';
import type { Registry } from '../../stage.js';
import { filesBelow } from '../../store/garbage.js';
import { readManifest, taskOf, type Manifest, type Output } from '../../store/manifest.js';
import { readLock } from '../../store/source_lock.js';
import { runNames } from '../list_runs.js';

export interface Side {
  readonly run: string;
  readonly source: string | null;
  /** As configured, or as a finished report has recorded them; null where neither is there. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly manifests: readonly Manifest[];
}

/** The manifests of a run's tasks. Throws an IntegrityError where one is damaged: its numbers would be left out. */
function manifestsOf(run: string): Manifest[] {
  return filesBelow(runFolder(run))
    .filter((file) => file.endsWith('.json') && dirname(file) !== runFolder(run))
    .sort()
    .flatMap((path) => {
      const manifest = readManifest(path);
      if (typeof manifest === 'string') throw IntegrityError.ofMessage(manifest, taskOf(path));
      return manifest ?? [];
    });
}

function recordedSettings(manifests: readonly Manifest[]): Side['settings'] {
  const recorded = manifests.find(({ parts }) => parts.configuration !== null)?.parts.configuration;
  if (!recorded) return null;
  const { run: _, ...settings } = recorded as Record<string, unknown>;
  return settings;
}

export function openSide(name: string, registry: Registry): Side {
  const isRun = !existsSync(name) && runNames().includes(name);
  if (!isRun && !existsSync(name)) {
    const near = nearest(name, runNames());
    const there = runNames().length > 0 ? `the runs here are ${runNames().join(', ')}` : 'there are no runs here';
    throw new UsageError(
      `${name} is neither a configuration file nor a run: ${near ? `did you mean ${near}?` : there}`,
    );
  }
  const configuration = isRun ? null : loadConfiguration(name, registry);
  const run = configuration?.run ?? name;
  const manifests = manifestsOf(run);
  if (manifests.length === 0) {
    throw new UnavailableError(
      `nothing is computed of run ${run}`,
      `compute it: pipeline run ${configuration ? name : 'CONFIG'}`,
    );
  }
  const settings = configuration?.settings ?? recordedSettings(manifests);
  return { run, source: readLock(run)?.label ?? null, settings, manifests };
}

/** The outputs of a side that hold a table, or the published files (`table` null), with their tasks. */
export function outputsOf({ manifests }: Side, table: string | null): (Output & { readonly task: string })[] {
  return manifests.flatMap(({ task, outputs, damaged }) => {
    const own = outputs.filter((output) => output.table === table);
    if (own.length > 0 && damaged) throw IntegrityError.ofMessage(damaged, task);
    return own.map((output) => ({ task, ...output }));
  });
}
