/** A meter of the user's own: its section is checked as those of the list are. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../pipeline/paths.js';
import { meterIn } from '../../../../stages/commands/meter_argument.js';
import { identityOf, meterFiles, meterSettings, typeOf } from '../../../../stages/energy/meters/settings.js';

const face = pathToFileURL(join(packageRoot, 'dist/stages/energy/meters/face.js')).href;
const folder = mkdtempSync(join(tmpdir(), 'own-meter-'));
const mine = join(folder, 'mine.mjs');
const half = join(folder, 'half.mjs');

writeFileSync(
  mine,
  `import { mains, meterType, other, TextFramer, z } from '${face}';
   export default meterType({ name: 'mine', about: 'of a test', kind: 'instant', period_us: 1e6, baud: 9600, example: 'P=1',
     limits: mains, options: { phase: z.number().default(1) }, grammar: () => ({ read: () => other }), framer: () => new TextFramer() });`,
);
writeFileSync(half, "export default { name: 'Half', kind: 'often' }");

const problems = (section: object): string[] =>
  (meterSettings.safeParse(section).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

test('its own options and what every meter has', () => {
  const settings = meterSettings.parse({ type: mine, port: '/dev/ttyUSB0', phase: 3, uncertainty: '1 %' });
  assert.equal([settings.phase, settings.uncertainty, settings.baud], [3, 0.01, null]);
  assert.is(typeOf(settings).name, 'mine');
  assert.equal(identityOf(settings), { name: 'mine', kind: 'instant', period_us: 1e6, range_a: null, accuracy_class: null, calibrated_on: null, uncertainty_pct: 1 }); // prettier-ignore
  assert.equal(meterFiles(settings), [{ name: 'own/mine.mjs', path: mine }]);
  assert.equal(meterFiles(meterSettings.parse({ type: 'simulated' })), []);
});

test('on a command line by its file', () => {
  assert.equal(meterIn(`${mine}:/dev/ttyUSB0,phase=2`), meterSettings.parse({ type: mine, port: '/dev/ttyUSB0', phase: 2 })); // prettier-ignore
});

test('wrong keys and what a module lacks are told where they stand', () => {
  assert.equal(problems({ type: mine, prot: '/dev/ttyUSB0' }), [
    'port: Invalid input: expected string, received undefined',
    'prot: unknown key, did you mean "port"?',
  ]);
  assert.match(
    problems({ type: half })[0],
    /^: .*half\.mjs: its default export is no meter: name: expected small letters/,
  );
  assert.equal(problems({ type: join(folder, 'none.js') }), [`: ${join(folder, 'none.js')} is not there`]);
});

test.run();
