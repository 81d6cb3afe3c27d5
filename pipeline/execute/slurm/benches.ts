/**
 * Which bench measures what. The tasks that need an instrument are divided between the benches that the configuration
 * names, each to the one that has fewest, in their order; and what began on a node stays there: a session is of one
 * machine. The division is kept in `data/slurm/<run>/benches.json`, and `clean` leaves it, as it leaves the sessions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnavailableError } from '../../errors.js';
import { writeAtomically } from '../../store/atomic.js';
import { slurmFolder } from './batch.js';

interface Place {
  /** A feature of its node; null where any node with the instrument will do. */
  readonly bench: string | null;
  /** The node where it began. */
  readonly node: string | null;
}

export class Benches {
  private readonly places: Map<string, Place>;
  private readonly file: string;

  constructor(
    run: string,
    private readonly names: readonly string[],
  ) {
    this.file = join(slurmFolder(run), 'benches.json');
    this.places = new Map(Object.entries(read(this.file)));
  }

  /** The options that send a task to its bench, none where it needs none. */
  optionsOf(task: string, requires: readonly string[]): readonly string[] {
    if (requires.length === 0) return [];
    const { bench, node } = this.placeOf(task);
    return [
      '--exclusive',
      `--gres=${requires.map((name) => `${name}:1`).join(',')}`,
      ...(bench === null ? [] : [`--constraint=${bench}`]),
      ...(node === null ? [] : [`--nodelist=${node}`]),
    ];
  }

  /** A task that needs an instrument has begun there. */
  begun(task: string, node: string): void {
    const place = this.places.get(task);
    if (place && place.node === null) this.set(task, { ...place, node });
  }

  private placeOf(task: string): Place {
    const known = this.places.get(task);
    if (known && (known.node !== null || known.bench === null || this.names.includes(known.bench))) return known;
    const place = { bench: this.names.length === 0 ? null : this.freest(), node: null };
    this.set(task, place);
    return place;
  }

  private freest(): string {
    const counts = new Map(this.names.map((name) => [name, 0]));
    for (const { bench } of this.places.values()) {
      if (bench !== null && counts.has(bench)) counts.set(bench, counts.get(bench)! + 1);
    }
    return [...counts].reduce((least, one) => (one[1] < least[1] ? one : least))[0];
  }

  private set(task: string, place: Place): void {
    this.places.set(task, place);
    writeAtomically(this.file, `${JSON.stringify(Object.fromEntries(this.places), null, 1)}\n`);
  }
}

function read(file: string): Record<string, Place> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Place>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UnavailableError(
      `${file}: it does not say which bench measures what: ${(error as Error).message}`,
      'restore it; or remove it where nothing has been measured yet',
    );
  }
}
