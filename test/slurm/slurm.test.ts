/**
 * `--executor slurm` on a real Slurm: three nodes on this machine, started and stopped here. Toys tell what runs where
 * and when; at last the real pipeline computes the same bytes as without Slurm. Each test is a story of its own; those
 * that wait for Slurm's own clocks run beside the others.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hashesBelow, pipeline, workFolder } from '../end_to_end/program.js';
import { filesIn } from '../pipeline/folder.js';
import { canStart, Lab, type Node, until } from './lab.js';
import { type Called, ToyRun, type ToyRunOptions, type Worked } from './toys.js';

let lab: Lab;
const runs: ToyRun[] = [];

function toy(options: ToyRunOptions): ToyRun {
  const run = new ToyRun(lab, options);
  runs.push(run);
  return run;
}

const overlap = (a: Worked, b: Worked): boolean => a.begin_ms < (b.end_ms ?? Infinity) && b.begin_ms < (a.end_ms ?? Infinity); // prettier-ignore

/** The sum that three numbers of each letter make. */
const sumOf = (letters: readonly string[], label = 'simple numbers'): string =>
  `sum ${5 * letters.length} of ${letters.join('')} (${label})\n`;

const jobsOf = (run: ToyRun): string[] =>
  lab.queue().filter((line) => run.jobNames.some((name) => line.endsWith(` ${name}`)));

/** Every stage, few tasks. */
const small = `run: small
bench: { source: [twin] }
trace: { models: [bert-base-uncased, distilbert-base-uncased], batch_sizes: [8], lengths: [32] }
profile: { round: 20 s, rounds: 5 }
train: { predictors: [law, end2end], features: [all], seeds: 1 }
report: { tables: [table9, settings] }
slurm: { poll_s: 0.3 }
`;

function story(name: string, tell: () => Promise<void>): void {
  test(name, async () => {
    try {
      await tell();
    } catch (error) {
      (error as Error).message += `\n${[...lab.queue(), ...runs.map(({ said }) => said), lab.lastWords()].join('\n')}`;
      throw error;
    } finally {
      runs.filter((run) => run !== timed.run).forEach((run) => run.end());
    }
  });
}

/** Slurm's least time limit is a minute: this one runs beside all others. */
let timed: { readonly run: ToyRun; readonly called: Called };

test.before(async () => {
  lab = await Lab.start();
  const run = toy({ letters: ['a'], hold: ['a'], slurm: 'time: 1, options: [--nodelist=hub]' });
  timed = { run, called: run.run() };
  void timed.called.says('it is submitted again', 300).then(() => run.release('a'));
});
test.after(async () => {
  await lab.stop();
  runs.forEach((run) => run.remove());
});

story('letters are job arrays; what reads them comes after; nothing is left at Slurm', async () => {
  const letters = ['a', 'b', 'c', 'd', 'e'];
  const run = toy({ letters, hold: ['a', 'e'] });
  const called = run.run('--json');
  await Promise.all(['a', 'e'].map((letter) => run.begun(letter)));
  const { slurm } = await run.status();
  assert.is(slurm!.tasks.length >= 5, true);
  const held = slurm!.tasks.filter(({ task }: { task: string }) => ['make/a', 'make/e'].includes(task));
  assert.equal(held.map(({ state }: { state: string }) => state), ['running', 'running']); // prettier-ignore
  assert.equal(new Set(held.map(({ job }: { job: string }) => job.split('_')[0])).size, 1, 'one array');
  assert.not.ok(existsSync(join(run.folder, 'reports/toy/sum.txt')), 'the report waits for all');
  run.release('a', 'e');
  const { code, stdout, stderr } = await called.ended;
  assert.is(code, 0, stderr);
  assert.equal(Object.values(JSON.parse(stdout).stages).map(({ done }: any) => done), [5, 5, 1]); // prettier-ignore
  assert.is(run.sum, sumOf(letters));
  assert.equal(jobsOf(run), []);
  assert.equal(filesIn(join(run.folder, 'data')).filter((file) => file.includes('slurm')), []); // prettier-ignore
  assert.equal((await run.status()).slurm, null);
});

story('what needs the meter is alone on the node that owns it; two benches measure at the same time', async () => {
  const letters = ['a', 'b', 'c', 'd'];
  const slurm = 'benches: [pc1, pc2], stages: { make: { partition: metered } }';
  const metered = toy({ letters, hold: ['a', 'b'], metered: true, slurm });
  const others = ['p', 'q', 'r', 's', 't', 'u'];
  const beside = toy({ letters: others });
  const called = metered.run();
  await Promise.all(['a', 'b'].map((letter) => metered.begun(letter)));
  const calledBeside = beside.run();
  await beside.begun('p');
  metered.release('a', 'b');
  for (const { code, stderr } of [await called.ended, await calledBeside.ended]) assert.is(code, 0, stderr);
  const measured = letters.flatMap((letter) => metered.worked(letter));
  const rest = others.flatMap((letter) => beside.worked(letter));
  assert.equal(measured.map(({ node }) => node), ['pc1', 'pc2', 'pc1', 'pc2'], 'divided in turn'); // prettier-ignore
  assert.ok(overlap(measured[0], measured[1]), 'at the same time');
  for (const one of measured) {
    const together = [...measured, ...rest].filter((other) => other !== one && other.node === one.node && overlap(one, other)); // prettier-ignore
    assert.equal(together, [], `${one.letter} is alone on ${one.node}`);
  }
  assert.is(metered.sum, sumOf(letters, 'good numbers'));
});

story('a measuring task whose node died goes on there, and nowhere else', async () => {
  const run = toy({ letters: ['a'], hold: ['a'], metered: true });
  const called = run.run();
  await run.begun('a');
  const [{ node }] = run.worked('a');
  lab.killNode(node as Node);
  await called.says(`make/a was lost at Slurm (NODE_FAIL on ${node}), it is submitted again: try 2 of 3`);
  await until('it waits for its node', () => jobsOf(run).some((line) => line.includes('PENDING')));
  lab.startNode(node as Node);
  await run.begun('a', 2);
  run.release('a');
  const { code, stderr } = await called.ended;
  assert.is(code, 0, stderr);
  assert.equal(run.worked('a').map((one) => [one.node, one.end_ms === null]), [[node, true], [node, false]]); // prettier-ignore
});

story('a cancelled job is submitted again, so often and no oftener', async () => {
  const run = toy({ letters: ['a', 'b'], hold: ['a'], slurm: 'tries: 2' });
  const called = run.run();
  for (const attempt of [1, 2]) {
    await run.begun('a', attempt);
    const { slurm } = await run.status();
    const { job, attempt: told } = slurm!.tasks.find(({ task }: { task: string }) => task === 'make/a');
    assert.is(told, attempt);
    lab.ask('scancel', job);
  }
  const { code, stderr } = await called.ended;
  assert.is(code, 4, stderr);
  assert.match(stderr, 'make/a was lost 2 times at Slurm, lastly: CANCELLED on ');
  const log = /its log is (\S+);/.exec(stderr)![1];
  assert.ok(existsSync(join(run.folder, log)), log);
  assert.is(run.worked('b').length, 1);
  run.release('a');
  assert.is((await run.run().ended).code, 0);
  assert.is(run.worked('b').length, 1, 'what was finished is not repeated');
});

story('while the controller restarts nothing is lost, repeated or given up', async () => {
  const run = toy({ letters: ['a', 'b'], hold: ['a', 'b'] });
  const called = run.run();
  await Promise.all([run.begun('a'), run.begun('b')]);
  await lab.stopController();
  run.release('a', 'b');
  // Results are files: they are seen, and what follows is to be submitted while nobody answers.
  await called.says('Slurm does not answer, trying again');
  lab.startController();
  const { code, stderr } = await called.ended;
  assert.is(code, 0, stderr);
  assert.is(run.worked('a').length + run.worked('b').length, 2);
});

story('Ctrl-C leaves the jobs; nobody writes beside them; the same command takes them up', async () => {
  const run = toy({ letters: ['a', 'b', 'c'], hold: ['b', 'c'] });
  const called = run.run();
  await Promise.all(['b', 'c'].map((letter) => run.begun(letter)));
  called.process.kill('SIGINT');
  const { code, stderr } = await called.ended;
  assert.is(code, 130, stderr);
  assert.match(stderr, /left to Slurm: \d tasks \(jobs \d/);
  await until('two of them are left', () => jobsOf(run).length === 2);
  for (const args of [
    ['run', 'toy.yaml'],
    ['clean', 'toy.yaml'],
  ]) {
    const refused = await run.call(...args).ended;
    assert.is(refused.code, 4, refused.stderr);
    assert.match(refused.stderr, 'Slurm has jobs of it');
  }
  run.release('b');
  await until('b has ended', () => run.worked('b')[0].end_ms !== null && jobsOf(run).length === 1);
  const { slurm } = await run.status();
  const states = Object.fromEntries(slurm!.tasks.map(({ task, state }: any) => [task, state]));
  assert.is(states['make/b'], 'done');
  assert.is(states['make/c'], 'running');
  const again = run.run();
  await again.says('that were left at Slurm are taken up');
  run.release('c');
  assert.is((await again.ended).code, 0, again.stderr);
  for (const letter of ['a', 'b', 'c']) assert.is(run.worked(letter).length, 1, `${letter} worked once`);
});

story('a killed program leaves them too; what has changed since is ended, and made anew', async () => {
  const run = toy({ letters: ['a', 'b'], hold: ['a', 'b'] });
  const called = run.run();
  await Promise.all([run.begun('a'), run.begun('b')]);
  called.process.kill('SIGKILL');
  await called.ended;
  const again = run.run('--set', 'make.scale=2');
  await Promise.all([run.begun('a', 2), run.begun('b', 2)]);
  await until('the old ones are ended', () => jobsOf(run).length === 2);
  run.release('a', 'b');
  assert.is((await again.ended).code, 0, again.stderr);
  assert.is(run.sum, 'sum 40 of ab (simple numbers)\n');
});

story('Ctrl-C cancels them where that is asked for', async () => {
  const run = toy({ letters: ['a', 'b', 'c'], hold: ['a', 'b', 'c'] });
  const called = run.run('--on-interrupt', 'cancel');
  await run.begun('a');
  called.process.kill('SIGINT');
  const { code, stderr } = await called.ended;
  assert.is(code, 130, stderr);
  assert.match(stderr, 'cancelled at Slurm: 3 tasks');
  await until('no job is left', () => jobsOf(run).length === 0);
  run.release('a', 'b', 'c');
  assert.is((await run.run().ended).code, 0);
  assert.is(run.sum, sumOf(['a', 'b', 'c']));
});

story('one that fails ends the run with its own message; what has not begun never does', async () => {
  // More than all nodes together have cores for.
  const held = Array.from({ length: 10 }, (_, i) => `h${i}`);
  const run = toy({ letters: ['b', ...held], hold: held });
  const called = run.run('--set', 'make.fail=b');
  await run.begun('h0');
  await until('what waited is cancelled', () => jobsOf(run).length > 0 && !jobsOf(run).some((line) => line.includes('PENDING'))); // prettier-ignore
  run.release(...held);
  const { code, stderr } = await called.ended;
  assert.is(code, 4, stderr);
  assert.match(stderr, 'nothing to measure b with');
  assert.match(stderr, 'plug it in');
  const begun = held.flatMap((letter) => run.worked(letter));
  assert.ok(begun.length < held.length && begun.every(({ end_ms }) => end_ms !== null), 'what has begun ends');
  assert.equal(jobsOf(run), []);
});

story('a detached run goes on by itself, to its end', async () => {
  const letters = ['a', 'b'];
  const run = toy({ letters, hold: letters });
  const { code, stdout, stderr } = await run.run('--detach', '--json').ended;
  assert.is(code, 0, stderr);
  const { handed_over } = JSON.parse(stdout);
  assert.is(handed_over.tasks, 2);
  await Promise.all(letters.map((letter) => run.begun(letter)));
  const { slurm } = await run.status();
  assert.equal(slurm!.continuation, { job: handed_over.continuation, state: 'PENDING' });
  run.release(...letters);
  await until('it is up to date', async () => jobsOf(run).length === 0 && (await run.status()).up_to_date, 120);
  assert.is(run.sum, sumOf(letters));
  letters.forEach((letter) => assert.is(run.worked(letter).length, 1));
});

story('a thousand tasks are submitted within the limit of an array, and shown', async () => {
  const letters = Array.from({ length: 1000 }, (_, i) => `l${i}`);
  const run = toy({ letters, slurm: 'partition: work, options: [--hold]' });
  const called = run.run('--on-interrupt', 'cancel');
  await until('all are at Slurm', () => jobsOf(run).length === 1000);
  assert.match(lab.ask('scontrol', 'show', 'config'), /MaxArraySize\s+= 401/);
  const { slurm } = await run.status();
  assert.is(slurm!.queued, 1000);
  assert.is(new Set(slurm!.tasks.map(({ job }: any) => job.split('_')[0])).size, 3, 'three arrays');
  called.process.kill('SIGTERM');
  assert.is((await called.ended).code, 130, called.stderr);
  await until('no job is left', () => jobsOf(run).length === 0);
});

story('what Slurm refuses is one message that names the section', async () => {
  const run = toy({ letters: ['a'], slurm: 'partition: nowhere' });
  const { code, stderr } = await run.run().ended;
  assert.is(code, 2, stderr);
  assert.match(stderr, /^error: Slurm refuses the job: invalid partition specified: nowhere/m);
});

story('the real pipeline computes the same bytes as without Slurm', async () => {
  const [here, there] = [workFolder(), workFolder()];
  for (const folder of [here, there]) writeFileSync(join(folder, 'small.yaml'), small);
  const [local, slurm] = await Promise.all([
    pipeline(here, ['run', 'small.yaml']),
    pipeline(there, ['run', 'small.yaml', '--executor', 'slurm'], lab.env),
  ]);
  for (const { code, stderr } of [local, slurm]) assert.is(code, 0, stderr);
  const expected = hashesBelow(here);
  assert.ok(Object.keys(expected).length > 30);
  assert.equal(hashesBelow(there), expected);
  // Whatever ran where: nothing is stale for either.
  const again = await pipeline(there, ['run', 'small.yaml', '--verify', '--json']);
  const counts = Object.values((JSON.parse(again.stdout) as { stages: Record<string, { done: number }> }).stages);
  assert.ok(counts.every(({ done }) => done === 0));
});

story('a task that ran out of its time is submitted again', async () => {
  assert.is((await timed.called.ended).code, 0, timed.called.stderr);
  assert.match(timed.called.stderr, 'make/a was lost at Slurm (TIMEOUT on hub), it is submitted again: try 2 of 3');
  assert.is(timed.run.worked('a').length, 2);
});

if (canStart()) test.run();
