/** What of `--executor slurm` needs no Slurm: how its programs are called and believed, arrays, benches, settings. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { parse } from 'yaml';
import * as assert from 'uvu/assert';
import { PipelineError } from '../../../pipeline/errors.js';
import { Benches } from '../../../pipeline/execute/slurm/benches.js';
import { batchesOf, entriesOf, writeFile } from '../../../pipeline/execute/slurm/batch.js';
import { type Call, call, NoRoom, type Said, SlurmPrograms } from '../../../pipeline/execute/slurm/cluster.js';
import type { Hand } from '../../../pipeline/execute/slurm/hand.js';
import { jobScript, siteOptions } from '../../../pipeline/execute/slurm/script.js';
import { slurmSettings } from '../../../pipeline/execute/slurm/settings.js';
import { submitAll, type SubmitContext } from '../../../pipeline/execute/slurm/submit.js';
import { look, type Seen } from '../../../pipeline/execute/slurm/watch.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { thrown } from '../../thrown.js';
import { freshFolder, pipeline, writeToy } from '../folder.js';

const settings = slurmSettings(['make']).parse({
  partition: 'work',
  stages: { make: { time: '1:00:00', memory: '8G' } },
});

const ok = (stdout: string): Said => ({ code: 0, stdout, stderr: '' });
const bad = (stderr: string, code = 1): Said => ({ code, stdout: '', stderr });

/** Slurm's programs, each giving the answers it is told in turn; and what was asked of them. */
function programs(answers: Record<string, Said[]>) {
  const asked: string[] = [];
  const warned: string[] = [];
  const waits: number[] = [];
  const run: Call = async (program, args) => {
    asked.push([program, ...args].join(' '));
    const answer = answers[program].shift();
    if (!answer) throw new Error(`${program} is asked once too often`);
    return answer;
  };
  const wait = async (seconds: number) => void waits.push(seconds);
  const cluster = new SlurmPrograms(20, (text) => warned.push(text), new AbortController().signal, run, wait);
  return { cluster, asked, warned, waits };
}

const unreachable = bad(
  'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)',
);

test('a submission is tried again while the controller is silent, longer each time', async () => {
  const { cluster, warned, waits } = programs({
    sbatch: [unreachable, unreachable, ok('12;lab\n')],
    squeue: [ok(''), ok('')],
  });
  assert.is(await cluster.submit('name', [], 'job.sh'), '12');
  assert.equal(waits, [1, 2]);
  assert.is(warned.length, 1);
});

test('where sbatch’s answer was lost, the job that was taken is found by its name, and not submitted twice', async () => {
  const lost = bad('sbatch: error: Batch job submission failed: Socket timed out on send/recv operation');
  const { cluster, asked } = programs({
    sbatch: [lost],
    squeue: [bad('slurm_load_jobs error: Unable to contact slurm controller'), ok('name|77|0|PENDING||Priority\n')],
  });
  assert.is(await cluster.submit('name', [], 'job.sh'), '77');
  assert.is(asked.filter((line) => line.startsWith('sbatch')).length, 1);
});

test('a controller that stays silent ends the run with exit 4, after its patience', async () => {
  const { cluster, waits } = programs({ sbatch: Array(9).fill(unreachable), squeue: Array(9).fill(ok('')) });
  const error = await thrown(() => cluster.submit('name', [], 'job.sh'));
  assert.is((error as PipelineError).exitCode, 4);
  assert.match(error.message, /^Slurm has not answered for \d+ s: Batch job submission failed: Unable to contact/);
  assert.ok(waits.reduce((sum, one) => sum + one, 0) >= 20);
});

test('what Slurm refuses for good is told at once, what it has no room for is told apart, a missing Slurm too', async () => {
  const refused = programs({ sbatch: [bad('sbatch: error: invalid partition specified: x\nsbatch: error: Batch job submission failed: Invalid partition name specified')] }); // prettier-ignore
  const error = (await thrown(() => refused.cluster.submit('name', [], 'job.sh'))) as PipelineError;
  assert.is(error.exitCode, 2);
  assert.is(error.message, 'Slurm refuses the job: invalid partition specified: x; Batch job submission failed: Invalid partition name specified'); // prettier-ignore
  const full = programs({ sbatch: [bad('sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user’s size and/or time limits)')] }); // prettier-ignore
  assert.instance(await thrown(() => full.cluster.submit('name', [], 'job.sh')), NoRoom);
  const none = programs({ squeue: [bad('bash: squeue: command not found', 127)] });
  assert.is(((await thrown(() => none.cluster.queue(['name']))) as PipelineError).exitCode, 4);
});

test('the queue is read element by element; a reason may hold anything', async () => {
  const { cluster, asked } = programs({
    squeue: [ok('n|5|3|RUNNING|pc1|None\nn|5|4|PENDING||(a|b)\nm|6|N/A|PENDING||Dependency\n')],
  });
  assert.equal(await cluster.queue(['n', 'm']), [
    { name: 'n', job: '5', index: 3, state: 'RUNNING', node: 'pc1', reason: 'None' },
    { name: 'n', job: '5', index: 4, state: 'PENDING', node: '', reason: '(a|b)' },
    { name: 'm', job: '6', index: null, state: 'PENDING', node: '', reason: 'Dependency' },
  ]);
  assert.match(asked[0], '--name=n,m');
});

test('jobs are ended by name: their numbers may be others’ since a controller was killed', async () => {
  const { cluster, asked } = programs({ scancel: [ok(''), ok('')] });
  await cluster.cancel('n', ['5_3', '5_4']);
  await cluster.cancel('m', [], ['--state=PENDING']);
  assert.equal(asked, ['scancel --name=n 5_3 5_4', 'scancel --name=m --state=PENDING']);
});

test('words of a command reach a program as they are, whatever is in them', async () => {
  const words = ['a b', "it's", '$HOME', '`id`', '"', '\\', ';', '*', ''];
  const said = await call('printf', ['[%s]', ...words]);
  assert.is(said.stdout, words.map((word) => `[${word}]`).join(''));
  const script = jobScript('about', { ...settings, node: 'printf', setup: ['set -u'] }, ['[%s]', ...words]);
  assert.match(script, /^#!\/bin\/bash\n# about\nset -u\nexec printf /);
  assert.is((await call('bash', ['-c', script])).stdout, said.stdout);
});

/** Tasks to submit, as the executor has them. */
const hands = (ids: readonly string[], requires: readonly string[] = []): Hand[] =>
  ids.map((id) => {
    const spec = { id, run: 'toy', stage: 'make', fingerprint: `of ${id}`, requires } as unknown as Hand['spec'];
    const nothing = () => {};
    return { spec, progress: nothing, resolve: nothing, reject: nothing, attempts: 0, place: null, adopted: false, missing_ms: null }; // prettier-ignore
  });

/** A cluster that takes so many jobs in all; and the options of each submission. */
function taking(room: number, arrayLimit: number) {
  const submitted: string[][] = [];
  let taken = 0;
  const cluster = {
    submit: async (_: string, options: readonly string[]) => {
      const count = Number(/--array=0-(\d+)/.exec(options.join(' '))![1]) + 1;
      if (taken + count > room) throw new NoRoom('QOSMaxSubmitJobPerUserLimit');
      taken += count;
      submitted.push([...options]);
      return String(submitted.length);
    },
  };
  const context = { run: 'toy', registry: 'file:///x.js', settings, cluster, benches: new Benches('toy', ['pc1', 'pc2']), arrayLimit }; // prettier-ignore
  return { context: context as unknown as SubmitContext, submitted };
}

const arrays = (submitted: readonly string[][]): string[] =>
  submitted.map((options) => options.find((option) => option.startsWith('--array='))!);

test('a thousand tasks are arrays within the limit; each task once', async () => {
  freshFolder();
  const { context, submitted } = taking(Infinity, 401);
  const tasks = hands(Array.from({ length: 1000 }, (_, i) => `make/${i}`));
  assert.equal(await submitAll(tasks, context), { full: null });
  assert.equal(arrays(submitted), ['--array=0-400', '--array=0-400', '--array=0-197']);
  const places = tasks.map(({ place }) => `${place!.batch.name} ${place!.index}`);
  assert.is(new Set(places).size, 1000);
  const entries = batchesOf('toy').flatMap((batch) => entriesOf('toy', batch));
  assert.equal(entries.map(({ task }) => task.id), tasks.map(({ spec }) => spec.id)); // prettier-ignore
  assert.ok(entries.every(({ folder, index }) => existsSync(join(folder, `${index}.spec.json`))));
  assert.ok(submitted[0].includes('--time=1:00:00') && submitted[0].includes('--mem=8G') && submitted[0].includes('--partition=work')); // prettier-ignore
});

test('where Slurm has no room for all, it is given what it takes, and the rest waits', async () => {
  freshFolder();
  const { context, submitted } = taking(7, 401);
  const tasks = hands(Array.from({ length: 10 }, (_, i) => `make/${i}`));
  assert.equal(await submitAll(tasks, context), { full: 'QOSMaxSubmitJobPerUserLimit' });
  assert.equal(arrays(submitted), ['--array=0-4', '--array=0-1']);
  assert.is(tasks.filter(({ place }) => place === null).length, 3);
  const refused = batchesOf('toy').flatMap((batch) => entriesOf('toy', batch)).filter(({ givenUp }) => givenUp); // prettier-ignore
  assert.ok(refused.length > 3, 'whatever of it Slurm took after all publishes nothing');
});

/** Looks once at a task of an earlier process that leaves its result while the queue is asked, and is in it no more. */
async function endingMeanwhile(kind: 'done' | 'failed', utc_ms: number, outputs: readonly object[] = []) {
  const { context } = taking(Infinity, 10);
  const [hand] = hands(['make/a']);
  await submitAll([hand], context);
  hand.adopted = true;
  const { folder, index } = hand.place!;
  const queue = async () => {
    const end = kind === 'done' ? { kind, result: { outputs } } : { kind, error: { message: 'no' } };
    writeFile(folder, index, 'result', { ...end, utc_ms } as never);
    return [];
  };
  const watching = { ...context, draining: false, cluster: { ...context.cluster, queue } };
  const seen: Seen[] = await look([hand], watching);
  return { kinds: seen.map((one) => one.kind), placed: hand.place !== null };
}

test('a task taken up that ends while Slurm is asked is done, and not computed anew', async () => {
  freshFolder();
  assert.equal(await endingMeanwhile('done', Date.now()), { kinds: ['done'], placed: true });
});

test('where its files are not seen yet they are waited for; where they have changed, or it failed, it is anew', async () => {
  const unseen = [{ path: 'elsewhere.parquet', bytes: 1, sha256: '0' }];
  for (const [kind, utc_ms, placed] of [
    ['done', Date.now(), true],
    ['done', Date.now() - settings.visible_s * 1000, false],
    ['failed', Date.now(), false],
  ] as const) {
    freshFolder();
    assert.equal(await endingMeanwhile(kind, utc_ms, unseen), { kinds: [], placed });
  }
});

test('tasks that need a meter are divided between the benches, and stay where they began', async () => {
  freshFolder();
  const benches = new Benches('toy', ['pc1', 'pc2']);
  const of = (task: string) => benches.optionsOf(task, ['meter']).join(' ');
  const [first, second] = ['pc1', 'pc2'].map((bench) => `--exclusive --gres=meter:1 --constraint=${bench}`);
  assert.equal(['a', 'b', 'c', 'a'].map(of), [first, second, first, first]);
  assert.equal(benches.optionsOf('d', []), []);
  benches.begun('a', 'node7');
  benches.begun('a', 'node8');
  const later = new Benches('toy', ['pc2', 'pc3']);
  assert.is(
    later.optionsOf('a', ['meter']).join(' '),
    `${first} --nodelist=node7`,
    'even where its bench is no longer named',
  );
  assert.is(later.optionsOf('c', ['meter']).at(-1), '--constraint=pc3', 'what has not begun is divided anew');
  assert.equal(new Benches('other', []).optionsOf('a', ['meter', 'lamp']), ['--exclusive', '--gres=meter:1,lamp:1']);
  writeFileSync('data/slurm/toy/benches.json', '{');
  assert.match((await thrown(() => new Benches('toy', []))).message, 'it does not say which bench measures what');
});

test('what a site sets is checked with the rest of the configuration, and changes no result', async () => {
  freshFolder();
  writeToy('run: toy\nslurm: { partion: work, time: soon, stages: { mak: { memory: lots } }, options: [qos=low], tries: 0 }\n'); // prettier-ignore
  const { code, stderr } = await pipeline('run', 'toy.yaml');
  assert.is(code, 2);
  for (const part of ['slurm.partion: unknown key, did you mean "partition"?', 'slurm.time: expected a time as sbatch takes it', 'slurm.stages.mak: unknown key, did you mean "make"?', 'slurm.options.0: expected an option of sbatch', 'slurm.tries: expected 1 or more']) assert.match(stderr, part); // prettier-ignore
  writeToy();
  assert.is((await pipeline('run', 'toy.yaml')).code, 0);
  writeToy('run: toy\nslurm: { partition: work, account: 7, setup: [module load nodejs], benches: [pc1] }\n');
  assert.match((await pipeline('status', 'toy.yaml')).stdout, 'up to date');
  assert.match(siteOptions(slurmSettings([]).parse({ account: 7 }), 'make').join(' '), '--account=7');
});

test('the section that the guide shows is a valid one, and names every setting', () => {
  const guide = readFileSync(join(packageRoot, 'pipeline/execute/slurm/README.md'), 'utf8');
  const shown = (parse(/```yaml\n([\s\S]*?)```/.exec(guide)![1]) as { slurm: Record<string, unknown> }).slurm;
  const schema = slurmSettings(['profile', 'train']);
  assert.equal(Object.keys(shown).sort(), Object.keys(schema.shape).sort());
  assert.is(schema.parse(shown).time, '2:00:00');
});

test('options of a cluster alone, and those that a detached run cannot repeat, are refused', async () => {
  freshFolder();
  writeToy();
  for (const [args, message] of [
    [['--detach'], '--detach: expected --executor slurm with it'],
    [['--on-interrupt', 'leave'], '--on-interrupt: expected --executor slurm with it'],
    [['--executor', 'slurm', '--detach', '--force'], '--detach: --force would compute anew each time the run goes on'],
  ] as const) {
    const { code, stderr } = await pipeline('run', 'toy.yaml', ...args);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test('where files say that Slurm has tasks and Slurm cannot be asked, nobody writes beside them', async () => {
  freshFolder();
  writeToy();
  const { context } = taking(Infinity, 10);
  await submitAll(hands(['make/a']), context);
  const path = process.env.PATH;
  mkdirSync('empty');
  process.env.PATH = join(process.cwd(), 'empty');
  try {
    const { code, stderr } = await pipeline('run', 'toy.yaml');
    assert.is(code, 4, stderr);
    assert.match(stderr, '1 of its tasks were given to Slurm, which does not answer here');
    const { stdout } = await pipeline('status', 'toy.yaml');
    assert.match(stdout, 'slurm      1 queued (by their files alone: Slurm does not answer here)');
  } finally {
    process.env.PATH = path;
  }
  assert.match(readFileSync(join('data/slurm/toy/batches', batchesOf('toy')[0].name, 'job.sh'), 'utf8'), 'task.js');
});

test.run();
