/** What of a bench can be found out on the machine itself; null is "not found". */
import { cpus, totalmem } from 'node:os';
import { UnavailableError } from '../../../pipeline/errors.js';
import { type GpuFacts, gpuFacts } from '../../energy/benches/live/nvidia_smi.js';
import { type Identity } from '../../energy/meters/meter.js';
import { identityOf } from '../../energy/meters/settings.js';
import { standsIn } from './documents.js';
import { meter as tryMeter } from '../doctor/ports.js';
import { loggedGpus } from '../logged_gpus.js';
import { meterIn, meterSection } from '../meter_argument.js';

export interface FoundGpu {
  readonly uuid: string;
  readonly name: string;
  readonly driver: string;
  readonly memory_gib: number | null;
  readonly greatest_clk_mhz: number | null;
}

export interface FoundMeter {
  /** The keys of the section `meter`, as they were given. */
  readonly section: Readonly<Record<string, string | number>>;
  readonly identity: Identity;
  /** What it printed when it was tried. */
  readonly reading: string;
}

export interface Found {
  readonly cpu: string | null;
  readonly threads: number;
  readonly memory_gib: number;
  /** The one that is measured first. */
  readonly gpus: readonly FoundGpu[];
  readonly meter: FoundMeter | null;
  /** Serial ports that a meter may hang on. */
  readonly ports: readonly string[];
  /** What was looked for and is not there, in words. */
  readonly lacking: readonly string[];
}

const standIn = 'no meter is named: a simulated one stands in, and its joules are no measurement';
const gpuOnly = 'no meter is named: joules are the GPU’s alone, and none at the wall';

const gib = (mib: number): number => Number((mib / 1024).toFixed(1));

/** The GPU that is asked for stands first. */
async function gpus(wanted: string | undefined): Promise<{ gpus: FoundGpu[]; lacking: string[] }> {
  try {
    const devices = await loggedGpus();
    const chosen = wanted === undefined ? [] : await loggedGpus([wanted]);
    const facts = await gpuFacts().catch((): GpuFacts[] => []);
    const found = devices.map(({ uuid, name, driver }) => {
      const own = facts.find((fact) => fact.uuid === uuid);
      const memory_gib = own?.memory_mib == null ? null : gib(own.memory_mib);
      return { uuid, name: name.trim(), driver, memory_gib, greatest_clk_mhz: own?.greatest_clk_mhz ?? null };
    });
    const first = found.filter(({ uuid }) => uuid === chosen[0]?.uuid);
    const others = found.filter((gpu) => !first.includes(gpu));
    return { gpus: [...first, ...others], lacking: found.length === 0 ? ['no NVIDIA GPU: models run on the CPU'] : [] };
  } catch (error) {
    if (wanted !== undefined || !(error instanceof UnavailableError)) throw error;
    return { gpus: [], lacking: [`GPUs were not looked for: ${error.message}`] };
  }
}

/** Throws an UnavailableError where it does not print what it should. */
async function meterOf(text: string): Promise<FoundMeter> {
  const settings = meterIn(text);
  const { state, found, remedy } = await tryMeter(settings);
  if (state !== 'ok') throw new UnavailableError(`--meter ${text}: ${found}`, remedy ?? undefined);
  return { section: meterSection(text), identity: identityOf(settings), reading: found };
}

/** Throws an UnavailableError where a GPU or meter that is named is not there. */
export async function lookAround({ meter, gpu }: { readonly meter?: string; readonly gpu?: string }): Promise<Found> {
  const { ports } = await import('../../energy/meters/serial_port.js');
  const [{ gpus: found, lacking }, read] = await Promise.all([gpus(gpu), meter === undefined ? null : meterOf(meter)]);
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() || null,
    threads: processors.length,
    memory_gib: Number((totalmem() / 2 ** 30).toFixed(1)),
    gpus: found,
    meter: read,
    ports: ports(),
    lacking: [...lacking, ...(read ? [] : [standsIn({ meter: read, gpus: found }) ? standIn : gpuOnly])],
  };
}
