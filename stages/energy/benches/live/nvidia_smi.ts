/** What NVIDIA's own tool tells of the GPUs that NVML's counters do not: modes, limits, and who else is there. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UnavailableError } from '../../../../pipeline/errors.js';

export interface GpuFacts {
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  readonly driver: string;
  /** Null where the tool does not tell. */
  readonly persistent: boolean | null;
  readonly memory_mib: number | null;
  readonly greatest_clk_mhz: number | null;
  readonly power_limit_w: number | null;
  readonly drives_display: boolean | null;
  /** CUDA's compute capability, 7.5 of Turing; null with drivers that do not tell. */
  readonly compute_capability: number | null;
}

/** A program that computes on a GPU. */
export interface GpuUser {
  readonly uuid: string;
  readonly pid: number;
  readonly name: string;
}

/** `nvidia-smi -lgc` locks the clocks of this architecture and later ones (its manual: Volta). */
export const lockableFrom = 7.0;

const fields = ['index', 'uuid', 'name', 'driver_version', 'persistence_mode', 'memory.total', 'clocks.max.sm', 'power.limit', 'display_active'] as const; // prettier-ignore

/** A driver without persistence mode takes seconds to start. */
const patience_ms = 10_000;

const run = promisify(execFile);

async function rows(query: string): Promise<string[]> {
  const { stdout } = await run('nvidia-smi', [query, '--format=csv,noheader,nounits'], { timeout: patience_ms });
  return stdout.split('\n').filter((line) => line.trim() !== '' && !/no running processes/i.test(line));
}

/** What the tool does not tell it calls [N/A] or [Not Supported]. */
const told = (cell: string | undefined): string | null =>
  cell === undefined || /^\[.*\]$|^$/.test(cell) ? null : cell;

function number(cell: string | undefined): number | null {
  const value = Number(told(cell) ?? NaN);
  return Number.isFinite(value) ? value : null;
}

function yes(cell: string | undefined): boolean | null {
  const text = told(cell);
  return text === null ? null : /^(?:enabled|yes)$/i.test(text);
}

/** Every GPU. Throws an UnavailableError where the tool is not there or cannot reach the driver. */
export async function gpuFacts(): Promise<GpuFacts[]> {
  try {
    const [about, capabilities] = await Promise.all([
      rows(`--query-gpu=${fields.join()}`),
      // Drivers before 2021 have no such field, and then answer nothing at all.
      rows('--query-gpu=compute_cap').catch((): string[] => []),
    ]);
    return about.map((row, i) => {
      const [index, uuid, name, driver, persistence, memory, clock, power, display] = row.split(', ').map((cell) => cell.trim()); // prettier-ignore
      return {
        index: Number(index),
        uuid,
        name,
        driver,
        persistent: yes(persistence),
        memory_mib: number(memory),
        greatest_clk_mhz: number(clock),
        power_limit_w: number(power),
        drives_display: yes(display),
        compute_capability: number(capabilities[i]?.trim()),
      };
    });
  } catch (error) {
    throw unavailable(error);
  }
}

/** Who computes on any GPU now; the tool tells of programs of other users too. */
export async function gpuUsers(): Promise<GpuUser[]> {
  try {
    return (await rows('--query-compute-apps=gpu_uuid,pid,process_name')).map((row) => {
      const [uuid, pid, ...name] = row.split(', ');
      return { uuid, pid: Number(pid), name: name.join(', ') };
    });
  } catch (error) {
    throw unavailable(error);
  }
}

/** Locks the clock of the multiprocessors; the reason where that is not permitted or not possible, else null. */
export async function lockClocks(gpu: string, mhz: number): Promise<string | null> {
  try {
    await run('nvidia-smi', ['-i', gpu, '-lgc', `${mhz},${mhz}`], { timeout: patience_ms });
    return null;
  } catch (error) {
    return unavailable(error).message;
  }
}

/** Leaves the clock to the driver again; where it was not permitted to lock it, there is nothing to do. */
export async function freeClocks(gpu: string): Promise<void> {
  await run('nvidia-smi', ['-i', gpu, '-rgc'], { timeout: patience_ms }).catch(() => undefined);
}

function unavailable(error: unknown): UnavailableError {
  const { code, stdout = '', message } = error as { code?: unknown; stdout?: string; message: string };
  if (code === 'ENOENT') return new UnavailableError('nvidia-smi is not there', 'it comes with NVIDIA’s driver');
  const said = stdout.trim().split('\n')[0] || message.split('\n')[0];
  return new UnavailableError(`nvidia-smi: ${said}`, 'is the driver loaded? see dmesg');
}
