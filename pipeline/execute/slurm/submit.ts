/** Hands tasks to Slurm: those of one stage that go to the same nodes are one job array, within the array's limit. */
import type { Hand } from './hand.js';
import { type Batch, batchFolder, giveUp, logOf, scriptOf, writeBatch, writeJob } from './batch.js';
import type { Benches } from './benches.js';
import { type Cluster, NoRoom } from './cluster.js';
import { jobScript, siteOptions, taskProgram } from './script.js';
import type { SlurmSettings } from './settings.js';

export interface SubmitContext {
  readonly run: string;
  readonly registry: string;
  readonly settings: SlurmSettings;
  readonly cluster: Cluster;
  readonly benches: Benches;
  readonly arrayLimit: number;
}

let count = 0;

/** Unlike any other of any run; names sort in the order of submission. */
const batchName = (run: string, stage: string): string =>
  `${Date.now().toString(36)}${String(count++).padStart(4, '0')}.${process.pid}.${run}.${stage}`;

interface Group {
  readonly stage: string;
  readonly options: readonly string[];
  readonly hands: Hand[];
}

function groups(hands: readonly Hand[], { benches }: SubmitContext): Group[] {
  const found = new Map<string, Group>();
  for (const hand of hands) {
    const { id, stage, requires } = hand.spec;
    const options = benches.optionsOf(id, requires);
    const key = JSON.stringify([stage, options]);
    if (!found.has(key)) found.set(key, { stage, options, hands: [] });
    found.get(key)!.hands.push(hand);
  }
  return [...found.values()];
}

/** Submits some tasks as one array. Throws `NoRoom` where Slurm does not take so many now. */
async function submitArray(context: SubmitContext, { stage, options }: Group, hands: readonly Hand[]): Promise<void> {
  const { run, registry, settings, cluster } = context;
  const tasks = hands.map(({ spec, attempts }) => {
    return { id: spec.id, fingerprint: spec.fingerprint, attempt: attempts + 1 };
  });
  const batch: Batch = { name: batchName(run, stage), stage, tasks };
  const folder = batchFolder(run, batch);
  const about = `${tasks.length} of stage ${stage} of run ${run}`;
  const script = jobScript(about, settings, [taskProgram, folder, registry]);
  writeBatch(run, batch, hands.map(({ spec }) => spec), script); // prettier-ignore
  const all = [...siteOptions(settings, stage), ...options, `--array=0-${tasks.length - 1}`, `--output=${logOf(folder, '%a')}`]; // prettier-ignore
  try {
    writeJob(folder, await cluster.submit(batch.name, all, scriptOf(folder)));
  } catch (error) {
    // Whatever of it Slurm may have taken after all must publish nothing.
    tasks.forEach((_, index) => giveUp(folder, index));
    throw error;
  }
  hands.forEach((hand, index) => {
    hand.place = { batch, folder, index };
    hand.attempts++;
  });
}

/** Submits what it can of these tasks; where Slurm has no room for all, those that it has not taken stay without a place. */
export async function submitAll(
  hands: readonly Hand[],
  context: SubmitContext,
): Promise<{ readonly full: string | null }> {
  for (const group of groups(hands, context)) {
    const rest = [...group.hands];
    let size = Math.min(context.arrayLimit, rest.length);
    while (rest.length > 0) {
      try {
        await submitArray(context, group, rest.slice(0, size));
        rest.splice(0, size);
      } catch (error) {
        if (!(error instanceof NoRoom)) throw error;
        if (size === 1) return { full: error.message };
        size = Math.ceil(size / 2);
      }
    }
  }
  return { full: null };
}
