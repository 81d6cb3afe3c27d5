/**
 * The keys of energies, and of what follows from them, for programs. Documents are written under the wall's names, others
 * script against those (DESIGN 8); what is of the GPU alone has names of its own, so that none is read as the wall's.
 */
import type { PredictedEnergy } from '../energy/predictors/predicted_energy.js';

const isOfEnergy = (key: string): boolean => /(_j|kwh_per_million|^cost)$/.test(key) && !key.startsWith('gpu_');

const keyOf = (key: string): string => (key === 'wall_j' ? 'gpu_j' : isOfEnergy(key) ? `gpu_${key}` : key);

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [keyOf(key), renamed(below)]));
}

/** The document as it is where it is of the wall; else the same with `energy: gpu_j` before it and `gpu_` in its keys. */
export const energyKeys = ({ energy }: { readonly energy: PredictedEnergy }, document: object): object =>
  energy === 'wall_j' ? document : { energy, ...(renamed(document) as object) };
