/**
 * The end of a session: what align will leave out of it because an instrument failed is measured again, while the bench is
 * still there. A round is judged when it was measured; only the whole of the logs tells how many lines lack in a session,
 * and where its edges lie on the meter's clock.
 */
import type { Table as ArrowTable } from 'apache-arrow';
import type { Finding } from '../../../pipeline/findings.js';
import { toRows } from '../../../pipeline/rows.js';
import type { Job } from './jobs.js';
import { isGood, type Journal, told } from './journal.js';

/** The checks of lines or readings that lack, are too few, or tell nothing (CHECKS 4.3): an instrument's fault. */
const ofInstruments: ReadonlySet<string> = new Set(['4', '5', '7']);

/** A round with what is wrong with it. */
export interface LeftOut {
  readonly measurement_id: string;
  readonly round: number;
  readonly findings: readonly Finding[];
}

/**
 * What align leaves out, by what it would write. None where it refuses the session as a whole: that is no round's fault.
 * Whatever else is wrong with a round is no reason to measure another in its place (check 28).
 */
export function leftOut(aligned: ReadonlyMap<string, ArrowTable>, session: string): LeftOut[] {
  const findings = toRows(aligned.get('findings')!) as unknown as Finding[];
  if (findings.some(({ severity, subject }) => severity === 'refuse' && subject === session)) return [];
  const rounds = toRows(aligned.get('measurements')!) as unknown as (Omit<LeftOut, 'findings'> & {
    readonly excluded_by: string | null;
  })[];
  return (
    rounds
      .filter(({ excluded_by }) => excluded_by?.split(', ').every((check) => ofInstruments.has(check)))
      .map(({ measurement_id, round }) => {
        const subject = `${measurement_id} round ${round}`;
        return { measurement_id, round, findings: findings.filter((one) => one.subject === subject) };
      })
      // Of a round that was left out when it was measured align has nothing to say.
      .filter(({ findings }) => findings.length > 0)
  );
}

/** So often a session is taken up again for that in one start of the program. */
export const mostTimes = 2;

/** More measurements than this, or than this share of them, are no chance: another round would be no better. */
const mostByChance = 3;
const shareByChance = 0.1;

/**
 * Takes these rounds out of the measurements that have too few without them, which are open again then. False where
 * nothing is to be measured again.
 */
export function measureAgain(left: readonly LeftOut[], jobs: readonly Job[], least: number, journal: Journal): boolean {
  const { rounds } = told(journal.entries);
  const leftOf = (id: string): readonly LeftOut[] => left.filter(({ measurement_id }) => measurement_id === id);
  const ids = [...new Set(left.map(({ measurement_id }) => measurement_id))];
  const short = ids.filter((id) => rounds(id).filter(isGood).length - leftOf(id).length < least);
  if (short.length > Math.max(mostByChance, shareByChance * jobs.length)) return false;
  for (const { measurement_id, round, findings } of short.flatMap(leftOf)) {
    for (const one of findings) journal.add({ kind: 'finding', ...one, severity: 'exclude' });
    const excluded_by = [...new Set(findings.map(({ check_id }) => check_id))];
    journal.add({ kind: 'left_out', measurement_id, round, excluded_by });
  }
  return short.length > 0;
}
