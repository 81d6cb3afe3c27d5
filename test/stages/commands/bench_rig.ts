/** A bench made of files, for commands that look at one: the real logger on a machine of files, nvidia-smi, a Python. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build, FakeMachine, fullGpu } from '../../native/logger_rig.js';

/** What nvidia-smi answers to each of the queries; a failing one is text for its standard output and exit code 9. */
export interface SmiAnswers {
  readonly gpus: readonly string[];
  readonly users?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly broken?: string;
}

const uuid = (gpu: number): string => `GPU-00000000-0000-0000-0000-00000000000${gpu}`;

/** A line about a GPU as nvidia-smi prints it. */
export const smiGpu = (gpu: number, persistence = 'Enabled', display = 'Disabled'): string =>
  `${gpu}, ${uuid(gpu)}, Stub, 535.1, ${persistence}, 8192, 1911, 180.00, ${display}`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export const buildRig = (make: string) => build(make, 'plain', 'checked', 'nvml');

export class BenchRig {
  readonly machine: FakeMachine;
  private readonly bin: string;
  private readonly before = { ...process.env };

  /** `built` by `buildRig`, once a file of tests. */
  constructor(built: ReturnType<typeof buildRig>) {
    this.machine = new FakeMachine(built);
    this.bin = join(this.machine.folder, 'bin');
    mkdirSync(this.bin);
    this.machine.gpus('gpus 1', ...fullGpu(0));
    const nvml = join(this.machine.folder, 'nvml');
    const logger = ['exec', built.plain, ...this.machine.roots]
      .map(quoted)
      .join(' ')
      .replace(/^'exec'/, 'exec');
    process.env.IRENE_LOGGER = this.script('irene-logger', `IRENE_NVML_STUB=${quoted(nvml)} ${logger} "$@"`);
    process.env.PATH = [this.bin, process.env.PATH].join(delimiter);
    this.smi({ gpus: [smiGpu(0)], capabilities: ['7.5'] });
    this.python({ torch: '2.1.0', transformers: '4.40.0', cuda: true });
  }

  script(name: string, body: string): string {
    const path = join(this.bin, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  smi({ gpus, users = [], capabilities = [], broken }: SmiAnswers): void {
    const answer = (lines: readonly string[]): string => `printf '%s\\n' ${lines.map(quoted).join(' ')}`;
    if (broken !== undefined) return void this.script('nvidia-smi', `${answer([broken])}; exit 9`);
    this.script(
      'nvidia-smi',
      `case "$1" in
  --query-gpu=index*) ${answer(gpus)} ;;
  --query-gpu=compute_cap) ${capabilities.length > 0 ? answer(capabilities) : 'exit 2'} ;;
  --query-compute-apps*) ${answer(users)} ;;
esac`,
    );
  }

  /** A Python whose import of PyTorch finds this. */
  python(found: object): void {
    process.env.IRENE_PYTHON = this.script('python', `echo ${quoted(JSON.stringify(found))}`);
  }

  /** The machine's /proc, /sys and /dev; idle, one port, RAPL that may be read. */
  get places() {
    const { folder } = this.machine;
    this.machine.write('sys/class/powercap/intel-rapl:0/name', 'package-0\n');
    this.machine.write('sys/class/powercap/intel-rapl:0/energy_uj', '1\n');
    this.machine.write('sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'performance\n');
    this.machine.write('dev/ttyUSB0', '');
    this.machine.write('proc/self/status', 'CapEff:\t0000000000800000\n');
    return { proc: join(folder, 'proc'), sys: join(folder, 'sys'), dev: join(folder, 'dev') };
  }

  end(): void {
    for (const name of ['IRENE_LOGGER', 'IRENE_PYTHON', 'PATH']) {
      if (this.before[name] === undefined) delete process.env[name];
      else process.env[name] = this.before[name];
    }
  }
}
