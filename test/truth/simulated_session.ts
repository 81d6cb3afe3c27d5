/** A session on a simulated PC, from its states to the joules of align: what is known on one side, what is found on the other. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toRows } from '../../pipeline/rows.js';
import { alignParams } from '../../stages/align/stage.js';
import { run as align } from '../../stages/align/run.js';
import { liveSettings } from '../../stages/energy/benches/live/settings.js';
import { buildTree } from '../../stages/energy/tree/build.js';
import { Library } from '../../stages/energy/tree/library.js';
import { findings } from '../../pipeline/findings.js';
import { fromRows } from '../../pipeline/rows.js';
import { datasetsOf } from '../../stages/profile/live/datasets.js';
import { type Job, jobsOf } from '../../stages/profile/live/jobs.js';
import { Journal, meterLog, readJournal, resourceLog, told } from '../../stages/profile/live/journal.js';
import { liveProtocol } from '../../stages/profile/live/protocol.js';
import { isFinished, measureSession, type SessionSettings } from '../../stages/profile/live/session.js';
import { fakeContext } from '../stages/context.js';
import { type Imperfections, type PcOptions, SimulatedPc } from './simulated_pc.js';
import { tinyBert, tinyWorkload, truthOf } from './truth.js';

/** The nodes as a runner tells them. */
export const nodesOf = (model: string) =>
  buildTree(new Library().model(model), { batchSize: tinyWorkload.batch_size, length: tinyWorkload.length }).map(
    ({ id, parent, scope, type, level, signature, flops, memBytes }) => {
      return { node_id: id, parent_id: parent, scope, type, level, flops, mem_bytes: memBytes, signature };
    },
  );

/** A job for each signature. */
export const jobsIn = (nodes: ReturnType<typeof nodesOf>, idOf = (signature: string) => signature): Job[] =>
  jobsOf(
    nodes.map(({ scope, type, signature }) => ({
      scope,
      type,
      measurement_id: idOf(signature),
      measured: true,
      ...tinyWorkload,
    })),
  );

export const settings: SessionSettings = {
  session: 'tiny',
  model: 'tiny',
  rounds: { round: 20, rounds: 5 },
  protocol: liveProtocol.parse({}),
  standby_w: null,
  cpuLimit_pct: 0.1,
  clocks: 'locked at 1500 MHz',
  boot_id: 'simulated',
  utc_us: () => 1.6e15,
};

type Lacks = NonNullable<PcOptions['lacks']>;

const benchOf = (lacks?: Lacks) =>
  liveSettings.parse({
    machine: { name: 'simulated PC', threads: 20 },
    meter: lacks === 'meter' ? null : { type: 'emonlib', port: '/dev/simulated' },
    gpu: lacks === 'gpu' ? null : 'GPU-0',
  });

export class SimulatedSession {
  readonly folder = mkdtempSync(join(tmpdir(), 'irene-truth-'));
  readonly nodes = nodesOf(tinyBert);
  readonly jobs: Job[] = jobsIn(this.nodes);
  private legs = 0;

  /** What the bench lacks, a meter or a GPU; nothing unless it says so. */
  constructor(readonly lacks?: Lacks) {}

  /** The session goes on, on a PC that was switched on for it; `prepare` says what happens to it. */
  async measure(
    imperfections: Imperfections,
    seed = 1,
    prepare: (pc: SimulatedPc) => void = () => {},
  ): Promise<SimulatedPc> {
    const leg = ++this.legs;
    const logs = { meter: meterLog(this.folder, leg), resources: resourceLog(this.folder, leg) };
    // Each start is after a reboot, by which the monotonic clock begins anew.
    const started_us = 60e6;
    const pc = new SimulatedPc({
      nodes: this.nodes,
      truth: truthOf,
      imperfections,
      seed: seed + leg,
      logs,
      started_us,
      lacks: this.lacks,
    });
    prepare(pc);
    const journal = Journal.open(this.folder, 'tiny', {});
    try {
      await measureSession(this.jobs, { ...settings, boot_id: `boot ${leg}`, utc_us: () => pc.now_us() + leg * 1e9 }, pc, journal); // prettier-ignore
    } finally {
      journal.close();
    }
    return pc;
  }

  get rounds() {
    return told(readJournal(this.folder)).of('round');
  }

  get isFinished(): boolean {
    const journal = Journal.open(this.folder, 'tiny', {});
    journal.close();
    return isFinished(this.jobs, journal);
  }

  /** What profile would write of journal and logs. */
  async datasets() {
    const wanted = new Set(this.jobs.map(({ measurement_id }) => measurement_id));
    return datasetsOf(this.folder, readJournal(this.folder), wanted, {
      session: 'tiny',
      label: 'simulated',
      settings: benchOf(this.lacks),
      resourcePeriod_us: 170_000,
    });
  }

  /** The same, and what align makes of it. */
  async aligned() {
    const made = await this.datasets();
    const { rounds, power, resources, session } = made;
    const context = await fakeContext({ params: alignParams.parse({}), tables: { rounds, power, resources, session } });
    await align(context);
    const rows = (name: string) => toRows(context.written.get(name)!);
    const result = {
      measurements: rows('measurements'),
      clock: rows('clock')[0],
      findings: [
        ...rows('findings'),
        ...toRows(
          fromRows(
            findings,
            made.findings.map((one) => ({ ...one })),
          ),
        ),
      ],
      failures: toRows(made.failures),
      rounds: this.rounds,
    };
    context.close();
    return result;
  }

  /** Wall joules of one run of the measurement, as they are. */
  truth_j(measurement_id: string): number {
    const { latency_s, wall_w } = truthOf(this.jobs.find((job) => job.measurement_id === measurement_id)!);
    return wall_w * latency_s;
  }
}

/** Greatest relative error of the rounds that no check leaves out, and that of the measurements' means. */
export function errorsOf(session: SimulatedSession, measurements: readonly Record<string, unknown>[]) {
  const errors = new Map<string, number[]>();
  for (const { measurement_id, excluded, wall_j } of measurements) {
    if (excluded || wall_j === null) continue;
    const truth_j = session.truth_j(String(measurement_id));
    const own = errors.get(String(measurement_id)) ?? [];
    errors.set(String(measurement_id), [...own, Number(wall_j) / truth_j - 1]);
  }
  const means = [...errors.values()].map((own) => own.reduce((sum, error) => sum + error, 0) / own.length);
  return {
    measured: errors.size,
    round: Math.max(...[...errors.values()].flat().map(Math.abs)),
    mean: Math.max(...means.map(Math.abs)),
  };
}
