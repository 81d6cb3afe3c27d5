/**
 * Refuses to write what jobs of a cluster may be writing too. Asks Slurm only where something was given to it; where no
 * job is left, what is known of them goes: whoever writes now computes for itself. Under the run's lock.
 */
import { UnavailableError } from '../../errors.js';
import { runFolder } from '../../paths.js';
import { removeBatches } from './batch.js';
import { askedOnce } from './cluster.js';
import { aliveAtSlurm } from './standing.js';

export async function refuseBesideSlurm(run: string): Promise<void> {
  const alive = await aliveAtSlurm(run, askedOnce());
  if (alive === null) return removeBatches(run);
  throw new UnavailableError(
    `${runFolder(run)} is in use: ${alive}`,
    'go on with `pipeline run CONFIG --executor slurm`, which takes them up; or end them with scancel, where Slurm is',
  );
}
