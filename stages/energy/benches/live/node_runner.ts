/**
 * The node runner of native/torch as its caller sees it: one process for one model, one request at a time
 * (native/torch/README.md has the protocol). What a node does wrong is a NodeFailure and the runner goes on; a runner
 * that is gone is a RunnerDied, and a new one must be started.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { UnavailableError } from '../../../../pipeline/errors.js';
import { torchEnvironment, torchHint, torchPython } from '../../torch_python.js';
import {
  calibrationSchema,
  burstSchema,
  helloSchema,
  loadedSchema,
  preparedSchema,
  replySchema,
  roundSchema,
  warmUpSchema,
  type BurstStep,
  type Calibration,
  type Hello,
  type LoadedModel,
  type PreparedNode,
  type Round,
  type Stamps,
} from './runner_protocol.js';

/** A node, or a request, that could not be run; the process goes on, but after `device_lost`. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
  constructor(
    readonly kind: 'usage' | 'out_of_memory' | 'failed' | 'device_lost' | 'unavailable',
    message: string,
  ) {
    super(message);
  }
}

/** The process ended, or was ended for it did not answer. */
export class RunnerDied extends Error {
  override readonly name = 'RunnerDied';
}

export interface RunnerOptions {
  /** `cpu`, `cuda` or `cuda:N`. */
  readonly device: string;
  /** Threads of the CPU's operators; PyTorch's choice where it is not given. */
  readonly threads?: number;
  /** What a request may take beyond the seconds that it asks for, before the process is ended. */
  readonly patience_s?: number;
  /** Besides those of this process, e.g. which GPU CUDA may see. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A first CUDA context and a large model take minutes; nothing takes longer. */
const defaultPatience_s = 600;

/** Of what the process says on standard error, the end is kept. */
const keptTalk = 2000;

/** How long a process may take to end when asked to, before it is killed, ms. */
const farewell_ms = 5000;

export class NodeRunner {
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<string>;
  private talk = '';
  private requests = 0;
  private told: Hello | null = null;

  private constructor(
    private readonly child: ChildProcess,
    private readonly patience_s: number,
  ) {
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stderr!.on('data', (data: Buffer) => (this.talk = (this.talk + data.toString()).slice(-keptTalk)));
    // A write to a process that has just died is told by its death.
    child.stdin!.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`));
    });
  }

  /** Throws an UnavailableError where PyTorch or the device is not there. */
  static async start({
    device,
    threads,
    patience_s = defaultPatience_s,
    environment,
  }: RunnerOptions): Promise<NodeRunner> {
    const options = ['--device', device, ...(threads ? ['--threads', String(threads)] : [])];
    const child = spawn(torchPython(), ['-m', 'irene_torch.runner', ...options], {
      env: { ...torchEnvironment(), ...environment },
    });
    const runner = new NodeRunner(child, patience_s);
    try {
      runner.told = helloSchema.parse(await runner.read(defaultPatience_s));
    } catch (error) {
      runner.kill();
      throw new UnavailableError(`the node runner does not start: ${(error as Error).message}`, torchHint, {
        cause: error,
      });
    }
    return runner;
  }

  /** Its process, device and versions. */
  get hello(): Hello {
    return this.told!;
  }

  /** Builds the model with random weights on the device; its nodes in depth-first order. */
  async load(model: string, workload: { batch_size: number; length: number }): Promise<LoadedModel> {
    return loadedSchema.parse(await this.ask({ do: 'load', model, ...workload }));
  }

  /** Isolates a node and runs it once; refused where it is not the node that is expected. */
  async prepare(node_id: number, expected: { scope?: string; type?: string } = {}): Promise<PreparedNode> {
    return preparedSchema.parse(await this.ask({ do: 'prepare', node_id, ...expected }));
  }

  /** Runs for this long, at least once; the number of runs. */
  async warmUp(seconds: number): Promise<number> {
    return warmUpSchema.parse(await this.ask({ do: 'warm_up', seconds }, seconds)).runs;
  }

  /** How many runs fill a round of this length. */
  async calibrate(round_s: number): Promise<Calibration> {
    return calibrationSchema.parse(await this.ask({ do: 'calibrate', round_s }, round_s));
  }

  /** `repeats` runs back to back; `latency_s`, of one run, tells how long to wait for them. */
  async round({ repeats, latency_s }: Calibration): Promise<Round> {
    return roundSchema.parse(await this.ask({ do: 'round', repeats }, 2 * repeats * latency_s));
  }

  /** Holds a flat load for each `on_s`, rests for each `off_s`; when the loads began and ended. */
  async burst(steps: readonly BurstStep[]): Promise<Stamps[]> {
    const seconds = steps.reduce((sum, { on_s, off_s }) => sum + on_s + off_s, 0);
    return burstSchema.parse(await this.ask({ do: 'burst', steps }, seconds)).steps;
  }

  /** Lets go of the node and its memory. */
  async release(): Promise<void> {
    await this.ask({ do: 'release' });
  }

  /** Ends the process; resolves when it is gone. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const timer = setTimeout(() => this.kill(), farewell_ms);
    this.child.stdin!.end(`${JSON.stringify({ do: 'quit' })}\n`);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private async ask(request: object, seconds = 0): Promise<unknown> {
    this.child.stdin!.write(`${JSON.stringify({ id: ++this.requests, ...request })}\n`);
    return this.read(seconds + this.patience_s);
  }

  /** The next reply. Throws a NodeFailure, or a RunnerDied where there is none within so many seconds. */
  private async read(limit_s: number): Promise<unknown> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.kill();
    }, limit_s * 1000);
    const { value, done } = await this.lines.next();
    clearTimeout(timer);
    if (done) throw await this.death(late ? `no answer within ${Math.round(limit_s)} s` : null);
    const reply = replySchema.parse(JSON.parse(value));
    if ('error' in reply) throw new NodeFailure(reply.error.kind, reply.error.message);
    return reply.ok;
  }

  private async death(why: string | null): Promise<RunnerDied> {
    const how = await this.ended;
    const said = this.talk.trim().split('\n').at(-1);
    return new RunnerDied([why ?? how, said].filter(Boolean).join(': '));
  }
}
