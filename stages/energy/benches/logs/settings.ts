/**
 * Somebody's own logs as a bench: which file has what, in which form, on whose clock. The section `bench.logs`:
 *
 *     bench:
 *       source: [logs]
 *       logs:
 *         machine: { name: our box, threads: 32 }
 *         zone: Europe/London               # of stamps that tell none
 *         runs: { file: runs.csv, columns: { start_us: began, end_us: ended, model: model, batch_size: b, length: s, repeats: n } }
 *         power: { file: meter.log, format: wattsup, kind: window }
 *         resources: { file: smi.csv, format: nvidia_smi }
 */
import { z } from 'zod';
import { nearest } from '../../../../pipeline/config/nearest.js';
import { tableOptions, type Quantities } from '../../meters/csv_table.js';
import { logFormats } from '../../meters/log_formats.js';
import { stated } from '../../meters/settings.js';
import { stampOptions } from '../../meters/timestamp.js';
import { powerQuantity, voltage } from '../../units.js';

/** A run log's columns: what ran (a whole model, or the part of one at `scope`), from when to when, how often. */
export const runQuantities: Quantities = {
  start: 'time',
  end: 'time',
  duration: 'duration',
  model: 'text',
  batch_size: 'plain',
  length: 'plain',
  scope: 'text',
  type: 'text',
  repeats: 'plain',
  kind: 'text',
};

/** A resource log's columns; the dataset's, and what it can be reckoned from. */
export const resourceQuantities: Quantities = {
  time: 'time',
  cpu: 'share',
  cpu_busy_ticks: 'plain',
  cpu_total_ticks: 'plain',
  mem: 'share',
  mem_total: 'memory',
  mem_available: 'memory',
  cpu_energy: 'energy',
  dram_energy: 'energy',
  gpu: 'share',
  gpu_mem: 'share',
  gpu_mem_used: 'memory',
  gpu_clk: 'clock',
  gpu_mem_clk: 'clock',
  gpu_power: 'power',
  gpu_energy: 'energy',
  gpu_temperature: 'temperature',
};

const file = z.string().min(1, 'expected the path of a file');

const has = (map: Readonly<Record<string, string>>, name: string): boolean =>
  Object.keys(map).some((key) => key === name || key.startsWith(`${name}_`));

function needing(quantities: Quantities, needed: readonly string[]) {
  const options = tableOptions(quantities);
  const columns = options.columns.superRefine((map, context) => {
    const lacking = needed.filter((name) => !has(map, name));
    if (lacking.length > 0) context.addIssue({ code: 'custom', message: `expected columns for ${lacking.join(', ')}` });
  });
  return { ...options, columns };
}

const runs = z.strictObject({ file, ...needing(runQuantities, ['start', 'model', 'batch_size', 'length']) });

export const resourceFormats = ['csv', 'nvidia_smi'] as const;

/** nvidia-smi names its columns and their units itself. */
const nvidiaSmi = {
  zone: stampOptions.zone,
  /** The one that the runs were on, where the log has several: its index or UUID. */
  gpu: z
    .union([z.string(), z.number().transform(String)])
    .nullable()
    .default(null),
  /** Which of its powers: `draw` is an average on some cards and of the moment on others. */
  power: z.enum(['draw', 'average', 'instant']).default('draw'),
};

const resources = z.discriminatedUnion(
  'format',
  [
    z.strictObject({ file, format: z.literal('csv'), ...needing(resourceQuantities, ['time']) }),
    z.strictObject({ file, format: z.literal('nvidia_smi'), ...nvidiaSmi }),
  ],
  { error: ({ input }) => unknownFormat(input, resourceFormats) },
);

/** A log that our own recorder wrote tells its meter itself. */
export const ownLog = 'meter_log';

const powerFormats = [...Object.keys(logFormats), ownLog];

const powerShape = {
  file,
  ...stated,
  /** Nominal voltage of the mains, V; power of the machine at rest, W. */
  mains: voltage().nullable().default(null),
  standby: powerQuantity().nullable().default(null),
};

const [firstFormat, ...otherFormats] = [
  ...Object.values(logFormats).map(({ name, options }) =>
    z.strictObject({ ...powerShape, format: z.literal(name), ...options }),
  ),
  z.strictObject({ ...powerShape, format: z.literal(ownLog) }),
];

const power = z.discriminatedUnion('format', [firstFormat, ...otherFormats], {
  error: ({ input }) => unknownFormat(input, powerFormats),
});

function unknownFormat(given: unknown, names: readonly string[]): string {
  const format = (given as { readonly format?: unknown } | null)?.format;
  const known = `expected format: one of ${names.join(', ')}`;
  if (typeof format !== 'string') return known;
  const near = nearest(format, names);
  return `there is no format "${format}"; ${near ? `nearest: ${near}` : known}`;
}

const section = z.strictObject({
  machine: z.strictObject({
    name: z.string(),
    /** Hardware threads. */
    threads: z.number().int().positive(),
    memory_gib: z.number().positive().nullable().default(null),
    cpu: z.string().nullable().default(null),
    gpu: z.string().nullable().default(null),
  }),
  /** Of stamps in any of the logs that tell none, where the log does not state its own. */
  zone: stampOptions.zone,
  /** True where one clock stamped meter and runs: then nothing is sought between them. */
  one_clock: z.boolean().default(false),
  runs,
  power,
  resources: resources.nullable().default(null),
});

/** A log that states no zone of its own has the section's. */
export const logsSettings = section.transform(({ zone, ...logs }) => {
  const zoned = <Log extends object>(log: Log): Log =>
    'zone' in log && log.zone === null && zone !== null ? { ...log, zone } : log;
  const { runs, power, resources } = logs;
  return { ...logs, runs: zoned(runs), power: zoned(power), resources: resources && zoned(resources) };
});

export type LogsSettings = z.output<typeof logsSettings>;
