/** An output that a user asked for, `query --output`, where the program is killed or its disk fails while it writes it. */
import { faultAt, kindsOf, operations, type Fault } from './faults.js';
import { messageProblems } from './recovery.js';
import { Place, toy } from './subject.js';

export const formats = ['csv', 'json', 'arrow', 'parquet'] as const;
export type Format = (typeof formats)[number];

const ask = (format: Format): string[] => ['SELECT * FROM squares ORDER BY i', '--output', `out.${format}`];

/** How many operations that such a fault could meet the command does, and the bytes it writes. */
export async function wholeOutput(library: string, base: Place, format: Format, meets: Fault['what']) {
  const place = new Place(toy, base);
  const kinds = kindsOf(meets);
  await place.run(ask(format), faultAt(library, place, { at: 0, what: 'kill', kinds }), 'query');
  const whole = { count: operations(place).length, text: place.read(`out.${format}`) };
  place.remove();
  return whole;
}

/** The output is whole or absent, and the same command writes it afterwards. Returns what is wrong, in sentences. */
export async function disturbedOutput(library: string, base: Place, format: Format, text: string, fault: Fault) {
  const place = new Place(toy, base);
  const ended = await place.run(ask(format), faultAt(library, place, fault), 'query');
  const reached =
    operations(place)
      .at(fault.at - 1)
      ?.replace(`${place.folder}/`, '') ?? 'nothing';
  const file = `out.${format}`;
  const problems = fault.what === 'kill' ? [] : messageProblems(ended, [0, 4]);
  if (place.has(file) && place.read(file) !== text) problems.push('half written');
  if (ended.code === 0 && !place.has(file)) problems.push('it ended well without an output');
  problems.push(...messageProblems(await place.run(ask(format), {}, 'query'), [0]));
  if (place.read(file) !== text) problems.push('the next one writes something else');
  const left = place.leftovers();
  if (left.length > 0) problems.push(`left behind: ${left.join(', ')}`);
  place.remove();
  return problems.map((one) => `${fault.what} at ${fault.at} (${reached}): ${one}`);
}
