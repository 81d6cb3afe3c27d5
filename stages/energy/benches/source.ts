/** The choice of where measurements come from: the section `bench` of a configuration (DESIGN 5). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { nearest } from '../../../pipeline/config/nearest.js';
import { packageRoot } from '../../../pipeline/paths.js';
import type { Source, SourceChoice } from '../../../pipeline/stage.js';
import { download, type Fetch } from './download.js';
import { logFiles } from './logs/files.js';
import { type LiveSettings, liveSettings } from './live/settings.js';
import { type LogsSettings, logsSettings } from './logs/settings.js';
import { cacheFolder, findPublished, publishedPlaces, type Environment } from './places.js';

/** The kinds that can be opened, with the label that every table and page bears. */
const labels = {
  published: 'published measurements, replayed logs',
  twin: 'simulated',
  logs: 'measured, from logs',
  live: 'measured live',
} as const;

type Kind = keyof typeof labels;

const kinds = Object.keys(labels) as Kind[];

/** The bench that simulates a device, where there is one. */
const twins: Readonly<Record<string, string>> = { device_1: 'pc1-twin' };

const twinFolder = join(packageRoot, 'data', 'benches');

const kind = z.string({ error: `expected one of ${kinds.join(', ')}` }).transform((name, context): Kind => {
  if (Object.hasOwn(labels, name)) return name as Kind;
  const near = nearest(name, kinds);
  context.addIssue({
    code: 'custom',
    message: `source "${name}" is not available; ${near ? `nearest: ${near}` : `available: ${kinds.join(', ')}`}`,
  });
  return z.NEVER;
});

const sourceParams = z
  .strictObject({
    source: z
      .array(kind)
      .min(1, `expected at least one of ${kinds.join(', ')}`)
      .refine((names) => new Set(names).size === names.length, 'each source may stand there once')
      .default(['published', 'twin']),
    device: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]*$/, 'expected the name of a folder of the data set, like device_1')
      .default('device_1'),
    /** Where the source is `logs`: which they are. */
    logs: logsSettings.optional(),
    /** Where the source is `live`: the machine and its instruments. */
    live: liveSettings.optional(),
  })
  .refine(({ source, logs }) => !source.includes('logs') || logs, {
    path: ['logs'],
    error: 'expected a section that says where the logs are: runs, power, resources',
  })
  .refine(({ source, live }) => !source.includes('live') || live, {
    path: ['live'],
    error: 'expected a section that describes the bench: machine, meter, gpu',
  });

export type SourceParams = z.infer<typeof sourceParams>;

export interface OpenOptions {
  readonly download: boolean;
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly environment?: Environment;
  readonly shared?: string;
  readonly fetch?: Fetch;
}

type Opened = Source | { readonly reason: string };

async function openPublished(device: string, options: OpenOptions): Promise<Opened> {
  const { environment = process.env, shared, signal, fetch } = options;
  let folder = findPublished(device, environment, shared);
  if (!folder && options.download) {
    folder = join(cacheFolder(environment), device);
    await download(device, folder, { signal, fetch });
  }
  if (folder) return { kind: 'published', label: labels.published, about: { device }, place: { folder } };
  return {
    reason:
      `no published files of ${device}: IRENE_DATASET is not set, and neither ../shared/irene-dataset nor the download ` +
      'cache has them (`--download` fetches them)',
  };
}

function openTwin(device: string): Opened {
  const bench = Object.hasOwn(twins, device) ? twins[device] : undefined;
  if (!bench || !existsSync(join(twinFolder, `${bench}.yaml`))) return { reason: `there is no twin of ${device}` };
  return { kind: 'twin', label: labels.twin, about: { device, bench }, place: { folder: twinFolder } };
}

function openLogs(logs: LogsSettings): Opened {
  const missing = logFiles(logs).find(({ path }) => !existsSync(path));
  if (missing) return { reason: `there is no ${missing.path} (bench.logs.${missing.name}.file)` };
  return { kind: 'logs', label: labels.logs, about: { logs }, place: {} };
}

function labelOf(meter: LiveSettings['meter']): string {
  if (meter === null) return `${labels.live}, GPU only: no meter`;
  return meter.type === 'simulated' ? labels.twin : labels.live;
}

/** Always: whether its instruments answer is asked when something is to be measured. A simulated meter measures nothing. */
const openLive = (live: LiveSettings): Opened => ({
  kind: 'live',
  label: labelOf(live.meter),
  about: { live },
  place: {},
});

/** The description of the bench that a twin simulates. */
export const twinFile = ({ about, place }: Source): string => join(place.folder, `${String(about.bench)}.yaml`);

export const source: SourceChoice<SourceParams> & {
  readonly open: (kind: string, params: SourceParams, options: OpenOptions) => Promise<Opened>;
} = {
  name: 'bench',
  params: sourceParams,
  looksAt: ({ device, logs }) => ({
    places: [...publishedPlaces(device, process.env), ...(logs ? logFiles(logs).map(({ path }) => path) : [])],
    variables: ['IRENE_DATASET', 'XDG_CACHE_HOME', 'HOME'],
  }),
  order: (params) => params.source,
  open: async (kind, { device, logs, live }, options) => {
    if (kind === 'logs') return openLogs(logs!);
    if (kind === 'live') return openLive(live!);
    return kind === 'published' ? openPublished(device, options) : openTwin(device);
  },
};
