/**
 * A registry of three toy stages, so that the engine is tested without any science: letters make numbers, numbers make
 * squares letter by letter, and all squares make one report. What a task does wrong can be asked for in the
 * configuration.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UnavailableError } from '../../pipeline/errors.js';
import { findings } from '../../pipeline/findings.js';
import { same, type Registry, type SourceChoice, type Stage } from '../../pipeline/stage.js';
import { fromRows, numbers } from '../../pipeline/rows.js';
import { double, int32, string, table } from '../../pipeline/table.js';

export const values = table(
  'values',
  'one number',
  { letter: string('its letter'), i: int32('its index'), x: double('its value', 'J') },
  ['letter', 'i'],
);
export const squares = table('squares', 'one square', { i: int32('its index'), square: double('x²', 'J²') }, ['i']);

const numbersParams = z.strictObject({
  letters: z.array(z.string()).default(['a', 'b']),
  count: z.number().int().positive().default(3),
  scale: z.number().default(1),
  refuse: z.string().nullable().default(null),
  refusals: z.number().int().positive().default(1),
  fail: z.string().nullable().default(null),
  wait_ms: z.number().default(0),
});
type NumbersParams = z.infer<typeof numbersParams>;

const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

/** Works for a minute, or until somebody says `hurry`; says when it has begun. */
async function work(): Promise<void> {
  writeFileSync('working', '');
  for (let waited = 0; waited < 60_000 && !existsSync('hurry'); waited += 10) await pause();
}

/** In a folder with `held/`: says there where and when a letter is worked on, and waits while `held/<letter>` is there. */
async function held(letter: string): Promise<void> {
  if (!existsSync('held')) return;
  const say = (what: string) =>
    appendFileSync(`held/${letter}.log`, `${what} ${process.env.SLURMD_NODENAME} ${Date.now()}\n`);
  say('begin');
  while (existsSync(`held/${letter}`)) await pause();
  say('end');
}

export const make: Stage<NumbersParams> = {
  name: 'make',
  about: 'makes numbers',
  params: numbersParams,
  reads: [],
  writes: [values, findings],
  usesSource: true,
  relevant: ({ letters: _, ...rest }) => rest,
  files: () => (existsSync('offset.txt') ? [{ name: 'offset.txt', path: 'offset.txt' }] : []),
  partitions: ({ letters }) => letters.map((letter) => ({ letter })),
  requires: ({ kind }) => (kind === 'good' ? ['meter'] : []),
  forecast: async ({ count }, { kind }, { letter }) => (kind === 'good' ? `${letter}: ${count} numbers to come` : null),
  async run({ params, partition: { letter }, write, progress, signal }) {
    if (params.fail === letter) throw new UnavailableError(`nothing to measure ${letter} with`, 'plug it in');
    for (let waited = 0; waited < params.wait_ms && !signal.aborted; waited += 10) {
      await pause();
      progress(waited, params.wait_ms);
    }
    if (letter === 'slow') await work();
    await held(letter);
    const offset = existsSync('offset.txt') ? Number(readFileSync('offset.txt', 'utf8')) : 0;
    const rows = Array.from({ length: params.count }, (_, i) => ({ letter, i, x: (offset + i) * params.scale }));
    await write(values, fromRows(values, rows.reverse()));
    const refusing = Array.from({ length: params.refusals }, (_, i) => ({
      check_id: '5',
      severity: 'refuse',
      subject: i === 0 ? letter : `${letter}${i + 1}`,
      value: 1,
      limit: 0,
      source: 'test',
      message: 'no',
    }));
    await write(findings, fromRows(findings, params.refuse === letter ? refusing : []));
  },
};

export const square: Stage<{ absolute: boolean }> = {
  name: 'square',
  about: 'squares them',
  params: z.strictObject({ absolute: z.boolean().default(false) }),
  reads: [{ table: values, of: same }],
  writes: [squares],
  partitions: (_, upstream) => upstream.make,
  borrows: (settings, _, { kind }) => (kind === 'good' ? (settings.tell as { title: string }).title : undefined),
  async run({ write, params }) {
    await write(squares, { sql: `SELECT i, ${params.absolute ? 'abs(x * x)' : 'x * x'} AS square FROM values` });
  },
};

export const tell: Stage<{ title: string }> = {
  name: 'tell',
  about: 'tells their sum',
  params: z.strictObject({ title: z.string().default('sum') }),
  reads: [{ table: squares }],
  writes: [],
  usesSource: true,
  partitions: () => [{ output: 'sum' }],
  async run({ database, publish, params, source, upstream }) {
    const all = numbers(await database.query('SELECT square FROM squares ORDER BY letter, i'), 'square');
    const order = upstream.square.map(({ letter }) => letter).join('');
    await publish('sum.txt', `${params.title} ${all.reduce((a, b) => a + b, 0)} of ${order} (${source.label})\n`);
  },
};

const choice: SourceChoice<{ source: string[] }> = {
  name: 'bench',
  params: z.strictObject({ source: z.array(z.enum(['good', 'simple'])).default(['good', 'simple']) }),
  looksAt: () => ({ places: ['good', 'offset.txt'], variables: [] }),
  order: ({ source }) => source,
  open: async (kind) => {
    if (kind === 'good' && !existsSync('good')) return { reason: 'there is no folder good' };
    return { kind, label: `${kind} numbers`, about: { kind }, place: { folder: join('somewhere', kind) } };
  },
};

export const openRegistry = async (): Promise<Registry> => ({
  url: import.meta.url,
  stages: [make, square, tell].map((stage) => ({ stage, module: new URL(import.meta.url) })),
  choice,
});
