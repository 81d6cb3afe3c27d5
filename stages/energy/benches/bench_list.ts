/** What `list benches` tells: every bench that is described in data/benches/. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../../pipeline/paths.js';
import { readYaml } from '../../../pipeline/yaml.js';

export interface BenchSummary {
  readonly bench: string;
  /** `measured`, or `simulated` for a twin. */
  readonly kind: string;
  readonly device: string | null;
  readonly cpu: string | null;
  readonly gpu: string | null;
  readonly meter: string | null;
}

const named = z.looseObject({ name: z.string() });
const summary = named.extend({
  label: z.string().optional(),
  device: z.string().optional(),
  cpu: named.optional(),
  gpu: named.optional(),
  meter: named.optional(),
});

/** All benches, sorted by file. Throws a UsageError where a file is wrong. */
export function benchList(folder = join(packageRoot, 'data', 'benches')): BenchSummary[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => {
    const { label, device, cpu, gpu, meter } = readYaml(join(folder, file), summary);
    return {
      bench: basename(file, '.yaml'),
      kind: label ?? 'measured',
      device: device ?? null,
      cpu: cpu?.name ?? null,
      gpu: gpu?.name ?? null,
      meter: meter?.name ?? null,
    };
  });
}
