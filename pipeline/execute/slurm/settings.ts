/**
 * What a site asks of its jobs: the section `slurm` of a configuration. It says where tasks run and never what they
 * compute, so nothing of it is in a fingerprint.
 */
import { z } from 'zod';

/** One value of a job's options: text without line ends, or a number. */
const word = z.union([z.string(), z.number()]).transform(String).pipe(z.string().regex(/^[^\n\0]+$/, 'expected one line of text')); // prettier-ignore

/** Slurm's own forms: minutes, `2:00:00`, `3-12:00:00`. */
const time = word.refine(
  (text) => /^(?:\d+-)?\d+(?::\d+){0,2}$/.test(text),
  'expected a time as sbatch takes it: minutes, "2:00:00" or "3-12:00:00"',
);
const memory = word.refine((text) => /^\d+[KMGT]?$/.test(text), 'expected memory as sbatch takes it, like 8G');

const job = {
  partition: word.optional(),
  account: word.optional(),
  time: time.optional(),
  memory: memory.optional(),
  cpus: z.number().int().min(1).optional(),
  /** Whatever else the site wants of sbatch: `--qos=low`. */
  options: z.array(word.refine((text) => text.startsWith('-'), 'expected an option of sbatch, like --qos=low')).optional(), // prettier-ignore
};

const seconds = z.number().positive('expected more than 0 s');

/** The section's schema; `stages` are those that may have settings of their own. */
export const slurmSettings = (stages: readonly string[]) =>
  z.strictObject({
    ...job,
    /** Lines of shell before each task: `module load nodejs`. */
    setup: z.array(word).default([]),
    /** The Node.js of the jobs; the one that submits, unless stated. */
    node: word.optional(),
    /** What the jobs of one stage want instead. */
    stages: z.strictObject(Object.fromEntries(stages.map((name) => [name, z.strictObject(job).optional()]))).default({}), // prettier-ignore
    /** Features of the nodes that own a meter: the tasks that need one are divided between them. None: any node with one. */
    benches: z.array(word).refine((names) => new Set(names).size === names.length, 'each bench may stand there once').default([]), // prettier-ignore
    /** How often a task is submitted whose job was lost. */
    tries: z.number().int().min(1).default(3),
    /** Tasks at Slurm at a time, queued and running. */
    at_once: z.number().int().min(1).default(5000),
    /** How often Slurm is asked. */
    poll_s: seconds.default(5),
    /** How long a finished job's files may take to be seen here: network folders keep what they know for a while. */
    visible_s: seconds.default(60),
    /** How long Slurm's controller may be silent before the run gives up. */
    patience_s: seconds.default(900),
  });

export type SlurmSettings = z.output<ReturnType<typeof slurmSettings>>;
export type JobSettings = Pick<SlurmSettings, keyof typeof job>;

/** What the jobs of a stage ask for. */
export function jobSettings(settings: SlurmSettings, stage: string): JobSettings {
  const { partition, account, time, memory, cpus, options } = settings;
  return { partition, account, time, memory, cpus, options, ...settings.stages[stage] };
}
