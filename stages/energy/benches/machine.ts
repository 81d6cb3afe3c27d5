/** What a bench's machine and instruments are: facts with their sources, in data/benches/. */
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../../pipeline/paths.js';
import type { Source } from '../../../pipeline/stage.js';
import { readYaml } from '../../../pipeline/yaml.js';
import { liveOf } from './live/settings.js';
import { logsOf } from './logs/files.js';

const machineSchema = z.strictObject({
  name: z.string(),
  /** The folder of the machine's published measurements. */
  device: z.string(),
  /** True where nothing is known of the machine and another's facts stand in. */
  assumed: z.boolean(),
  cpu: z.strictObject({ name: z.string(), threads: z.number().int().positive() }),
  memory_gib: z.number().positive(),
  gpu: z.strictObject({
    name: z.string(),
    count: z.number().int().positive(),
    memory_gib: z.number().positive(),
    idle: z.strictObject({ power_w: z.number(), clk_mhz: z.number(), mem_clk_mhz: z.number() }),
  }),
  meter: z.strictObject({
    name: z.string(),
    kind: z.enum(['window', 'instant']),
    window_s: z.number().positive(),
    period_s: z.number().positive(),
    mains_voltage_v: z.number().positive().nullable(),
    power_factor_source: z.enum(['measured', 'assumed']),
    range_a: z.number().positive().nullable(),
    uncertainty_pct: z.number().positive().nullable(),
  }),
  logger: z.strictObject({ period_s: z.number().positive() }),
  /** What was fitted on it, if anything: bench_file.ts reads it. */
  predictors: z.union([z.string(), z.looseObject({})]).optional(),
});

export type Machine = z.infer<typeof machineSchema>;

const benchFolder = join(packageRoot, 'data', 'benches');

const files: Readonly<Record<string, string>> = { device_1: 'pc1.yaml', device_2: 'pc2.yaml' };

/** The machine that a folder of unknown name is taken for. */
const standIn = 'device_1';

/** The device whose measurements a source has; the twin simulates the first. */
function deviceOf({ about }: Source): string {
  return typeof about.device === 'string' ? about.device : standIn;
}

/** The path of the file that describes the machine of a source that is replayed. */
const descriptionOf = (source: Source): string => join(benchFolder, files[deviceOf(source)] ?? files[standIn]);

/** The file that describes a source's machine, if there is one: one's own is described in the configuration. */
export const machineFiles = (source: Source): string[] =>
  ['logs', 'live'].includes(source.kind) ? [] : [descriptionOf(source)];

/** What a table of machines prints; null is not stated. */
export interface Specification {
  readonly name: string;
  /** True where nothing is known of the machine and another's facts stand in. */
  readonly assumed: boolean;
  readonly cpu: string | null;
  readonly memory: string | null;
  readonly gpu: string | null;
  readonly gpuMemory: string | null;
}

export function specificationOf(source: Source): Specification {
  if (source.kind === 'logs' || source.kind === 'live') {
    const { name, cpu, threads, memory_gib, gpu } = (source.kind === 'logs' ? logsOf : liveOf)(source).machine;
    const processor = `${cpu ?? 'not stated'}, ${threads} threads`;
    return { name, assumed: false, cpu: processor, memory: memory_gib === null ? null : `${memory_gib} GiB`, gpu, gpuMemory: null }; // prettier-ignore
  }
  const { name, assumed, cpu, memory_gib, gpu } = machineOf(source);
  return {
    name,
    assumed,
    cpu: `${cpu.name}, ${cpu.threads} threads`,
    memory: `${memory_gib} GiB`,
    gpu: `${gpu.count} × ${gpu.name}, one used`,
    gpuMemory: `${gpu.memory_gib} GiB each`,
  };
}

/** The machine of a source that is replayed; a device that nobody described has PC1's facts, labelled assumed. */
export function machineOf(source: Source): Machine {
  const device = deviceOf(source);
  const machine = readYaml(descriptionOf(source), machineSchema);
  return device in files ? machine : { ...machine, name: `${device} (${machine.name} assumed)`, device, assumed: true };
}
