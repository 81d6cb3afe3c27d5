/** Looks at what became of the tasks in hand: first at their files, which are the truth, then at Slurm's queue. */
import { hashFile } from '../../store/hash.js';
import { fileState } from '../../store/manifest.js';
import { revived } from '../plain_error.js';
import type { TaskResult } from '../task.js';
import { logOf, openEntries, readFile, type BatchEntry } from './batch.js';
import { keyOf } from './cluster.js';
import { elementOf, type Hand, leavePlace } from './hand.js';
import type { SubmitContext } from './submit.js';

export type Seen = { readonly hand: Hand } & (
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly now?: string }
  | { readonly kind: 'done'; readonly result: TaskResult }
  | { readonly kind: 'failed'; readonly error: Error }
  /** Given up before it began. */
  | { readonly kind: 'untouched' }
  /** Its job is gone, and nothing came of it; `how` in Slurm's word. */
  | { readonly kind: 'lost'; readonly how: string; readonly log: string }
);

interface Watching extends SubmitContext {
  /** What has not begun is not wanted any more. */
  readonly draining: boolean;
}

type Placed = Hand & { place: NonNullable<Hand['place']> };

const isPlaced = (hand: Hand): hand is Placed => hand.place !== null;

/** What the files of one batch say now. */
function filesOf(run: string, hands: readonly Placed[]): Map<Hand, BatchEntry | undefined> {
  const tasks = new Map(openEntries(run, hands[0].place.batch).map((open) => [open.index, open]));
  return new Map(hands.map((hand) => [hand, tasks.get(hand.place.index)]));
}

/** True where all that a task wrote is seen here too; with the content that it wrote, where that may have changed since. */
function outputsSeen({ outputs }: TaskResult, content: boolean): boolean {
  return outputs.every(({ path, bytes, sha256 }) => {
    return fileState(path)?.bytes === bytes && (!content || hashFile(path) === sha256);
  });
}

/** What a result file tells; null where it or what it names is not seen whole yet. */
function endOf(hand: Placed): Seen | null {
  const ended = readFile(hand.place.folder, hand.place.index, 'result');
  if (!ended) return null;
  if (ended.kind === 'failed') {
    // What failed for an earlier process is tried anew, and not for the first time.
    return hand.adopted ? null : { hand, kind: 'failed', error: revived(ended.error) };
  }
  return outputsSeen(ended.result, hand.adopted) ? { hand, kind: 'done', result: ended.result } : null;
}

function byBatch(hands: readonly Placed[]): Placed[][] {
  const batches = new Map<string, Placed[]>();
  for (const hand of hands) batches.set(hand.place.folder, [...(batches.get(hand.place.folder) ?? []), hand]);
  return [...batches.values()];
}

/** Everything new about the tasks in hand. */
export async function look(hands: readonly Hand[], context: Watching): Promise<Seen[]> {
  const seen: Seen[] = [];
  const open: { hand: Placed; started: boolean }[] = [];
  for (const batch of byBatch(hands.filter(isPlaced))) {
    for (const [hand, files] of filesOf(context.run, batch)) {
      const end = files?.ended ? endOf(hand as Placed) : null;
      if (end) seen.push(end);
      else {
        if (files?.started) seen.push(...begun(hand as Placed, context));
        open.push({ hand: hand as Placed, started: files?.started ?? false });
      }
    }
  }
  if (open.length === 0) return seen;
  const names = new Set(open.map(({ hand }) => hand.place.batch.name));
  const queue = await context.cluster.queue([...names]);
  // No answer says nothing about a task.
  if (queue === null) return seen;
  const queued = new Set(queue.map(keyOf));
  for (const { hand, started } of open) {
    const { batch, index } = hand.place;
    if (queued.has(keyOf({ name: batch.name, index }))) hand.missing_ms = null;
    else seen.push(...(await missing(hand, started, context)));
  }
  return seen;
}

/** A task that runs: where, for one that must stay there; and how far it is. */
function begun(hand: Placed, { benches }: Watching): Seen[] {
  const { folder, index } = hand.place;
  const started = hand.spec.requires.length > 0 ? readFile(folder, index, 'started') : null;
  if (started) benches.begun(hand.spec.id, started.node);
  const progress = readFile(folder, index, 'progress');
  return progress ? [{ hand, kind: 'progress', ...progress }] : [];
}

/** Slurm does not have it any more: its result may still be on its way, for a while. */
async function missing(hand: Placed, started: boolean, context: Watching): Promise<Seen[]> {
  const { cluster, settings, draining } = context;
  const { folder, index } = hand.place;
  // It may have ended since its files were listed.
  const end = endOf(hand);
  if (end) return [end];
  if (draining && !started) {
    leavePlace(hand);
    return [{ hand, kind: 'untouched' }];
  }
  const visible_ms = settings.visible_s * 1000;
  const ended = hand.adopted ? readFile(folder, index, 'result') : null;
  if (ended && (ended.kind === 'failed' || Date.now() - ended.utc_ms >= visible_ms)) {
    // An earlier process's result whose files have changed since, or that was a failure: it is computed anew.
    leavePlace(hand);
    hand.attempts = 0;
    return [];
  }
  hand.missing_ms ??= Date.now();
  if (Date.now() - hand.missing_ms < visible_ms) return [];
  const element = elementOf(hand.place);
  const how = (element && (await cluster.ending(element))) ?? 'it is not known how';
  const at = readFile(folder, index, 'started')?.node;
  return [{ hand, kind: 'lost', how: at ? `${how} on ${at}` : how, log: logOf(folder, index) }];
}
