/** A program as a contestant: what it took of time, processor and memory. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';

export const program = join(packageRoot, 'dist', 'pipeline', 'main.js');
export const peersFolder = join(packageRoot, 'bench', 'peers');

/** The Python of `bench/install`. */
export const python = join(packageRoot, 'bench', '.venv', 'bin', 'python');
export const hasPeers = (): boolean => existsSync(python);

/** Peers are kept from asking the network about themselves. */
const quiet = {
  DO_NOT_TRACK: '1',
  DVC_NO_ANALYTICS: '1',
  SNAKEMAKE_OUTPUT_CACHE: undefined,
  PYTHONWARNINGS: 'ignore',
  NO_COLOR: '1',
} as const;

export const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...quiet,
  PATH: `${join(packageRoot, 'bench', '.venv', 'bin')}:${process.env.PATH ?? ''}`,
});

export interface Cost {
  /** Of the command and all that it started. */
  readonly wall_s: number;
  readonly cpu_s: number;
  /** Of the largest process. */
  readonly peak_mib: number;
  readonly stdout: string;
}

/** Runs a command to its end; fails with what it said where it fails. */
export async function measure(folder: string, command: readonly string[]): Promise<Cost> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(scratch, 'cost.json');
  const interpreter = hasPeers() ? python : 'python3';
  const child = spawn(interpreter, [join(peersFolder, 'usage.py'), file, ...command], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  try {
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
    return { ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<Cost, 'stdout'>), stdout };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Our own program. */
export const pipeline = (folder: string, ...args: string[]): Promise<Cost> =>
  measure(folder, [process.execPath, program, ...args]);

/** A script of `bench/peers`. */
export const peer = (folder: string, script: string, ...args: string[]): Promise<Cost> =>
  measure(folder, [python, join(peersFolder, script), ...args]);
