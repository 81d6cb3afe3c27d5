/**
 * A finding is one result of a check. A check never stops at its first finding, and nothing that it refuses is dropped
 * in silence: every stage may write this table, and `pipeline check` and the report show all of it.
 */
import { double, nullable, string, table } from './table.js';

export type Severity = 'info' | 'warn' | 'exclude' | 'refuse';

export interface Finding {
  /** The check's number or name, as in the stage's checks.ts (`4`, `not_published`). */
  readonly check_id: string;
  /** `info` and `warn` are told; `exclude` leaves one round out of the means; `refuse` ends the run with exit 3. */
  readonly severity: Severity;
  /** What it is about: a session, a measurement with its round, a cell. */
  readonly subject: string;
  readonly value: number | null;
  readonly limit: number | null;
  /** Where the limit comes from. */
  readonly source: string;
  readonly message: string;
}

export const findings = table(
  'findings',
  'one result of one check',
  {
    check_id: string('number or name of the check'),
    severity: string('info, warn, exclude (a round) or refuse'),
    subject: string('what the finding is about'),
    value: nullable(double('the value found, in the unit the message names')),
    limit: nullable(double('the limit it was held against, in the same unit')),
    source: string('where the limit comes from'),
    message: string('the finding in one sentence'),
  },
  ['check_id', 'subject', 'message'],
);
