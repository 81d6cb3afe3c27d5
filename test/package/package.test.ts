/** The tarball: exactly what it should hold, small, and it works in an empty folder, with code of the user's own too. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../pipeline/paths.js';
import type { RecordedMeter } from '../../stages/energy/meters/recorded_meter.js';
import type { MeterSettings } from '../../stages/energy/meters/settings.js';
import { filesBelow, installElsewhere, pack, runThere, type Ran } from './tarball.js';

/** A tenth above what it is; what makes it larger is worth a look. */
const mostBytes = 720_000;
const mostUnpackedBytes = 2_150_000;

const tarball = pack();
const folder = installElsewhere(tarball);
const pipeline = (...args: readonly string[]): Ran => runThere(folder, 'node_modules/.bin/pipeline', args);

function done({ code, stdout, stderr }: Ran): string {
  assert.is(code, 0, stderr);
  return stdout;
}

const compiled = (file: string): string => join('dist', file.replace(/\.ts$/, '.js'));

/** All that is packed, by where it comes from; declarations are told apart, since what needs them decides. */
function expected(): string[] {
  const program = ['pipeline', 'stages'].flatMap(filesBelow);
  const facts = ['accuracy', 'benches', 'models', 'paper', 'predictors'].flatMap((name) =>
    filesBelow(join('data', name)),
  );
  return [
    ...program.filter((file) => /\.(ts|sql|css|js|html)$/.test(file)).map(compiled),
    ...program.filter((file) => file.endsWith('/README.md')),
    ...facts,
    ...filesBelow('configs'),
    ...filesBelow('examples'),
    ...filesBelow('native/logger').filter((file) => /^native\/logger\/(\w+\.[ch]|Makefile|README\.md)$/.test(file)),
    ...filesBelow('native/torch/irene_torch').filter((file) => file.endsWith('.py')),
    ...['README.md', 'install', 'requirements.txt', 'requirements-dev.txt'].map((name) => `native/torch/${name}`),
    ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'LICENSES.md', 'SECURITY.md', 'package.json'],
    'stages/report/report.png',
  ].sort();
}

test('the tarball holds the program, its facts and documents, and nothing else', () => {
  const declarations = tarball.files.filter((file) => file.endsWith('.d.ts'));
  assert.equal(tarball.files.filter((file) => !declarations.includes(file)).sort(), expected());
  assert.ok(declarations.length > 10 && declarations.length < 60, `${declarations.length} declarations`);
  const strange = tarball.files.filter((file) =>
    /(^|\/)(test|\.[^/]*|__pycache__|runs)(\/|$)|\.map$|\.test\./.test(file),
  );
  assert.equal(strange, []);
});

test('it is lean, and nothing runs when it is installed', () => {
  assert.ok(tarball.bytes <= mostBytes, `${tarball.bytes} bytes packed`);
  assert.ok(tarball.unpackedBytes <= mostUnpackedBytes, `${tarball.unpackedBytes} bytes unpacked`);
  const { scripts } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { scripts: object };
  for (const name of ['preinstall', 'install', 'postinstall']) assert.not.ok(name in scripts, name);
});

test('every file that the documents for users link to is in it', () => {
  // CONTRIBUTING is about the repository, and names what is there alone.
  for (const document of ['README.md', 'LICENSES.md']) {
    const text = readFileSync(join(folder, 'node_modules/irene-energy', document), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target);
    assert.equal(
      links.filter((target) => !existsSync(join(folder, 'node_modules/irene-energy', target))),
      [],
    );
  }
});

test('in an empty folder: init by npx, then run, then predict', () => {
  assert.match(done(runThere(folder, 'npx', ['--no-install', 'pipeline', 'init'])), 'configs/first-run.yaml');
  const { source, stages } = JSON.parse(done(pipeline('run', 'configs/first-run.yaml', '--json')));
  assert.is(source.label, 'simulated');
  assert.is(Object.keys(stages).length, 7);
  assert.match(readFileSync(join(folder, 'reports/first-run/index.html'), 'utf8'), 'simulated');
  const prediction = JSON.parse(
    done(pipeline('predict', 'gpt2', '--batch', '8', '--length', '64', '--on', 'pc1', '--json')),
  );
  assert.ok(prediction.wall_j > 1 && prediction.wall_j < 100);
});

/** Checks files as a user's compiler does, the package's own declarations and those of its dependencies too. */
function compile(...files: readonly string[]): Ran {
  const compilerOptions = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', lib: ['es2023'], strict: true, types: ['node'] }; // prettier-ignore
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  return runThere(folder, process.execPath, [join(packageRoot, 'node_modules/typescript/bin/tsc')]);
}

test('code of one’s own is checked against the exported types, and compiled', () => {
  const own = ['my_predictor.ts', 'my_meter.ts'];
  for (const name of own) copyFileSync(join(packageRoot, 'examples', name), join(folder, name));
  writeFileSync(
    join(folder, 'root.ts'),
    `import { table, UsageError, type Finding, type Stage, type TableSchema } from 'irene-energy';
     export const mine: TableSchema = table('mine', 'one row', {}, []);
     export const all = (stage: Stage, finding: Finding) => [stage.name, finding.check_id, new UsageError('no').exitCode];`,
  );
  const code = readFileSync(join(folder, 'my_predictor.ts'), 'utf8');
  writeFileSync(join(folder, 'wrong.ts'), code.replace("setting: 'profiled'", "setting: 'guessed'"));
  // All at once, since a compiler takes seconds to start: what is wrong is that one setting, and nothing else.
  const { code: exit, stdout } = compile(...own, 'root.ts', 'wrong.ts');
  assert.is(exit, 2);
  const errors = stdout.split('\n').filter((line) => /error TS\d+/.test(line));
  assert.is(errors.length, 1, stdout);
  assert.match(errors[0], /^wrong\.ts.*'"guessed"'/);
});

/** One row of what `query` is asked for below. */
interface ErrorRow {
  readonly predictor: string;
  readonly setting: string;
  readonly mean_pct: number;
}

/** The configuration that `init` wrote, with the user's own predictor before the others. */
function addOwnPredictor(): void {
  const file = join(folder, 'configs/first-run.yaml');
  const entry = '{ module: ./my_predictor.js, name: in_proportion }';
  writeFileSync(file, readFileSync(file, 'utf8').replace('predictors: [law,', `predictors: [${entry}, law,`));
}

test('a predictor of one’s own is trained, evaluated and reported beside the others', () => {
  addOwnPredictor();
  const { stages } = JSON.parse(done(pipeline('run', 'configs/first-run.yaml', '--json')));
  assert.equal([stages.featurize.done, stages.train.done, stages.evaluate.done], [0, 1, 1]);
  const question = `SELECT predictor, setting, mean_pct FROM errors WHERE predictor IN ('in_proportion', 'law')
    AND level = 'model' AND model = 'all' AND weighting = 'rows' AND quantity = 'energy' ORDER BY predictor`;
  const errors = JSON.parse(
    done(pipeline('query', 'configs/first-run.yaml', question, '--json')),
  ) as readonly ErrorRow[];
  assert.equal(errors.map(({ predictor, setting }) => [predictor, setting]), [['in_proportion', 'profiled'], ['law', 'profiled']]); // prettier-ignore
  // One constant for two: off, but no nonsense.
  assert.ok(errors[0].mean_pct > errors[1].mean_pct && errors[0].mean_pct < 30, JSON.stringify(errors));
  assert.match(readFileSync(join(folder, 'reports/first-run/tables/settings.md'), 'utf8'), /in\\?_proportion †/);
});

test('a change of its code makes stale what it made, and nothing else; what it lacks is told', () => {
  const file = join(folder, 'my_predictor.js');
  const code = readFileSync(file, 'utf8');
  writeFileSync(file, `${code}\n// changed\n`);
  const again = pipeline('run', 'configs/first-run.yaml', '--dry-run');
  assert.match(done(again), /train +1 stale|train +\d+ fresh, 1 stale/);
  writeFileSync(file, code.replace("setting: 'profiled',", ''));
  const { code: exit, stderr } = pipeline('run', 'configs/first-run.yaml');
  assert.is(exit, 2, stderr);
  assert.match(
    stderr,
    /configs\/first-run\.yaml:\d+:\d+ train\.predictors\.0\.module: \.\/my_predictor\.js: its default export is no predictor: setting: /,
  );
  writeFileSync(file, code);
});

test('a meter of one’s own is read by the recorder, and its log by its grammar', async () => {
  const sockets = new Set<Socket>();
  let seq = 0;
  const board = createServer((socket) => {
    sockets.add(socket);
    const timer = setInterval(() => socket.write(`#${seq++} 184.2W 120.1V\r\n${seq === 5 ? '#half\r\n' : ''}`), 20);
    socket.on('close', () => clearInterval(timer)).on('error', () => {});
  });
  await new Promise<void>((listening) => board.listen(0, '127.0.0.1', () => listening()));
  const { port } = board.address() as { port: number };
  const there = (name: string): Promise<unknown> =>
    import(pathToFileURL(join(folder, 'node_modules/irene-energy/dist/stages/energy/meters', name)).href);
  const { meterSettings } = (await there('settings.js')) as { meterSettings: { parse(input: unknown): MeterSettings } };
  const recorded = (await there('recorded_meter.js')) as { RecordedMeter: typeof RecordedMeter };
  const settings = meterSettings.parse({ type: join(folder, 'my_meter.js'), host: '127.0.0.1', tcp_port: port });
  const meter = new recorded.RecordedMeter(settings, join(folder, 'meter.log'));
  assert.is(meter.identity.name, 'board');
  await meter.open();
  const watts: (number | null)[] = [];
  for await (const { reading } of meter.samples()) {
    watts.push(reading.real_power_w);
    if (watts.length === 10) break;
  }
  const counts = await meter.close();
  for (const socket of sockets) socket.destroy();
  board.close();
  assert.equal(watts, Array(10).fill(184.2));
  assert.ok(counts.readings >= 10);
  assert.equal([counts.damaged, counts.missing, [...counts.reasons.keys()]], [1, 0, ['not a line of the board']]);
});

test.run();
