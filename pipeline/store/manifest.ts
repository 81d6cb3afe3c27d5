/**
 * What a finished task left behind: its fingerprint with the parts it was made of, and every file it wrote with size,
 * time and SHA-256. It is written last, so a task without a manifest is not finished. The manifest carries a hash of
 * itself; one that does not agree with it is as good as none, and is reported.
 */
import { readFileSync, statSync } from 'node:fs';
import type { Severity } from '../findings.js';
import { saysNothingOfFile } from '../system_problem.js';
import { writeAtomically } from './atomic.js';
import { hashOf } from './hash.js';

/** Raised when the form of manifests changes: older ones then count as missing. */
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

/** The manifest, null where there is none, or a sentence on why what is there cannot be used. */
export function readManifest(path: string): Manifest | null | string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (saysNothingOfFile(error)) throw error;
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : `${path}: ${(error as Error).message}`;
  }
  try {
    const { sha256, ...manifest } = JSON.parse(text) as Manifest & { sha256: string };
    if (manifest.version !== manifestVersion) return null;
    if (sha256 !== hashOf('manifest', manifest)) return `${path} is damaged: its content does not match its own hash`;
    return manifest;
  } catch {
    return `${path} is damaged: it is no JSON`;
  }
}

export function writeManifest(path: string, manifest: Manifest): void {
  writeAtomically(path, `${JSON.stringify({ ...manifest, sha256: hashOf('manifest', manifest) }, null, 1)}\n`);
}

/** Notes that a task's outputs may not be used; the next run recomputes it. */
export function markDamaged(path: string, reason: string): void {
  const manifest = readManifest(path);
  if (manifest && typeof manifest !== 'string') writeManifest(path, { ...manifest, damaged: reason });
}
