/** A folder to publish, `export`, where the program is killed or its disk fails while it is made. */
import { readdirSync } from 'node:fs';
import { faultAt, kindsOf, operations, type Fault } from './faults.js';
import { messageProblems } from './recovery.js';
import { Place, toy, type Subject } from './subject.js';

const subject: Subject = { ...toy, program: 'test/crash/export_program.js' };

const made = 'out';

const exported = (place: Place, env: NodeJS.ProcessEnv = {}, folder = made) =>
  place.run(['--output', folder], env, 'export');

/** What a folder of the place holds: each file with its hash. */
function below(place: Place, folder: string): string {
  const files = Object.entries(place.hashes()).filter(([name]) => name.startsWith(`${folder}/`));
  return JSON.stringify(files.map(([name, hash]) => [name.slice(folder.length), hash]));
}

/** A run that is up to date, an export of it that was made earlier, and what the next one must be. */
export async function exportBase(): Promise<{ readonly base: Place; readonly whole: string }> {
  const base = new Place(subject);
  base.write('offset.txt', '1'); // An input of the run, which is exported too.
  for (const { code, stderr } of [await base.run(), await exported(base, {}, 'earlier')])
    if (code !== 0) throw new Error(`the undisturbed one ended with ${code}:\n${stderr}`);
  return { base, whole: below(base, 'earlier') };
}

/** How many operations that such a fault could meet an export does. */
export async function countOfExport(library: string, base: Place, meets: Fault['what']): Promise<number> {
  const place = new Place(subject, base);
  await exported(place, faultAt(library, place, { at: 0, what: 'kill', kinds: kindsOf(meets) }));
  const count = operations(place).length;
  place.remove();
  return count;
}

/**
 * The folder is whole or absent, all else as it was, and the next export works: under that name where nothing has it.
 * Returns what is wrong, in sentences.
 */
export async function disturbedExport(library: string, base: Place, whole: string, fault: Fault): Promise<string[]> {
  const place = new Place(subject, base);
  const ended = await exported(place, faultAt(library, place, fault));
  const reached = operations(place).at(fault.at - 1) ?? 'nothing';
  const problems = fault.what === 'kill' ? [] : messageProblems(ended, [0, 4]);
  if (ended.code === 4 && !/^error: out[:/]/m.test(ended.stderr))
    problems.push(`it names no file of its own: ${ended.stderr}`);
  if (ended.stderr.includes('.tmp')) problems.push(`it names a temporary file: ${ended.stderr}`);
  const temporary = () => readdirSync(place.folder).filter((name) => name.includes('.tmp'));
  // A full disk refuses no removal.
  if (fault.what === 'ENOSPC' && temporary().length > 0)
    problems.push(`left behind at once: ${temporary().join(', ')}`);
  if (place.has(made) && below(place, made) !== whole) problems.push('half made');
  if (!place.has(made) && ended.code === 0) problems.push('it ended well without a folder');
  if (place.has(made)) problems.push(...messageProblems(await exported(place), [2]));
  const next = place.has(made) ? 'another' : made;
  problems.push(...messageProblems(await exported(place, {}, next), [0]));
  if (below(place, next) !== whole) problems.push('the next one is another');
  if (next === made && temporary().length > 0) problems.push(`left behind: ${temporary().join(', ')}`);
  for (const folder of ['data', 'reports', 'earlier'])
    if (below(place, folder) !== below(base, folder)) problems.push(`${folder} is not as it was`);
  place.remove();
  const where = reached.replace(`${place.folder}/`, '');
  return problems.map((one) => `${fault.what} at ${fault.at} (${where}): ${one}`);
}
