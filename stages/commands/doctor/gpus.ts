/** The GPUs: what NVML tells the logger, how they are set, and who else is on them. */
import { UnavailableError } from '../../../pipeline/errors.js';
import { type GpuFacts, gpuFacts, type GpuUser, gpuUsers, lockableFrom } from '../../energy/benches/live/nvidia_smi.js';
import type { DeviceRecord, GpuRecord } from '../../energy/benches/live/logger_line.js';
import { advice, type Item, none, notOk, ok } from './item.js';

/** A bench that is described without one. */
export const noGpu: Item = none(
  'GPU',
  'PyTorch runs on the CPU, joules are the wall’s; predictors that go by a GPU are left out. Else: bench.live.gpu',
);

/** What a GPU may lack without which less is known of it. */
const lacks = {
  gpu_energy_uj: 'no energy counter (power is integrated)',
  gpu_power_mw: 'no power',
  gpu_clk_mhz: 'no clock',
  throttle_bits: 'no throttle reasons',
} as const satisfies Partial<Record<keyof GpuRecord, string>>;

/** What one sample of a GPU told. */
export function readingItem({ gpu, name, driver }: DeviceRecord, reading: GpuRecord | undefined): Item {
  const subject = `GPU ${gpu}`;
  if (!reading) return notOk(subject, `${name} does not answer`, 'look at dmesg and nvidia-smi');
  const missing = Object.entries(lacks).filter(([field]) => reading[field as keyof typeof lacks] === null);
  const about = driver === '' ? name : `${name}, driver ${driver}`;
  const found = [about, ...missing.map(([, text]) => text)].join('; ');
  if (reading.gpu_energy_uj !== null || reading.gpu_power_mw !== null) return ok(subject, found);
  return notOk(subject, found, 'without energy or power of the GPU nothing can be attributed to it');
}

function persistence({ index, persistent }: GpuFacts): Item {
  const subject = `persistence ${index}`;
  if (persistent === null) return advice(subject, 'not told', `sudo nvidia-smi -i ${index} -pm 1`);
  return persistent ? ok(subject, 'on') : notOk(subject, 'off: the driver starts anew with every program', `sudo nvidia-smi -i ${index} -pm 1`); // prettier-ignore
}

function clocks({ index, compute_capability, greatest_clk_mhz }: GpuFacts, isRoot: boolean): Item {
  const subject = `clocks ${index}`;
  if (compute_capability !== null && compute_capability < lockableFrom) {
    return advice(subject, `compute capability ${compute_capability}: cannot be locked`, 'its clock is logged and goes into the features'); // prettier-ignore
  }
  const most = greatest_clk_mhz === null ? 'MHZ' : String(Math.round(0.8 * greatest_clk_mhz));
  if (isRoot) return ok(subject, `may be locked${greatest_clk_mhz === null ? '' : `, up to ${greatest_clk_mhz} MHz`}`);
  return advice(subject, 'only root may lock them', `before a run: sudo nvidia-smi -i ${index} -lgc ${most},${most}; after it: -rgc`); // prettier-ignore
}

function display({ index, drives_display }: GpuFacts): Item[] {
  if (drives_display !== true) return [];
  return [
    advice(`display ${index}`, 'drives a screen', 'measure without: a desktop draws power and memory of its own'),
  ];
}

function users(found: readonly GpuUser[]): Item {
  if (found.length === 0) return ok('GPU users', 'none');
  const names = found.map(({ pid, name }) => `${name} (${pid})`).join(', ');
  return notOk('GPU users', names, 'end them: their joules would be counted as the model’s');
}

/** How the GPUs are set and who uses them, by nvidia-smi. */
export async function settings(isRoot: boolean): Promise<Item[]> {
  try {
    const [gpus, others] = await Promise.all([gpuFacts(), gpuUsers()]);
    const each = gpus.flatMap((gpu) => [persistence(gpu), clocks(gpu, isRoot), ...display(gpu)]);
    return [...each, users(others)];
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return [notOk('GPU settings', error.message, error.hint ?? 'install NVIDIA’s driver')];
  }
}
