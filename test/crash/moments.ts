/**
 * Signals to the process group at random moments of each of the seven stages: the stage has nothing finished, everything
 * before it has, and everything after it comes to the same bytes.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../stages/energy/random.js';
import { messageProblems, problemsAfter } from './recovery.js';
import { Place, runFolder, sevenStages } from './subject.js';

export const stages = ['trace', 'profile', 'align', 'featurize', 'train', 'evaluate', 'report'] as const;
export const signals = ['SIGKILL', 'SIGINT', 'SIGTERM'] as const;

/** The place as it is before a stage has run, without its manifests. */
function before(expected: Place, stage: string): Place {
  const place = new Place(sevenStages, expected);
  for (const file of place.manifests().keys()) {
    if (file.startsWith(join(runFolder, stage, '/'))) rmSync(join(place.folder, file));
  }
  return place;
}

/** How long the stage takes here with the program's start, ms. */
export async function duration_ms(expected: Place, stage: string): Promise<number> {
  const place = before(expected, stage);
  const started = performance.now();
  await place.run(['--stage', stage]);
  place.remove();
  return performance.now() - started;
}

/** Ends a stage by a signal at a moment of its time. Returns what is wrong afterwards, in sentences. */
export async function ended(
  expected: Place,
  stage: string,
  signal: NodeJS.Signals,
  most_ms: number,
  random: Random,
): Promise<string[]> {
  const place = before(expected, stage);
  const after_ms = most_ms * random.uniform();
  const running = place.begin(['--stage', stage]);
  await sleep(after_ms);
  running.signal(signal);
  const end = await running.ended;
  // Who is done before the signal comes ends with 0; who has not yet begun to listen, by the signal itself.
  const problems = signal === 'SIGKILL' ? [] : messageProblems(end, [0, 130, null]);
  problems.push(...(await problemsAfter(place, expected)));
  place.remove();
  return problems.map((text) => `${signal} after ${after_ms.toFixed(0)} ms of ${stage}: ${text}`);
}
