/** What was recorded, for people: joules first, each with what it is and how sure it is. */
import { alignColumns, readableDuration } from '../../../pipeline/terminal.js';
import { type Energies, type Energy, isKnown, type WallEnergy } from './energies.js';
import type { Estimate } from './estimate.js';
import { coverageFactor, nvmlWithin } from './uncertainty.js';

/** Finer than this is no property of what was measured. */
const mostDecimals = 4;

/** `12.34 ± 0.15 kJ`: two digits of the uncertainty, and as many decimals of the value. */
export function quantity(value: number, u: number, unit: string): string {
  const scale = Math.abs(value) >= 1e4 ? { unit: `k${unit}`, of: 1e-3 } : { unit, of: 1 };
  const expanded = coverageFactor * u * scale.of;
  const known = expanded >= Number(`1e-${mostDecimals}`);
  const decimals = known ? Math.min(mostDecimals, Math.max(0, 1 - Math.floor(Math.log10(expanded)))) : 2;
  const spread = known ? ` ± ${expanded.toFixed(decimals)}` : '';
  return `${(value * scale.of).toFixed(decimals).replace(/^-(?=[0.]+$)/, '')}${spread} ${scale.unit}`;
}

const labels = { measured: 'wall, measured', apparent: 'wall, apparent power', simulated: 'wall, simulated' } as const;

function wallNote({ kind, meter, meter_uncertainty_pct, lines }: WallEnergy): string {
  const own = meter_uncertainty_pct === null ? 'its own uncertainty is not stated and not in ±' : `meter ${meter_uncertainty_pct} %`; // prettier-ignore
  const va = kind === 'apparent' ? '; V·I without power factor' : '';
  return `${meter}, ${lines} lines; ${own}${va}`;
}

function netRow({ net_j, net_u_j, standby }: Energy, unit: string): string[][] {
  if (net_j === null || net_u_j === null || !standby) return [];
  const power = quantity(standby.power_w, standby.u_w, unit === 'J' ? 'W' : 'VA');
  return [['  above standby', quantity(net_j, net_u_j, unit), `${power}, ${standby.how}`]];
}

function wallRows(wall: NonNullable<Energies['wall']>): string[][] {
  if (!isKnown(wall)) return [['wall', 'no joules', wall.why]];
  const unit = wall.kind === 'apparent' ? 'VA·s' : 'J';
  return [[labels[wall.kind], quantity(wall.energy_j, wall.u_j, unit), wallNote(wall)], ...netRow(wall, unit)];
}

function gpuRows(gpu: Energies['gpus'][number]): string[][] {
  if (!isKnown(gpu)) return [[`GPU ${gpu.gpu}`, 'no joules', `${gpu.name}: ${gpu.why}`]];
  const note = `${gpu.name}, by its driver (${gpu.from}, within ${100 * nvmlWithin} % at best)`;
  return [[`GPU ${gpu.gpu} only`, quantity(gpu.energy_j, gpu.u_j, 'J'), note], ...netRow(gpu, 'J')];
}

function estimateRow({ bench, source, wall_j, low_j, high_j, coverage, extrapolated_by }: Estimate): string[] {
  const half = low_j === null || high_j === null ? 0 : (high_j - low_j) / 2;
  const interval = coverage === null ? 'no interval' : `${Math.round(100 * coverage)} % interval`;
  const beyond = extrapolated_by === null ? '' : `; extrapolated: ${extrapolated_by}`;
  const note = `by the law of bench ${bench} (${source}), ${interval}${beyond}`;
  return ['wall, estimated', quantity(wall_j, half / coverageFactor, 'J'), note];
}

function counterRows({ cpu_j, dram_j }: Energies): string[][] {
  const rows: [string, number | null][] = [['CPU only', cpu_j], ['its memory only', dram_j]]; // prettier-ignore
  return rows.flatMap(([name, joules]) =>
    joules === null ? [] : [[name, quantity(joules, 0, 'J'), 'RAPL’s counters']],
  );
}

function meansText({ means }: Energies): string {
  const told = [
    ['CPU', means.cpu_pct, '%'],
    ['memory', means.mem_pct, '%'],
    ['GPU', means.gpu_pct, '%'],
    ['its memory controller', means.gpu_mem_pct, '%'],
    ['its clock', means.gpu_clk_mhz, 'MHz'],
  ] as const;
  return told
    .flatMap(([name, value, unit]) => (value === null ? [] : [`${name} ${value.toFixed(1)} ${unit}`]))
    .join(', ');
}

const watts = (joules: number, time_s: number): string => `${(joules / time_s).toFixed(1)} W`;

function timeRow({ wall, gpus }: Energies, time_s: number): string[] {
  const powers = [
    ...(isKnown(wall) ? [`wall ${watts(wall.energy_j, time_s)}`] : []),
    ...gpus.filter(isKnown).map(({ gpu, energy_j }) => `GPU ${gpu} ${watts(energy_j, time_s)}`),
  ];
  return ['time', readableDuration(time_s), powers.length > 0 ? `mean power: ${powers.join(', ')}` : ''];
}

/** Lines for a terminal; ± is twice the standard uncertainty. */
export function recordText(energies: Energies, estimate: Estimate | null, time_s: number): string {
  const rows = [
    ...(energies.wall ? wallRows(energies.wall) : []),
    ...(estimate ? [estimateRow(estimate)] : []),
    ...energies.gpus.flatMap(gpuRows),
    ...counterRows(energies),
    timeRow(energies, time_s),
  ];
  const means = meansText(energies);
  return [alignColumns(rows), ...(means === '' ? [] : [means])].join('\n');
}
