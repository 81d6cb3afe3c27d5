/**
 * What a finished task left behind: its fingerprint with the parts it was made of, and every file it wrote with size,
 * time and SHA-256. It is written last, so a task without a manifest is not finished. The manifest carries a hash of
 * itself; one that does not agree with it is as good as none, and is reported.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { z } from 'zod';
import type { Severity } from '../findings.js';
import { reportFolder, runFolder } from '../paths.js';
import { saysNothingOfFile } from '../system_problem.js';
import { writeAtomically } from './atomic.js';
import { sealed, unsealed } from './sealed.js';

/** Raised when the form of manifests changes: what has an older one is computed again. */
export const manifestVersion = 1;

export interface Output {
  /** The table it holds, or null for a published file. */
  readonly table: string | null;
  readonly path: string;
  readonly bytes: number;
  readonly mtime_ms: number;
  readonly sha256: string;
  readonly rows: number;
}

/** What a fingerprint is made of, kept to say later what changed. */
export interface FingerprintParts {
  readonly params: unknown;
  /** Of other stages' slices, where a stage borrows some. */
  readonly borrowed?: unknown;
  readonly source: unknown;
  readonly configuration: unknown;
  readonly files: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly code: string;
  readonly schema: string;
}

export interface Manifest {
  readonly version: number;
  readonly task: string;
  readonly fingerprint: string;
  readonly parts: FingerprintParts;
  readonly outputs: readonly Output[];
  readonly findings: Readonly<Record<Severity, number>>;
  readonly seconds: number;
  /** Why its outputs may not be used; set by a reader that found damage. */
  readonly damaged: string | null;
}

/** Size and time as recorded of a file on disk, or null where there is none. */
export function fileState(path: string): { bytes: number; mtime_ms: number } | null {
  try {
    const { size, mtimeMs } = statSync(path);
    return { bytes: size, mtime_ms: Math.round(mtimeMs) };
  } catch {
    return null;
  }
}

/** What a manifest consists of; the parts of a fingerprint are only ever compared and printed. */
const manifestSchema = z.strictObject({
  version: z.literal(manifestVersion),
  task: z.string(),
  fingerprint: z.string(),
  parts: z.looseObject({
    files: z.record(z.string(), z.string()),
    inputs: z.record(z.string(), z.string()),
    code: z.string(),
    schema: z.string(),
  }),
  outputs: z.array(
    z.strictObject({
      table: z.string().nullable(),
      path: z.string(),
      bytes: z.number(),
      mtime_ms: z.number(),
      sha256: z.string(),
      rows: z.number(),
    }),
  ),
  findings: z.strictObject({ info: z.number(), warn: z.number(), exclude: z.number(), refuse: z.number() }),
  seconds: z.number(),
  damaged: z.string().nullable(),
});

/** The id of the task whose manifest lies at a path: its stage's folder and its own name. */
export const taskOf = (path: string): string => `${basename(dirname(path))}/${basename(path, '.json')}`;

/** A file of the run: what a manifest names anywhere else is never read or removed. */
const isInside = (path: string, run: string): boolean =>
  path === normalize(path) && [runFolder(run), reportFolder(run)].some((folder) => path.startsWith(join(folder, '/')));

/** What is wrong with a manifest that carries its own hash: another task's or run's, or none at all. */
function misplaced(manifest: Manifest, path: string): string | null {
  const run = basename(dirname(dirname(path)));
  if (manifest.task !== taskOf(path)) return `it is the one of ${manifest.task}`;
  const outside = manifest.outputs.find((output) => !isInside(output.path, run));
  return outside ? `it names ${outside.path}, which is no file of run ${run}` : null;
}

/** The manifest, null where there is none of the present form, or a sentence on why what is there cannot be used. */
export function readManifest(path: string): Manifest | null | string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (saysNothingOfFile(error)) throw error;
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? null
      : `${path} is damaged: ${(error as Error).message}`;
  }
  const found = unsealed('manifest', text);
  if ('reason' in found) return `${path} is damaged: ${found.reason}`;
  // The hash first: a version that was hit is damage and no older form.
  if ((found.content as Partial<Manifest>).version !== manifestVersion) return null;
  const parsed = manifestSchema.safeParse(found.content);
  if (!parsed.success) return `${path} is damaged: it is no manifest`;
  const manifest = found.content as Manifest;
  const reason = misplaced(manifest, path);
  return reason === null ? manifest : `${path} is damaged: ${reason}`;
}

export function writeManifest(path: string, manifest: Manifest): void {
  writeAtomically(path, sealed('manifest', manifest));
}

/** Notes that a task's outputs may not be used; the next run recomputes it. */
export function markDamaged(path: string, reason: string): void {
  const manifest = readManifest(path);
  if (manifest && typeof manifest !== 'string') writeManifest(path, { ...manifest, damaged: reason });
}
