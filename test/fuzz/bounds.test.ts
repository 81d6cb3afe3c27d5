/** What is beyond all measure is refused before it is held in memory; what a stranger's file says reaches nothing else. */
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDocument } from '../../pipeline/config/document.js';
import { PipelineError } from '../../pipeline/errors.js';
import { readManifest } from '../../pipeline/store/manifest.js';
import { Csv } from '../../stages/energy/benches/csv.js';
import { readBench } from '../../stages/energy/benches/bench_file.js';
import { download } from '../../stages/energy/benches/download.js';
import { describeModel } from '../../stages/energy/prediction/described_model.js';
import { readRows } from '../../stages/energy/prediction/read_rows.js';
import { headerLine } from '../../stages/energy/meters/meter_log.js';
import { linesOf } from '../../stages/energy/meters/read_log.js';
import { readMeterLog } from '../../stages/energy/meters/read_meter_log.js';
import { freshFolder, pipeline, writeToy } from '../pipeline/folder.js';
import { thrown } from '../thrown.js';
import { runProgram } from '../stages/commands/run_program.js';
import { makeFolders } from './good_inputs.js';

test.before(() => {
  freshFolder();
  makeFolders();
});

/** A file of so many bytes of which none takes room. */
function sparse(file: string, bytes: number): string {
  const fd = openSync(file, 'w');
  ftruncateSync(fd, bytes);
  closeSync(fd);
  return file;
}

const gib = 2 ** 30;

async function refusal(call: () => unknown): Promise<string> {
  const error = await thrown(call);
  assert.instance(error, PipelineError, error.stack);
  return error.message;
}

test('files of 1 GiB, and devices that never end', async () => {
  assert.match(await refusal(() => readDocument(sparse('huge.yaml', gib))), 'larger than 4 MiB');
  assert.match(await refusal(() => readDocument('/dev/zero')), 'larger than 4 MiB');
  assert.match(await refusal(() => describeModel(sparse('huge.json', gib))), 'larger than 256 MiB');
  assert.match(await refusal(() => Csv.read(sparse('huge.csv', gib), [])), 'larger than 256 MiB');
  assert.match(await refusal(() => readRows('huge.csv')), 'larger than 64 MiB');
  const lines = async () => {
    for await (const _ of linesOf(sparse('huge.log', gib)));
  };
  assert.match(await refusal(lines), 'a line of more than 1 MiB');
});

test('an answer without end is not downloaded', async () => {
  const endless = async () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(2 ** 20)) }));
  assert.match(await refusal(() => download('device_1', 'cache', { fetch: endless })), 'larger than 64 MiB');
  assert.equal(readdirSync('cache'), []);
  assert.match(await refusal(() => download('constructor', 'cache', { fetch: endless })), 'no public address is known');
});

test('nesting, aliases, columns and layers without measure', async () => {
  const deep = (open: string, close: string, n: number) => open.repeat(n) + close.repeat(n);
  writeFileSync('deep.yaml', deep('[', ']', 100_000));
  assert.match(await refusal(() => readDocument('deep.yaml')), 'more than 100 levels deep');
  writeFileSync('deep.json', deep('[', ']', 100_000));
  assert.match(await refusal(() => describeModel('deep.json')), 'expected a mapping');
  const manifest = 'data/runs/toy/make/deep.json';
  writeFileSync(manifest, `{"a":${deep('[', ']', 100_000)}}`);
  assert.match(String(readManifest(manifest)), 'is damaged');
  const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
  writeFileSync('laughs.yaml', `run: toy\nl0: &l0 [lol]\n${laughs.join('\n')}\n`);
  const { code, stderr } = await pipeline('run', 'laughs.yaml');
  assert.is(code, 2);
  assert.match(stderr, /laughs\.yaml:1:1 /);
  writeFileSync('aliases.yaml', `a: &a 1\nb: [${Array(100_000).fill('*a').join(', ')}]\n`);
  assert.match(await refusal(() => readDocument('aliases.yaml')), 'more than 100 aliases');
  writeFileSync('wide.csv', `${Array.from({ length: 1e6 }, (_, i) => i).join(',')}\n${'1,'.repeat(1e6 - 1)}1\n`);
  assert.match(await refusal(() => Csv.read('wide.csv', ['model_name'])), /column model_name is missing/);
  for (const layers of [1e6, 1e15, 2 ** 53 - 1]) {
    writeFileSync('tall.json', JSON.stringify({ model_type: 'bert', num_hidden_layers: layers }));
    const { tree } = await describeModel('tall.json');
    assert.match(await refusal(() => tree({ batchSize: 1, length: 8 })), 'nodes: at most 100000');
  }
});

test("a stranger's file pollutes nothing that every object has", async () => {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  const dirty =
    '{ "__proto__": { "hit": 1 }, "constructor": { "prototype": { "hit": 1 } }, "model_type": "bert", "bench": "x" }';
  const readers: Readonly<Record<string, (file: string) => unknown>> = {
    'dirty.json': describeModel,
    'dirty.yaml': readBench,
  };
  for (const [file, read] of Object.entries(readers)) {
    writeFileSync(file, dirty);
    await Promise.resolve()
      .then(() => read(file))
      .catch((error: unknown) => assert.instance(error, PipelineError));
  }
  writeFileSync('dirty_run.yaml', `run: toy\n__proto__: { hit: 1 }\nmake: { __proto__: { hit: 1 }, constructor: 1 }\n`);
  assert.is((await pipeline('run', 'dirty_run.yaml', '--set', '__proto__.hit=1')).code, 2);
  assert.is((await pipeline('run', 'dirty_run.yaml', '--set', 'make.__proto__.hit=1')).code, 2);
  assert.is(({} as { hit?: number }).hit, undefined);
  assert.is(Object.getOwnPropertyNames(Object.prototype).join(), before);
});

test('a tag of YAML makes nothing but the plain value it is refused for', async () => {
  for (const tag of ['!!js/function', '!!python/object/apply:os.system', '!custom', '!!binary', '!!timestamp']) {
    writeFileSync('tagged.yaml', `run: ${tag} "f"\n`);
    assert.is((await pipeline('run', 'tagged.yaml')).code, 2, tag);
  }
});

test("a log's word is not enough to run code", async () => {
  writeFileSync(
    'evil.mjs',
    "import { writeFileSync } from 'node:fs';\nwriteFileSync('hit', '');\nexport default {};\n",
  );
  for (const type of ['./evil.mjs', 'constructor', '__proto__']) {
    writeFileSync('meter.log', headerLine({ settings: { type }, boot_id: 'b' } as never));
    await refusal(() => readMeterLog('meter.log'));
  }
  writeFileSync('meter.log', headerLine({ settings: { type: 'emonlib', fields: 'x' }, boot_id: 'b' } as never));
  assert.match(await refusal(() => readMeterLog('meter.log')), 'settings that no emonlib has');
  assert.not.ok(readdirSync('.').includes('hit'));
});

test('no name leaves its folder', async () => {
  writeToy('run: toy\n');
  for (const run of ['../x', '/tmp/x', '..', '.', 'a/b', 'a\\\\b', '-x', `"a\\0b"`, 'x'.repeat(200)]) {
    writeFileSync('named.yaml', `run: ${run}\n`);
    const { code, stderr } = await pipeline('run', 'named.yaml');
    assert.is(code, 2, `${run}: ${stderr}`);
  }
  writeFileSync('letters.yaml', 'run: letters\nmake: { letters: [.., ../../out, /abs, ok] }\n');
  const letters = await pipeline('run', 'letters.yaml', '--jobs', '1');
  assert.is(letters.code, 0, letters.stderr);
  const outside = readdirSync('.', { recursive: true }).map(String).filter((name) => name.includes('out') || name.includes('abs')); // prettier-ignore
  for (const name of outside) assert.match(name, /^(?:data\/runs|reports)\/letters\//);
  for (const on of ['../../package', '/etc/passwd', '..', 'benches/../pc1'])
    assert.is((await runProgram('predict', 'gpt2', '--on', on)).code, 2, on);
  const configuration = (settings: string) => `run: q\ntrace: { models: [gpt2], batch_sizes: [8], lengths: [32] }\nbench: ${settings}\n`; // prettier-ignore
  for (const device of ['../x', '/etc', '..', 'a/b']) {
    writeFileSync('device.yaml', configuration(`{ device: "${device}" }`));
    assert.is((await runProgram('status', 'device.yaml')).code, 2, device);
  }
  mkdirSync('elsewhere');
  symlinkSync('../../elsewhere', 'data/runs/linked');
  writeFileSync('linked.yaml', 'run: linked\n');
  assert.is((await pipeline('run', 'linked.yaml', '--jobs', '1')).code, 0);
  assert.is((await pipeline('clean', 'linked.yaml')).code, 0);
});

test.run();
