/**
 * Several programs at one run at random moments, after an owner that was killed: two runs, one that removes, one that
 * asks. Each ends well or is refused in one message, and a plain run brings everything to where it would be.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../stages/energy/random.js';
import { messageProblems, problemsAfter } from './recovery.js';
import { Place, toy } from './subject.js';

/** What each is called with besides the configuration, and the exits it may have. */
const programs = [
  { command: 'run', options: [], exits: [0, 4] },
  { command: 'run', options: ['--set', 'make.scale=2'], exits: [0, 4] },
  { command: 'clean', options: [], exits: [0, 4] },
  { command: 'query', options: ['SELECT count(*) AS n, sum(square) AS sum FROM squares'], exits: [0, 4] },
] as const;

/** In this time all begin, and the first owner is killed: about what a run takes. */
const within_ms = 1200;

/** Returns what went wrong, in sentences. */
export async function together(expected: Place, random: Random): Promise<string[]> {
  const place = new Place(toy, random.uniform() < 0.5 ? expected : undefined);
  const first = place.begin(['--force']);
  await sleep(within_ms * random.uniform());
  first.signal('SIGKILL');
  await first.ended;
  const problems = await Promise.all(
    programs.map(async ({ command, options, exits }) => {
      const after_ms = within_ms * random.uniform();
      await sleep(after_ms);
      const wrong = messageProblems(await place.run(options, {}, command), exits);
      return wrong.map((text) => `${command} after ${after_ms.toFixed(0)} ms: ${text}`);
    }),
  );
  // The other scale may be what is there now.
  const after = await problemsAfter(place, expected);
  place.remove();
  return [...problems.flat(), ...after];
}
