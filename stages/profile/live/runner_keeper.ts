/** Keeps a node runner alive with the right model in it: one process for a session, and a new one where it died. */
import type { Instruments, Runner } from '../../energy/benches/live/instruments.js';
import { NodeFailure } from '../../energy/benches/live/node_runner.js';
import type { LoadedModel } from '../../energy/benches/live/runner_protocol.js';
import type { Job } from './jobs.js';

export class RunnerKeeper {
  private runner: Runner | null = null;
  private loaded: { readonly workload: string; readonly model: LoadedModel } | null = null;

  /** `model` is what the runner is told to load: a configuration, a config.json or file.py:function. */
  constructor(
    private readonly instruments: Instruments,
    private readonly model: string,
  ) {}

  async running(): Promise<Runner> {
    this.runner ??= await this.instruments.startRunner();
    return this.runner;
  }

  /** The runner with the job's node prepared. Throws a NodeFailure where the model has no such node, or it cannot run. */
  async prepared(job: Job): Promise<Runner> {
    const runner = await this.running();
    const { batch_size, length, scope, type, place } = job;
    const workload = `${batch_size}/${length}`;
    if (this.loaded?.workload !== workload) {
      this.loaded = null;
      this.loaded = { workload, model: await runner.load(this.model, { batch_size, length }) };
    }
    const node = this.loaded.model.nodes.filter((node) => node.scope === scope && node.type === type)[place];
    if (!node) throw new NodeFailure('usage', `PyTorch's model has no ${type} at "${scope}"`);
    await runner.prepare(node.node_id, { scope, type });
    return runner;
  }

  /** After a death: the next call starts another. */
  lost(): void {
    this.runner?.kill();
    this.runner = null;
    this.loaded = null;
  }

  async close(): Promise<void> {
    await this.runner?.close();
    this.runner = null;
  }
}
