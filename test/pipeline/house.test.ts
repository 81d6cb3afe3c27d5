/** The house's own rules, held against the sources: who imports whom, units in names, no long files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../pipeline/paths.js';
import { openRegistry } from '../../pipeline/registry.js';

process.chdir(packageRoot);

/** But for what `bench/install` and `npm run bench` put below folders of a dot. */
const filesBelow = (folder: string): string[] =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(relative(packageRoot, join(entry.parentPath, entry.name))))
        .filter((file) => !file.includes('/.'))
        .sort();

const folders = ['pipeline', 'stages', 'test', 'bench', 'build'];
const sources = folders.flatMap(filesBelow).filter((file) => file.endsWith('.ts'));

/** Every import of a module within the project, types and those at run time too. */
const imports = sources.flatMap((from) =>
  [...readFileSync(from, 'utf8').matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g)].map(([, specifier]) => ({
    from,
    to: join(dirname(from), specifier).replace(/\.js$/, '.ts'),
  })),
);

/** The imports that begin in one place and end where they must not. */
const wrong = (begins: (from: string) => boolean, mayEnd: (to: string, from: string) => boolean): string[] =>
  imports.filter(({ from, to }) => begins(from) && !mayEnd(to, from)).map(({ from, to }) => `${from} → ${to}`);

const within = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
const inPipeline = within('pipeline');
const inStages = within('stages');
const inEnergy = within('stages/energy');

test('the walk sees the imports', () => {
  assert.ok(imports.length > 300);
  const has = (from: string, to: string) => imports.some((one) => one.from === from && one.to === to);
  assert.ok(has('pipeline/main.ts', 'pipeline/registry.ts'));
  assert.ok(has('stages/trace/stage.ts', 'stages/trace/run.ts'), 'imports at run time');
  const real = imports.filter(({ from }) => inPipeline(from) || inStages(from));
  for (const { from, to } of real) assert.ok(existsSync(to), `${from} imports ${to}, which is not there`);
});

test('the engine imports nothing of the stages, but its registry', () => {
  const free = (from: string) => inPipeline(from) && from !== 'pipeline/registry.ts';
  assert.equal(wrong(free, inPipeline), []);
});

test('only the program imports the registry', () => {
  const others = (from: string) => (inPipeline(from) || inStages(from)) && from !== 'pipeline/main.ts';
  assert.equal(
    wrong(others, (to) => to !== 'pipeline/registry.ts'),
    [],
  );
});

/** What of the engine the science may see. */
const face = ['stage', 'errors', 'findings', 'table', 'rows', 'database', 'terminal', 'paths', 'yaml', 'abridged', 'bounded_file', 'own_code', 'system_problem', 'config/nearest'].map((name) => `pipeline/${name}.ts`); // prettier-ignore

test('the stages see only the face of the engine', () => {
  const commands = within('stages/commands');
  assert.equal(
    wrong(
      (from) => inStages(from) && !commands(from),
      (to) => inStages(to) || face.includes(to),
    ),
    [],
  );
});

test('a stage imports of another only its tables', () => {
  const stageOf = (file: string) => file.split('/')[1];
  const shared = ['energy', 'commands'];
  const isStage = (from: string) => inStages(from) && !shared.includes(stageOf(from));
  const allowed = (to: string, from: string) =>
    !inStages(to) || inEnergy(to) || stageOf(to) === stageOf(from) || /^stages\/\w+\/tables\.ts$/.test(to);
  assert.equal(wrong(isStage, allowed), []);
});

test('the vocabulary imports no stage but its tables, and its layers only those below', () => {
  assert.equal(
    wrong(inEnergy, (to) => !inStages(to) || inEnergy(to) || /\/tables\.ts$/.test(to)),
    [],
  );
  const layers = ['prediction', 'benches', 'predictors', 'tree'].map((name) => `stages/energy/${name}`);
  layers.forEach((layer, i) => {
    const above = layers.slice(0, i);
    assert.equal(
      wrong(within(layer), (to) => !above.some((other) => within(other)(to))),
      [],
    );
  });
  const bottom = (from: string) => inEnergy(from) && dirname(from) === 'stages/energy';
  assert.equal(
    wrong(bottom, (to) => !layers.some((layer) => within(layer)(to))),
    [],
  );
});

test('the sources import no test and no benchmark', () => {
  assert.equal(
    wrong(
      (from) => inPipeline(from) || inStages(from),
      (to) => inPipeline(to) || inStages(to),
    ),
    [],
  );
});

test('no power but a square or one of two: the others differ between versions of Node (stages/energy/power.ts)', () => {
  const ours = sources.filter((file) => inPipeline(file) || inStages(file));
  const found = ours.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /Math\.pow\(| \*\*=? /.test(line.replaceAll(/ \*\* 2\b|\b(?:2|1024) \*\* /g, '')))
      .map((line) => `${file}: ${line.trim()}`),
  );
  assert.equal(found, []);
});

/** How the name of a column ends that has this unit. */
const suffixes: Readonly<Record<string, string>> = {
  J: '_j',
  µJ: '_uj',
  s: '_s',
  ms: '_ms',
  µs: '_us',
  W: '_w',
  V: '_v',
  A: '_a',
  KiB: '_kib',
  MiB: '_mib',
  '%': '_pct',
  MHz: '_mhz',
  '°C': '_c',
  ppm: '_ppm',
  '10⁶': '_million',
};

test('a column with a unit says so in its name, and one whose name says so has it', async () => {
  const { stages } = await openRegistry();
  const columns = stages.flatMap(({ stage }) =>
    stage.writes.flatMap((table) =>
      Object.entries(table.columns).map(([name, { unit, meaning, type }]) => ({
        name: `${table.name}.${name}`,
        unit,
        meaning,
        type,
      })),
    ),
  );
  assert.ok(columns.length > 150);
  for (const { name, unit, meaning, type } of columns) {
    if (unit) assert.ok(name.endsWith(suffixes[unit] ?? '?'), `${name} has the unit ${unit}`);
    const said = Object.entries(suffixes).find(([, suffix]) => name.endsWith(suffix));
    if (said && type !== 'string') assert.is(unit, said[0], `${name} has the unit "${unit}"`);
    assert.ok(meaning.length > 0, name);
  }
});

test('a table is ordered by columns that it has, none of which may be missing from it', async () => {
  const { stages } = await openRegistry();
  for (const { stage } of stages) {
    for (const { name, order, columns } of stage.writes) {
      assert.ok(order.length > 0, name);
      for (const column of order) assert.ok(column in columns, `${name} is ordered by ${column}`);
    }
  }
});

/** A house rule: what is longer holds more than one concept (a style sheet is a list, and is not counted). */
const longestFile = 300;

test('no file is long', () => {
  const long = folders
    .flatMap(filesBelow)
    .filter((file) => ['.ts', '.sql', '.js'].includes(extname(file)))
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > longestFile);
  assert.equal(long, []);
});

test.run();
