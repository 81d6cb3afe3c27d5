import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { download } from '../../../../stages/energy/benches/download.js';
import { checksums, publicAddress } from '../../../../stages/energy/benches/published_files.js';
import { source, twinFile, type OpenOptions } from '../../../../stages/energy/benches/source.js';
import type { Source } from '../../../../pipeline/stage.js';
import { needs } from '../../../needs.js';
import { thrown } from '../../../thrown.js';
import { publishedFolder } from './published_folder.js';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'source-'));

/** Nothing anywhere, and a network that must not be asked. */
function nowhere(): OpenOptions & { readonly environment: { IRENE_DATASET?: string; XDG_CACHE_HOME: string } } {
  const fetch = (): Promise<Response> => Promise.reject(new Error('the network was asked'));
  return { download: false, environment: { XDG_CACHE_HOME: temporary() }, shared: join(temporary(), 'none'), fetch };
}

const params = source.params.parse({});

test('by default the published measurements of PC1, else its twin', () => {
  assert.equal(params, { source: ['published', 'twin'], device: 'device_1' });
  assert.equal(source.order(params), ['published', 'twin']);
});

const wrong: readonly (readonly [value: unknown, messages: readonly string[]])[] = [
  [{ source: ['live'] }, ['expected a section that describes the bench: machine, meter, gpu']],
  [{ source: ['liv', 'publishd'] }, ['source "liv" is not available; nearest: live', 'source "publishd" is not available; nearest: published']], // prettier-ignore
  [{ source: ['constructor'] }, ['source "constructor" is not available; available: published, twin, logs, live']],
  [{ source: [] }, ['expected at least one of published, twin, logs, live']],
  [{ source: ['twin', 'twin'] }, ['each source may stand there once']],
  [{ device: '../secret' }, ['expected the name of a folder of the data set, like device_1']],
];

for (const [value, messages] of wrong) {
  test(`bench: ${JSON.stringify(value)} is refused`, () => {
    const { error } = source.params.safeParse(value);
    assert.equal(error?.issues.map(({ message }) => message), messages); // prettier-ignore
  });
}

test('the places are tried in order: IRENE_DATASET, beside the package, the download cache', async () => {
  const options = nowhere();
  const none = (await source.open('published', params, options)) as { reason: string };
  assert.match(none.reason, /^no published files of device_1: IRENE_DATASET is not set,.*--download/);
  const opened = async (more: Partial<OpenOptions>): Promise<string> =>
    ((await source.open('published', params, { ...options, ...more })) as Source).place.folder;
  const cached = join(options.environment.XDG_CACHE_HOME, 'irene-energy', 'dataset', 'device_1');
  cpSync(publishedFolder(), cached, { recursive: true });
  assert.is(await opened({}), cached);
  const shared = publishedFolder();
  assert.is(await opened({ shared: dirname(shared) }), shared);
  const named = publishedFolder();
  const environment = { ...options.environment, IRENE_DATASET: dirname(named) };
  assert.is(await opened({ shared: dirname(shared), environment }), named);
});

test('what is opened says what it is, and not where in what is hashed', async () => {
  const folder = publishedFolder();
  const options = { ...nowhere(), shared: dirname(folder) };
  const published = { kind: 'published', label: 'published measurements, replayed logs', about: { device: 'device_1' }, place: { folder } }; // prettier-ignore
  assert.equal(await source.open('published', params, options), published);
  const twin = (await source.open('twin', params, options)) as Source;
  assert.equal([twin.kind, twin.label, twin.about], ['twin', 'simulated', { device: 'device_1', bench: 'pc1-twin' }]);
  assert.ok(existsSync(twinFile(twin)));
  assert.equal(await source.open('twin', { ...params, device: 'device_2' }, options), { reason: 'there is no twin of device_2' }); // prettier-ignore
});

test('a folder that is named must be right, and is no reason to look elsewhere', async () => {
  const shared = publishedFolder();
  const folder = publishedFolder();
  const options = { ...nowhere(), shared: dirname(shared) };
  const open = (device: string) => () =>
    source.open('published', { ...params, device }, { ...options, environment: { IRENE_DATASET: dirname(folder) } });
  const absent = await thrown(open('device_2'));
  assert.equal([absent.name, absent.message], ['UnavailableError', `IRENE_DATASET=${dirname(folder)} has no folder device_2`]); // prettier-ignore
  rmSync(join(folder, 'ml2_level_features.csv'));
  const half = await thrown(open('device_1'));
  assert.equal([half.name, half.message], ['UnavailableError', `${join(folder, 'ml2_level_features.csv')}: there is no such file`]); // prettier-ignore
});

test('half a folder beside the package is a mistake; half a cache is none, it is fetched again', async () => {
  const options = nowhere();
  const folder = publishedFolder();
  rmSync(join(folder, 'model_level_features.csv'));
  const half = await thrown(() => source.open('published', params, { ...options, shared: dirname(folder) }));
  assert.is(half.message, `${join(folder, 'model_level_features.csv')}: there is no such file`);
  const cached = join(options.environment.XDG_CACHE_HOME, 'irene-energy', 'dataset', 'device_1');
  mkdirSync(cached, { recursive: true });
  cpSync(join(folder, 'ml1_level_features.csv'), join(cached, 'ml1_level_features.csv'));
  assert.ok('reason' in (await source.open('published', params, options)));
});

test('nothing that is not the released file is kept', async () => {
  const folder = join(temporary(), 'device_1');
  const answer = async () => new Response('batch_size,seq_len\n');
  const { name, message } = await thrown(() => download('device_1', folder, { fetch: answer }));
  const address = publicAddress('device_1', 'ml1_level_features.csv');
  const found = createHash('sha256').update('batch_size,seq_len\n').digest('hex');
  const expected = checksums.device_1['ml1_level_features.csv'];
  assert.equal([name, message], ['UnavailableError', `${address}: expected SHA-256 ${expected}, found ${found}; the file was not kept`]); // prettier-ignore
  assert.equal(readdirSync(folder), []);
});

test('a server that refuses, a network that is not there and a device that nobody released are told', async () => {
  const address = publicAddress('device_1', 'ml1_level_features.csv');
  const failure = async (device: string, fetch: () => Promise<Response>): Promise<string> =>
    (await thrown(() => download(device, join(temporary(), device), { fetch }))).message;
  const refused = async () => new Response('', { status: 404, statusText: 'Not Found' });
  assert.is(await failure('device_1', refused), `${address}: the server answers 404 Not Found`);
  const offline = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }));
  assert.is(await failure('device_1', offline), `${address}: getaddrinfo ENOTFOUND`);
  assert.is(await failure('device_9', refused), 'no public address is known for device_9');
});

const released = needs('published');
if (released) {
  test('--download fetches what the cache lacks, and from then on nothing is asked', async () => {
    const options = nowhere();
    const asked: string[] = [];
    const fetch = async (address: string): Promise<Response> => {
      asked.push(basename(address));
      return new Response(readFileSync(join(released, 'device_1', basename(address))));
    };
    const first = (await source.open('published', params, { ...options, download: true, fetch })) as Source;
    assert.is(first.place.folder, join(options.environment.XDG_CACHE_HOME, 'irene-energy', 'dataset', 'device_1'));
    assert.equal(asked.sort(), Object.keys(checksums.device_1).sort());
    assert.equal(readdirSync(first.place.folder).sort(), asked);
    assert.equal(await source.open('published', params, options), first);
  });
}

test.run();
