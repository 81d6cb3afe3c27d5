/**
 * A session's journal: what was measured, in order, one JSON object a line, appended to and on the disk at the end of
 * each round. Whatever ends a session (Ctrl-C, kill -9, a power cut), the journal says where to go on; the datasets are
 * made from it and from the logs beside it, the same every time.
 *
 *     data/sessions/<run>/<session>/journal.jsonl
 *                                   meter-1.log  resources-1.log      of leg 1: from a start to its end, in one boot
 *                                   meter-2.log  resources-2.log
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { IntegrityError, UsageError } from '../../../pipeline/errors.js';
import { withFile } from '../../../pipeline/system_problem.js';

const stamp = z.number().int();
const findingEntry = z.object({
  kind: z.literal('finding'),
  check_id: z.string(),
  severity: z.enum(['info', 'warn', 'exclude', 'refuse']),
  subject: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  source: z.string(),
  message: z.string(),
});

const entry = z.discriminatedUnion('kind', [
  /** The first line: a journal is of one protocol and one bench. */
  z.object({
    kind: z.literal('session'),
    version: z.union([z.literal(1), z.literal(2)]),
    session: z.string(),
    settings: z.unknown(),
  }),
  /** Instruments and runner are there; the clocks at one moment, to put legs of several boots in one order. */
  z.object({
    kind: z.literal('leg'),
    leg: z.number().int(),
    mono_us: stamp,
    utc_us: stamp,
    boot_id: z.string(),
    runner: z.string(),
    clocks: z.string(),
  }),
  z.object({ kind: z.literal('sync'), steps: z.array(z.object({ start_us: stamp, end_us: stamp })) }),
  z.object({
    kind: z.literal('standby'),
    mono_us: stamp,
    /** Null where there is no meter. */
    standby_w: z.number().nullable(),
    /** Null where there is no GPU, or its driver tells no power; absent in journals that were begun before it was kept. */
    gpu_standby_w: z.number().nullable().default(null),
    temperature_c: z.number().nullable(),
  }),
  z.object({ kind: z.literal('begin'), measurement_id: z.string(), repeats: z.number().int(), latency_s: z.number() }),
  z.object({
    kind: z.literal('round'),
    measurement_id: z.string(),
    round: z.number().int(),
    repeats: z.number().int(),
    start_us: stamp,
    end_us: stamp,
    /** One run's wall energy as the meter's stamps have it; null where lines lack. */
    wall_j: z.number().nullable(),
    /** One run's GPU energy, where there is no meter. */
    gpu_j: z.number().nullable().default(null),
    excluded_by: z.array(z.string()),
  }),
  /** Of a round that was good: what the checks of the whole session's logs found of it later. */
  z.object({
    kind: z.literal('left_out'),
    measurement_id: z.string(),
    round: z.number().int(),
    excluded_by: z.array(z.string()).min(1),
  }),
  findingEntry,
  /** `poor`: too few good rounds; a session that is taken up again measures more of them. `failed`: it cannot be had here. */
  z.object({ kind: z.literal('done'), measurement_id: z.string(), outcome: z.enum(['measured', 'poor', 'failed']) }),
  z.object({ kind: z.literal('end'), leg: z.number().int(), mono_us: stamp }),
]);

export type Entry = z.infer<typeof entry>;
export type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>;
export type JournalFinding = Omit<EntryOf<'finding'>, 'kind'>;

/** Where a session's journal and logs lie. */
export const sessionFolder = (run: string, session: string): string =>
  join('data', 'sessions', run, session.replaceAll('/', '--'));

const fileIn = (folder: string): string => join(folder, 'journal.jsonl');
export const meterLog = (folder: string, leg: number): string => join(folder, `meter-${leg}.log`);
export const resourceLog = (folder: string, leg: number): string => join(folder, `resources-${leg}.log`);

/** A line of version 2 ends with the beginning of its own SHA-256: this many hexadecimal digits, a tab before them. */
const sumDigits = 16;

const sumOf = (json: string): string => createHash('sha256').update(json).digest('hex').slice(0, sumDigits);

/** The entry of a line, or null where it is none. A journal of version 1 has no sums. */
function entryOf(line: string, summed: boolean): Entry | null {
  const at = line.length - sumDigits - 1;
  if (summed && (line[at] !== '\t' || line.slice(at + 1) !== sumOf(line.slice(0, at)))) return null;
  try {
    return entry.parse(JSON.parse(summed ? line.slice(0, at) : line));
  } catch {
    return null;
  }
}

const isOfVersion1 = (line: string): boolean => {
  const head = entryOf(line, false);
  return head?.kind === 'session' && head.version === 1;
};

function parsed(text: string, file: string): Entry[] {
  const lines = text.split('\n');
  const summed = !isOfVersion1(lines[0]);
  // What stands behind the last end of a line was being written when its writer died, unless it begins with a whole line:
  // that was written, and its end is lost.
  const last = lines.pop()!;
  const whole = last.slice(0, last.indexOf('\t') + 1 + sumDigits);
  if (summed && last !== whole && entryOf(whole, true)) lines.push(last);
  return lines.map((line, i) => {
    const found = entryOf(line, summed);
    if (found) return found;
    throw new IntegrityError(
      `${file}:${i + 1}`,
      'session',
      "this is no line of a session's journal",
      'restore the file, or take that line out and what it tells is measured again',
    );
  });
}

/** The entries of a session so far; none where nothing was measured. Throws an IntegrityError where one is damaged. */
export function readJournal(folder: string): Entry[] {
  const file = fileIn(folder);
  return existsSync(file) ? parsed(readFileSync(file, 'utf8'), file) : [];
}

export class Journal {
  private constructor(
    private readonly fd: number,
    readonly folder: string,
    readonly entries: Entry[],
    private readonly summed: boolean,
  ) {}

  /** Goes on with a session's journal, or begins it. Throws a UsageError where it is of other settings. */
  static open(folder: string, session: string, settings: unknown): Journal {
    mkdirSync(folder, { recursive: true });
    const file = fileIn(folder);
    const found = readJournal(folder);
    // Where nothing was measured yet, the settings may still change.
    const entries = found.length > 1 ? found : [];
    const [head] = entries;
    const plain = JSON.stringify(settings);
    if (head?.kind === 'session' && JSON.stringify(head.settings) !== plain) {
      throw new UsageError(
        `${folder} was begun with other settings: ${JSON.stringify(head.settings)}, now they are ${plain}`,
        'a session is of one bench and one protocol: give the configuration another "run:" name, or move the folder away',
      );
    }
    const fd = openSync(file, 'a+');
    const text = readFileSync(file, 'utf8');
    ftruncateSync(fd, head ? Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)) : 0);
    const journal = new Journal(fd, folder, entries, head?.kind !== 'session' || head.version > 1);
    if (!head) journal.add({ kind: 'session', version: 2, session, settings: JSON.parse(plain) as unknown });
    return journal;
  }

  /** On the disk when it returns; where that fails nothing of it is left, for half a line would spoil the next. */
  add(entry: Entry): void {
    const { size } = fstatSync(this.fd);
    const json = JSON.stringify(entry);
    const bytes = Buffer.from(this.summed ? `${json}\t${sumOf(json)}\n` : `${json}\n`);
    try {
      withFile(fileIn(this.folder), () => {
        for (let written = 0; written < bytes.length;) written += writeSync(this.fd, bytes, written);
        fsyncSync(this.fd);
      });
    } catch (error) {
      ftruncateSync(this.fd, size);
      throw error;
    }
    this.entries.push(entry);
  }

  close(): void {
    closeSync(this.fd);
  }
}

const ofKind = <Kind extends Entry['kind']>(entries: readonly Entry[], kind: Kind): EntryOf<Kind>[] =>
  entries.filter((one): one is EntryOf<Kind> => one.kind === kind);

type Outcome = EntryOf<'done'>['outcome'];

/** By measurement, how it ended last; one of which a round was left out later has too few. */
const outcomesOf = (entries: readonly Entry[]): ReadonlyMap<string, Outcome> =>
  new Map(
    entries.flatMap((entry) => {
      if (entry.kind === 'done') return [[entry.measurement_id, entry.outcome]];
      return entry.kind === 'left_out' ? [[entry.measurement_id, 'poor']] : [];
    }),
  );

/** The same entries, each round with what was found of it later. */
export function judgedLater(entries: readonly Entry[]): readonly Entry[] {
  const name = ({ measurement_id, round }: EntryOf<'left_out' | 'round'>): string => `${round} ${measurement_id}`;
  const later = new Map(ofKind(entries, 'left_out').map((one) => [name(one), one.excluded_by]));
  if (later.size === 0) return entries;
  return entries.map((entry) => {
    const found = entry.kind === 'round' ? later.get(name(entry)) : undefined;
    return found && entry.kind === 'round' ? { ...entry, excluded_by: [...entry.excluded_by, ...found] } : entry;
  });
}

/** A round that nothing speaks against. */
export const isGood = ({ excluded_by }: EntryOf<'round'>): boolean => excluded_by.length === 0;

/** What is asked of a measurement that is to be made: for the first time or since it has too few good rounds, or again. */
export type Pending = 'open' | 'retry';

/** Of each measurement whether it is still to be made, null where it is not; `retries`: what could not be run is, too. */
export function pendingBy(entries: readonly Entry[], retries: boolean): (id: string) => Pending | null {
  const { outcomes, couldNotRun } = told(entries);
  return (id) => {
    if ((outcomes.get(id) ?? 'poor') === 'poor') return 'open';
    return retries && couldNotRun.has(id) ? 'retry' : null;
  };
}

/** The check that tells of a node that could not be run. */
export const ranCheck = 'node_ran';

/** A measurement that ran and failed has its rounds, and choosing among further ones is no measuring (check 28). */
function unrunnable(entries: readonly Entry[]): ReadonlySet<string> {
  const found = new Map(ofKind(entries, 'finding').filter(({ severity }) => severity === 'warn').map((one) => [one.subject, one.check_id])); // prettier-ignore
  return new Set(
    [...outcomesOf(entries)].flatMap(([id, outcome]) =>
      outcome === 'failed' && found.get(id) === ranCheck ? [id] : [],
    ),
  );
}

/** What a journal says of the session so far. */
export const told = (entries: readonly Entry[]) => ({
  of: <Kind extends Entry['kind']>(kind: Kind) => ofKind(entries, kind),
  outcomes: outcomesOf(entries),
  rounds: (id: string) => ofKind(judgedLater(entries), 'round').filter(({ measurement_id }) => measurement_id === id),
  /** Measurements that failed because their node could not be run, not because their rounds differ: those may be retried. */
  couldNotRun: unrunnable(entries),
  /** Rounds of a measurement since it was last taken up again after it had ended. */
  fresh: (id: string) =>
    ofKind(
      entries.slice(1 + entries.findLastIndex((one) => one.kind === 'done' && one.measurement_id === id)),
      'round',
    ).filter(({ measurement_id }) => measurement_id === id),
  /** Of the last start of a measurement: so many runs fill its rounds. */
  begun: (id: string) => ofKind(entries, 'begin').findLast(({ measurement_id }) => measurement_id === id),
  legs: ofKind(entries, 'leg').length,
  /** The last leg ended with its burst: the clock of all that was measured is known at both ends. */
  closed: entries.findLast(({ kind }) => kind === 'leg' || kind === 'end')?.kind === 'end',
});
