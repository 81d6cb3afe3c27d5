/**
 * A run that is killed, or whose disk fails, at one chosen write, fsync, rename, link, unlink or mkdir: when it makes
 * everything for the first time, and when it overwrites what another configuration has left.
 */
import type { Ended } from '../end_to_end/program.js';
import { faultAt, kindsOf, operations, type Fault } from './faults.js';
import { messageProblems, problemsAfter } from './recovery.js';
import { Place, toy, undisturbed } from './subject.js';

/** One worker: the operations then come in the same order every time. */
const inOrder = ['--jobs', '1'];

export interface Scenario {
  readonly name: string;
  readonly options: readonly string[];
  /** Where the run begins; null: in an empty folder. */
  readonly base: Place | null;
  /** Where it must end. */
  readonly expected: Place;
}

export async function scenarios(): Promise<Scenario[]> {
  const other = ['--set', 'make.scale=2', '--set', 'tell.title=total'];
  const [plain, changed] = [await undisturbed(toy), await undisturbed(toy, other)];
  return [
    { name: 'the first run', options: [], base: null, expected: plain },
    { name: 'a run over an older one', options: other, base: plain, expected: changed },
  ];
}

const placeOf = ({ base }: Scenario): Place => (base ? new Place(toy, base) : new Place(toy));

/** How many operations that such a fault could meet a run of the scenario does; nothing happens to it. */
export async function countOperations(library: string, scenario: Scenario, meets: Fault['what']): Promise<number> {
  const kinds = kindsOf(meets);
  const place = placeOf(scenario);
  await place.run([...inOrder, ...scenario.options], faultAt(library, place, { at: 0, what: 'kill', kinds }));
  const count = operations(place).length;
  place.remove();
  return count;
}

/** Every file that has its final name is whole: as it was before, or as it must become. */
export function halfWritten(place: Place, { base, expected }: Pick<Scenario, 'base' | 'expected'>): string[] {
  const whole = [base?.hashes() ?? {}, expected.hashes()];
  const found = Object.entries(place.hashes()).filter(([name]) => !/\.tmp$|run\.lock$/.test(name));
  return found
    .filter(([name, hash]) => whole.every((one) => one[name] !== hash))
    .map(([name]) => `${name} is half written`);
}

/** A failed operation that only tidies up is no failure of the run. */
function failureProblems(ended: Ended, place: Place, { what }: Fault): string[] {
  const problems = messageProblems(ended, [0, 4, 5]);
  const left = place.leftovers();
  // Who may remove nothing, or cannot read whose the lock is, leaves it to the next run.
  if (what === 'ENOSPC' && left.length > 0) problems.push(`left behind at once: ${left.join(', ')}`);
  return problems;
}

/** Lets it happen, then goes on undisturbed. Returns what is wrong, in sentences that name the operation. */
export async function disturbed(library: string, scenario: Scenario, fault: Fault): Promise<string[]> {
  const place = placeOf(scenario);
  const ended = await place.run([...inOrder, ...scenario.options], faultAt(library, place, fault));
  const reached = operations(place).at(fault.at - 1) ?? 'nothing';
  const problems = halfWritten(place, scenario);
  if (fault.what !== 'kill') problems.push(...failureProblems(ended, place, fault));
  else if (ended.code !== null) problems.push(`it was not killed, but ended with ${ended.code}`);
  problems.push(...(await problemsAfter(place, scenario.expected, scenario.options)));
  place.remove();
  return problems.map((text) => `${fault.what} at ${fault.at} (${reached.replace(`${place.folder}/`, '')}): ${text}`);
}
