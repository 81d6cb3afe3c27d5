/** After whatever was done to a run, a plain `pipeline run` must bring it to where it would be had nothing happened. */
import { hashOf } from '../../pipeline/store/hash.js';
import type { Manifest } from '../../pipeline/store/manifest.js';
import type { Ended } from '../end_to_end/program.js';
import type { Place } from './subject.js';

/** A manifest but for what tells when. */
const timeless = ({ outputs, seconds: _, ...rest }: Manifest): string =>
  hashOf('timeless', { ...rest, outputs: outputs.map(({ mtime_ms: _, ...output }) => output) });

function differences(found: Record<string, string>, expected: Record<string, string>): string[] {
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])];
  return names.filter((name) => found[name] !== expected[name]);
}

/** Stacks and bugs: what no message may hold. */
const unseemly = /unexpected: |this is a bug|^\s+at .*:\d+|Error:|\bdist\//m;

/** What is wrong with the message of a command that ended so; `codes` are the exits it may have. */
export function messageProblems({ code, stderr }: Ended, codes: readonly (number | null)[]): string[] {
  const problems: string[] = [];
  if (!codes.includes(code))
    problems.push(`exit ${code} instead of ${codes.join(' or ')}: ${stderr.trim().slice(-300)}`);
  else if (code !== 0 && code !== null && stderr.split(/^error: /m).length !== 2) {
    problems.push(`not one message: ${JSON.stringify(stderr.slice(-300))}`);
  }
  if (unseemly.test(stderr)) problems.push(`not a clear message: ${JSON.stringify(stderr.slice(0, 500))}`);
  return problems;
}

/** Goes on by a plain run, and returns a sentence on everything that is not as in `expected`; none where all is well. */
export async function problemsAfter(place: Place, expected: Place, options: readonly string[] = []): Promise<string[]> {
  const wanted = expected.manifests();
  const finished = [...place.manifests()].filter(
    ([file, { manifest }]) => manifest.fingerprint === wanted.get(file)?.manifest.fingerprint && !manifest.damaged,
  );
  const ended = await place.run(options);
  const problems = messageProblems(ended, [0]);
  if (ended.code !== 0) return problems;
  const after = place.manifests();
  for (const [file, { written }] of finished) {
    if (after.get(file)?.written !== written) problems.push(`${file} was finished, and was computed again`);
  }
  const text = ({ manifest }: { manifest: Manifest }) => timeless(manifest);
  const plain = (all: typeof after) => Object.fromEntries([...all].map(([file, one]) => [file, text(one)]));
  const others = [...differences(place.hashes(), expected.hashes()), ...differences(plain(after), plain(wanted))];
  if (others.length > 0) problems.push(`not as undisturbed: ${others.join(', ')}`);
  const left = place.leftovers();
  if (left.length > 0) problems.push(`left behind: ${left.join(', ')}`);
  return problems;
}
