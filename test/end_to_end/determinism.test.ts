/**
 * Same inputs, same bytes: through all seven stages with every predictor, on any number of workers, under any time zone,
 * language and version of Node, in a folder of any name. What differs from the first run differs in all of that at once,
 * since each run takes ten seconds; where one fails, its name tells what to take apart.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predictorNames } from '../../stages/energy/predictors/list.js';
import { needs } from '../needs.js';
import { hashesBelow, pipeline, workFolder } from './program.js';

interface Place {
  readonly jobs: number;
  readonly node?: 'node20' | 'node22' | 'node24';
  /** How its folder's name begins. */
  readonly folder?: string;
  readonly zone?: string;
  readonly language?: string;
}

// Zones of half and three quarters of an hour, and one that left out a day; digits, dots and letters unlike English.
const places: readonly Place[] = [
  { jobs: 1, node: 'node20', zone: 'Pacific/Apia', language: 'de_DE.UTF-8', folder: 'two words ' },
  { jobs: 4, node: 'node22', zone: 'Asia/Kathmandu', language: 'ar_EG.UTF-8', folder: 'größe 100% #1 ' },
  { jobs: 2, node: 'node24', zone: 'America/St_Johns', language: 'tr_TR.UTF-8', folder: `it's "quoted" & [é] 名 ` },
];

const all = [
  'trace.models=[distilbert-base-uncased,gpt2]',
  `train.predictors=[${predictorNames.join(',')}]`,
  'train.features=[all]',
  'train.seeds=1',
];
const settings = all.flatMap((one) => ['--set', one]);
const prediction = ['predict', 'gpt2', '--batch', '8', '--length', '64', '--on', 'pc1'];
const question = 'SELECT * FROM errors ORDER BY ALL';

/** Everything that a user gets: files by their SHA-256, and what is printed. */
async function results({ jobs, node, folder, zone, language }: Place): Promise<Record<string, string> | null> {
  const binary = node === undefined ? process.execPath : needs(node);
  if (binary === null) return null;
  const env = { TZ: zone, LANG: language, LC_ALL: language, NO_COLOR: '1' };
  const where = workFolder(folder);
  const printed = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await pipeline(where, args, env, binary);
    assert.is(code, 0, stderr);
    return stdout;
  };
  await printed('run', 'configs/quick.yaml', ...settings, '--jobs', String(jobs));
  return {
    ...hashesBelow(where),
    'on the terminal': await printed(...prediction),
    'in CSV': await printed('query', 'configs/quick.yaml', ...settings, question, '--format', 'csv'),
  };
}

let first: Record<string, string>;

test.before(async () => {
  first = (await results({ jobs: 2 }))!;
});

test('the first run has every predictor in its tables', () => {
  for (const name of predictorNames) assert.match(first['in CSV'], new RegExp(`^${name},`, 'm'));
  assert.ok(Object.keys(first).length > 100);
  assert.match(first['on the terminal'], 'J a batch');
});

for (const place of places) {
  const { jobs, node, zone, language, folder } = place;
  test(`the same bytes with ${jobs} workers, ${node}, ${zone}, ${language}, in "${folder}"`, async () => {
    const found = await results(place);
    if (found !== null) assert.equal(found, first);
  });
}

test.run();
