/** What takes the real Slurm too long for slurm.test.ts: a thousand tasks, all of them computed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn } from '../pipeline/folder.js';
import type { TorturePart } from '../torture_part.js';
import { canStart, Lab } from './lab.js';
import { ToyRun } from './toys.js';

/** A letter is two tasks, and one makes the report of all: 1 001. */
const letters = Array.from({ length: 500 }, (_, i) => `l${i}`);
const tasks = 2 * letters.length + 1;

/** The report reads a file for each letter, and DuckDB keeps within what Slurm gives its job: 400 MB are enough. */
const slurm = 'stages: { tell: { memory: 900M } }';

/** Runs them as jobs and gives what is wrong, in sentences. */
async function computed(lab: Lab, tell: (text: string) => void): Promise<string[]> {
  const run = new ToyRun(lab, { letters, slurm });
  const called = run.run('--json');
  const told = setInterval(() => tell(`${letters.filter((letter) => run.worked(letter).length > 0).length} of ${letters.length} letters`), 60_000); // prettier-ignore
  try {
    const { code, stdout, stderr } = await called.ended;
    if (code !== 0) return [`it ended with ${code}: ${stderr.slice(-500)}`];
    const { stages } = JSON.parse(stdout) as { stages: Record<string, { done: number }> };
    const done = Object.values(stages).reduce((sum, one) => sum + one.done, 0);
    const problems = done === tasks ? [] : [`${done} of ${tasks} tasks were done`];
    for (const letter of letters) {
      const times = run.worked(letter).filter(({ end_ms }) => end_ms !== null).length;
      if (times !== 1) problems.push(`${letter} was made ${times} times`);
    }
    if (run.sum !== `sum ${5 * letters.length} of ${letters.join('')} (simple numbers)\n`)
      problems.push(`it is ${run.sum}`);
    if (lab.queue().length > 0) problems.push(`left at Slurm: ${lab.queue().join(', ')}`);
    const left = existsSync(join(run.folder, 'data')) ? filesIn(join(run.folder, 'data')) : [];
    return [...problems, ...left.filter((file) => file.includes('slurm')).map((file) => `left behind: ${file}`)];
  } finally {
    clearInterval(told);
    run.end();
    run.remove();
  }
}

export const cluster: TorturePart = {
  name: 'cluster',
  async run(_, tell) {
    if (!canStart()) return [{ what: 'tasks computed by Slurm', tried: 0, wrong: ['Slurm cannot be started here'] }];
    const lab = await Lab.start();
    try {
      return [{ what: 'tasks computed by Slurm', tried: tasks, wrong: await computed(lab, tell) }];
    } finally {
      await lab.stop();
    }
  },
};
