/** Code of a user's own: loaded, or refused in words; hashed with what it imports. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOwnCode, ownFiles, ownModule } from '../../pipeline/own_code.js';
import { thrown } from '../thrown.js';

const folder = mkdtempSync(join(tmpdir(), 'own-code-'));

function file(name: string, text: string): string {
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('the default export, of a module or of CommonJS', () => {
  assert.is(ownModule(file('a.mjs', 'export default 3')), 3);
  assert.equal(ownModule(file('a.cjs', 'module.exports = { four: 4 }')), { four: 4 });
});

test('what cannot be loaded is a usage error that says why, in one line', async () => {
  const refused = async (path: string): Promise<string> => {
    const error = await thrown(() => ownModule(path));
    assert.is(error.name, 'UsageError');
    return error.message.replace(path, 'FILE');
  };
  assert.is(await refused(join(folder, 'none.js')), 'FILE is not there');
  assert.is(await refused(file('later.mjs', 'export default await 3')), 'FILE cannot be loaded: it has an await outside of any function'); // prettier-ignore
  assert.match(await refused(file('typo.mjs', 'export defalt 3')), /^FILE cannot be loaded: Unexpected token.*$/);
  assert.is(await refused(file('throws.mjs', 'throw new Error("mine")')), 'FILE cannot be loaded: mine');
});

test('its files are those that it reaches by relative paths, under names that are the same everywhere', () => {
  const main = file(
    'main.mjs',
    "import './lib/one.mjs'; import 'node:fs'; export * from './lib/two.mjs'; export default 1",
  );
  file('lib/one.mjs', "import './two.mjs'; export {}");
  const two = file('lib/two.mjs', "import './absent.mjs'; import('../main.mjs'); export {}");
  file('lib/three.mjs', 'export {}');
  const found = ownFiles(main);
  assert.equal(found.map(({ name }) => name), ['own/lib/one.mjs', 'own/lib/two.mjs', 'own/main.mjs']); // prettier-ignore
  assert.is(found[1].path, two);
});

test('imports of TypeScript are found too', () => {
  file('lib/types.ts', 'export interface Mine { readonly a: string }');
  const main = file('typed.ts', "import type { Mine } from './lib/types.ts';\nconst f = <T>(x: T): T => x;\nexport default f<Mine>({ a: `}` });"); // prettier-ignore
  const broken = file('broken.ts', "import { a } from './lib/types.ts'; const b = `${");
  const names = (path: string) => ownFiles(path).map(({ name }) => name);
  assert.equal(names(main), ['own/lib/types.ts', 'own/typed.ts']);
  assert.equal(names(broken), ['own/broken.ts', 'own/lib/types.ts']);
});

test('a name is code by its ending alone', () => {
  for (const name of ['./mine.js', '/a/b.mjs', 'c.ts', 'd.cts']) assert.ok(isOwnCode(name), name);
  for (const name of ['emonpi', 'simulated', 'js', './js', 'mine.json']) assert.not.ok(isOwnCode(name), name);
});

test.run();
