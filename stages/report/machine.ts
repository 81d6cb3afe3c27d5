/** Which of the paper's two machines a run's measurements are of, if any. */
import type { Source } from '../../pipeline/stage.js';

export type PaperMachine = 'PC1' | 'PC2';
export const paperMachines: readonly PaperMachine[] = ['PC1', 'PC2'];

/** The authors' folders, and the machine that the twin simulates. */
const machines: Readonly<Record<string, PaperMachine>> = { device_1: 'PC1', device_2: 'PC2' };

/** Null for a machine of one's own: then the paper's values stand alone and ours have their own rows. */
export function paperMachineOf(source: Source): PaperMachine | null {
  if (source.kind === 'twin') return 'PC1';
  const device = source.about.device;
  return typeof device === 'string' ? (machines[device] ?? null) : null;
}
