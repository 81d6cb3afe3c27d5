/** Predicted figures as people read them, with the digits they deserve: two of the interval's half-width. */
import type { EnergyPart } from '../energy/prediction/energy_parts.js';
import type { PredictedTree } from '../energy/prediction/predict_model.js';
import { kwhPerMillion } from '../energy/prediction/cost.js';
import { settingInWords } from '../energy/prediction/settings.js';

/** Digits of a value whose uncertainty is not known. */
const digits = 3;

/** Without an exponent. */
export function significant(value: number, count = digits): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const decimals = count - 1 - Math.floor(Math.log10(Math.abs(value)));
  return Number(value.toPrecision(count)).toFixed(Math.min(100, Math.max(0, decimals)));
}

/** Decimals with which `digitsOfIt` digits of a half-width show. */
const decimalsOf = (halfWidth: number, digitsOfIt: number): number =>
  Math.min(100, Math.max(0, digitsOfIt - 1 - Math.floor(Math.log10(halfWidth))));

const scales = [
  { from: 1e3, unit: 'kJ', factor: 1e-3 },
  { from: 0.1, unit: 'J', factor: 1 },
  { from: 1e-4, unit: 'mJ', factor: 1e3 },
  { from: 0, unit: 'µJ', factor: 1e6 },
] as const;

const scaleOf = (valueJ: number): (typeof scales)[number] => scales.find(({ from }) => Math.abs(valueJ) >= from)!;

/** `4.12 J`, `12.3 mJ`. */
export function energyText(valueJ: number): string {
  const { unit, factor } = scaleOf(valueJ);
  return `${significant(valueJ * factor)} ${unit}`;
}

/** `4.12 J (3.9 to 4.4, 90 %)`, in parts for whoever puts something between them. */
export function intervalText(
  { wallJ, lowJ, highJ }: { readonly wallJ: number; readonly lowJ: number | null; readonly highJ: number | null },
  coverage: number | null,
): { readonly value: string; readonly interval: string } {
  if (lowJ === null || highJ === null || coverage === null || !(highJ > lowJ)) {
    return { value: energyText(wallJ), interval: 'no interval' };
  }
  const { unit, factor } = scaleOf(wallJ);
  const halfWidth = ((highJ - lowJ) / 2) * factor;
  const bound = (valueJ: number): string => (valueJ * factor).toFixed(decimalsOf(halfWidth, 1));
  return {
    value: `${(wallJ * factor).toFixed(decimalsOf(halfWidth, 2))} ${unit}`,
    interval: `${bound(lowJ)} to ${bound(highJ)}, ${Math.round(100 * coverage)} %`,
  };
}

/** Energy and cost of a million inputs have the digits of the interval's bounds. */
function digitsOf({ wallJ, lowJ, highJ }: PredictedTree['root']): number {
  if (lowJ === null || highJ === null || !(highJ > lowJ)) return digits;
  const relative = (highJ - lowJ) / 2 / wallJ;
  return Math.min(digits, Math.max(1, -Math.floor(Math.log10(relative))));
}

/** `0.072 kWh`. */
export const kwhText = ({ root, batchSize }: PredictedTree): string =>
  `${significant(kwhPerMillion(root.wallJ, batchSize), digitsOf(root))} kWh`;

/** `0.94 cents`, `13.2 USD`. */
export function costText({ root, batchSize }: PredictedTree, priceUsdPerKwh: number): string {
  const usd = kwhPerMillion(root.wallJ, batchSize) * priceUsdPerKwh;
  const count = digitsOf(root);
  return usd < 1 ? `${significant(100 * usd, count)} cents` : `${significant(usd, count)} USD`;
}

/** `14.7 ms`; a dash where there is none. */
export function latencyText(latencyS: number | null): string {
  if (latencyS === null) return '–';
  if (latencyS >= 1) return `${significant(latencyS)} s`;
  return latencyS >= 1e-3 ? `${significant(latencyS * 1e3)} ms` : `${significant(latencyS * 1e6)} µs`;
}

/** `GPU 2.58 J, rest of the machine 1.47 J`. */
export const partsText = (parts: readonly EnergyPart[]): string =>
  parts.map(({ name, wallJ }) => `${name} ${energyText(wallJ)}`).join(', ');

/** `97 %`, `0.31 %`; near the whole a digit more, which tells it from all. */
export const shareText = (sharePct: number): string =>
  `${sharePct === 0 || sharePct === 100 ? sharePct : significant(sharePct, sharePct > 99 ? 3 : 2)} %`;

/** Before what is of the GPU alone; nothing before what is of the wall. */
export const leadOf = ({ energy }: Pick<PredictedTree, 'energy'>): string =>
  energy === 'gpu_j' ? 'GPU alone, not the wall: ' : '';

/** A heading above energies or what follows from them: `GPU J a batch` where they are the GPU's alone. */
export const headingOf = ({ energy }: Pick<PredictedTree, 'energy'>, heading: string): string =>
  energy === 'gpu_j' ? `GPU ${heading}` : heading;

export const settingText = ({ setting, clockMhz }: PredictedTree): string => settingInWords(setting, clockMhz);
