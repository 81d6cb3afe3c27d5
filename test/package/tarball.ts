/** The package as npm packs it, and as it lies in somebody's folder: unpacked, with what npm would install beside it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packages } from '../../build/licence_list.js';
import { packageRoot } from '../../pipeline/paths.js';

export interface Tarball {
  readonly path: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly files: readonly string[];
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` makes of what is built. */
export function pack(): Tarball {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-pack-'));
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const text = execFileSync('npm', args, { cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const answer = JSON.parse(text) as readonly Packed[] | Readonly<Record<string, Packed>>;
  const [{ filename, size, unpackedSize, files }] = Object.values(answer);
  return {
    path: join(folder, filename),
    bytes: size,
    unpackedBytes: unpackedSize,
    files: files.map(({ path }) => path),
  };
}

/**
 * An empty folder with the package in its node_modules: its own files from the tarball, its dependencies linked, those
 * alone that npm installs for a user. No script of the package has run.
 */
export function installElsewhere({ path }: Tarball): string {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-elsewhere-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  execFileSync('tar', ['-xzf', path, '-C', modules]);
  renameSync(join(modules, 'package'), join(modules, 'irene-energy'));
  const needed = new Set(packages().map((one) => one.path.split('/node_modules/')[0]));
  for (const name of needed) {
    const from = join(packageRoot, 'node_modules', name);
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(from, join(modules, name));
  }
  const { bin } = JSON.parse(readFileSync(join(modules, 'irene-energy', 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  for (const [name, file] of Object.entries(bin))
    symlinkSync(join('..', 'irene-energy', file), join(modules, '.bin', name));
  writeFileSync(join(folder, 'package.json'), '{ "name": "elsewhere", "private": true, "type": "module" }\n');
  return folder;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the folder's node_modules to its end, as `npx` finds it, with nothing of this project in sight. */
export function runThere(folder: string, command: string, args: readonly string[]): Ran {
  const { IRENE_DATASET: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
  });
  return { code: status, stdout, stderr };
}

export const filesBelow = (folder: string): string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot.length + 1))
    .sort();
