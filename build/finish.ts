/**
 * What the compiler leaves to do in dist/: the files that the program reads when it runs, beside the code that reads them;
 * nothing of sources that are gone, so that what is packed is what is here; of the declarations those alone that a user's
 * own code can reach through the package's exports.
 */
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

const parts = ['pipeline', 'stages'];
const assets = ['.sql', '.css', '.js', '.html'];

/** Files below a folder, as paths from its parent. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

function copyAssets(): void {
  for (const file of parts.flatMap(filesBelow).filter((name) => assets.includes(extname(name)))) {
    cpSync(file, join('dist', file));
  }
}

/** The declarations that the package exports, with all that they name, go beside their code: the others are not packed. */
function copyDeclarations(): Set<string> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, { types?: string }>;
  };
  const queue = Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : join(types)));
  const found = new Set<string>();
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const compiled = join('dist', 'declarations', file.slice('dist/'.length));
    cpSync(compiled, file);
    for (const [, name] of readFileSync(compiled, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)) {
      queue.push(join(dirname(file), `${name}.d.ts`));
    }
  }
  return found;
}

/** What an earlier build left. */
function removeRest(declared: ReadonlySet<string>): void {
  for (const file of parts.flatMap((part) => filesBelow(join('dist', part)))) {
    const source = file.slice('dist/'.length);
    const made = existsSync(source) || existsSync(source.replace(/\.js$/, '.ts')) || declared.has(file);
    if (!made) rmSync(file);
  }
}

copyAssets();
removeRest(copyDeclarations());
chmodSync('dist/pipeline/main.js', 0o755);
