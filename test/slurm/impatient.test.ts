/** Who does not wait for a Slurm that hangs, while jobs are left to it or cancelled. */
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canStart, Lab, until } from './lab.js';
import { ToyRun } from './toys.js';

let lab: Lab;
test.before(async () => void (lab = await Lab.start()));
test.after(() => lab.stop());

for (const cancels of [false, true]) {
  const what = cancels ? 'cancelling' : 'leaving';
  test(`Ctrl-C once more while ${what} takes long: it ends at once, and says what becomes of the jobs`, async () => {
    const run = new ToyRun(lab, { letters: ['a'], hold: ['a'] });
    const called = run.run(...(cancels ? ['--on-interrupt', 'cancel'] : []));
    await run.begun('a');
    const [job] = (await run.status()).slurm!.tasks.map((one: { job: string }) => one.job.split('_')[0]);
    const ended = await lab.whileControllerHangs(async () => {
      // A question to Slurm is open by then, and so is the leaving, which waits for it.
      await pause(800);
      called.process.kill('SIGINT');
      await pause(100);
      called.process.kill('SIGINT'); // As npx repeats it: that is no second one.
      await pause(2300);
      assert.is(called.process.exitCode, null, 'it waits for Slurm');
      called.process.kill('SIGINT');
      return Promise.race([called.ended, pause(2000)]);
    });
    assert.ok(ended, 'it does not end at once');
    assert.is(ended.code, 130, ended.stderr);
    const told = cancels ? `jobs ${job} may not all be cancelled` : `jobs ${job} go on at Slurm, and the same command takes up what they make`; // prettier-ignore
    assert.match(ended.stderr, told);
    assert.match(ended.stderr, `\`scancel ${job}\` ends them`);
    if (cancels) {
      lab.ask('scancel', job);
      await until('no job is left', () => lab.queue().length === 0);
    } else assert.is(lab.queue().length, 1);
    run.release('a');
    assert.is((await run.run().ended).code, 0);
    assert.is(run.sum, 'sum 5 of a (simple numbers)\n');
    if (!cancels) assert.is(run.worked('a').length, 1, 'it is taken up');
    run.end();
    run.remove();
  });
}

if (canStart()) test.run();
