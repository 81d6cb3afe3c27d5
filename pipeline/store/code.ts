/**
 * The hash of a stage's code: its module with everything it imports, however deep, the assets it loads by
 * `new URL('./x.sql', import.meta.url)`, and the versions of the packages. A change in any of them makes the stage's
 * tasks stale; a change elsewhere does not.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { init, parse } from 'es-module-lexer';
import { packageRoot } from '../paths.js';
import { hashOf } from './hash.js';

/** `new URL('./x.sql', import.meta.url)`, and the same with a name filled in at run time. */
const asset = /new URL\(\s*(['"`])(\.{1,2}\/.*?)\1\s*,\s*import\.meta\.url\s*\)/g;

interface Module {
  readonly sha256: string;
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

const modules = new Map<string, Module>();

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The module an import names; none for `import.meta` and for names computed at run time. */
const specifierOf = (of: ReturnType<typeof parse>[0][number]): string[] =>
  'specifier' in of && typeof of.specifier === 'string' ? [of.specifier] : [];

/** The modules that a text imports, by the names it gives them. */
export const specifiersIn = (text: string): string[] => parse(text)[0].flatMap(specifierOf);

/** The files an asset's name may mean: a part filled in at run time stands for anything in that folder. */
function assetsLike(from: string, name: string): string[] {
  const folder = join(from, dirname(name));
  if (!name.includes('${')) return [join(from, name)];
  const parts = name.slice(name.lastIndexOf('/') + 1).split(/\$\{.*?\}/);
  return readdirSync(folder)
    .filter((file) => file.startsWith(parts[0]) && file.endsWith(parts.at(-1)!))
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => join(folder, file));
}

function read(path: string): Module {
  const before = modules.get(path);
  if (before) return before;
  const text = readFileSync(path, 'utf8');
  const isCode = path.endsWith('.js');
  const specifiers = isCode ? specifiersIn(text) : [];
  const assets = isCode ? [...text.matchAll(asset)].flatMap(([, , name]) => assetsLike(dirname(path), name)) : [];
  const module = {
    sha256: createHash('sha256').update(text).digest('hex'),
    imports: [...specifiers.filter((n) => n.startsWith('.')).map((n) => join(dirname(path), n)), ...assets],
    packages: specifiers.filter((n) => !n.startsWith('.') && !n.startsWith('node:')).map(packageName),
  };
  modules.set(path, module);
  return module;
}

const versions = new Map<string, string>();

/** Where versions were looked for, in vain too. */
const looked: string[] = [];

/** The installed version of a package, `absent` for an optional one that is not there. */
function versionOf(name: string): string {
  let version = versions.get(name);
  if (version === undefined) {
    version = 'absent';
    for (let folder = packageRoot; ; folder = dirname(folder)) {
      const file = join(folder, 'node_modules', name, 'package.json');
      looked.push(file);
      if (existsSync(file)) {
        version = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
        break;
      }
      if (dirname(folder) === folder) break;
    }
    versions.set(name, version);
  }
  return version;
}

const hashes = new Map<string, string>();

/** The files that the hashes of this process were made of, and those that would be if they were there. */
export const filesOfCode = (): string[] => [...modules.keys(), ...looked];

/** The hash of a module's code, and of the code and assets it reaches. */
export async function codeHash(module: URL): Promise<string> {
  await init();
  let hash = hashes.get(module.href);
  if (hash === undefined) hashes.set(module.href, (hash = computeHash(module)));
  return hash;
}

function computeHash(module: URL): string {
  const root = fileURLToPath(module);
  const seen = new Map<string, string>();
  const packages = new Set<string>();
  const queue = [root];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const name = relative(packageRoot, path);
    if (seen.has(name) || !existsSync(path)) continue;
    const { sha256, imports, packages: uses } = read(path);
    seen.set(name, sha256);
    queue.push(...imports);
    for (const use of uses) packages.add(use);
  }
  return hashOf('code', {
    files: Object.fromEntries(seen),
    packages: Object.fromEntries([...packages].map((name) => [name, versionOf(name)])),
  });
}
