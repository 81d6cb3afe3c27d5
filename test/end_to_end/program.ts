/** The program as a user runs it: a process of its own, in a folder of its own that has the shipped configurations. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../pipeline/paths.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A new folder with `configs/`, where a user could work; `name` begins its name. */
export function workFolder(name = 'pipeline-user-'): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  cpSync(join(packageRoot, 'configs'), join(folder, 'configs'), { recursive: true });
  return folder;
}

/** Runs `pipeline` with these arguments to its end. */
export function pipeline(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  node = process.execPath,
): Promise<Ended> {
  const program = join(packageRoot, 'dist', 'pipeline', 'main.js');
  return new Promise((resolve) => {
    const child = spawn(node, [program, ...args], { cwd: folder, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs it, expects success, and returns the document that `--json` prints. */
export async function pipelineJson<Document>(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Document> {
  const { code, stdout, stderr } = await pipeline(folder, [...args, '--json'], env);
  if (code !== 0) throw new Error(`pipeline ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as Document;
}

/** SHA-256 of every dataset and report file below a folder, by relative path. */
export function hashesBelow(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    // A manifest tells times; it is no dataset.
    .filter(
      (file) =>
        !/data\/runs\/[^/]+\/[^/]+\/[^/]+\.json$/.test(file) &&
        !file.includes('/configs/') &&
        !file.endsWith('/fresh.json'),
    )
    .sort();
  return Object.fromEntries(
    files.map((file) => [file.slice(folder.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}
