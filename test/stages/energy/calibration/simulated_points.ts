/** Points of a simulated bench: its constants are known, so that a calibration can be held against them. */
import { perSecond, type Points } from '../../../../stages/energy/calibration/points.js';
import { Random } from '../../../../stages/energy/random.js';

export interface SimulatedBench {
  readonly eta: number;
  readonly restW: number;
  /** Wall J per CPU J. */
  readonly cpu?: number;
  /** Powers of the GPU, W; one row each. */
  readonly gpuW: readonly number[];
  /** Powers of the CPU, W; absent where it is not known. */
  readonly cpuW?: readonly number[];
  /** True powers of the CPU where they are not told. */
  readonly hiddenCpuW?: readonly number[];
  readonly noisePct?: number;
  readonly timeS?: number;
  readonly groups?: number;
}

/** Rows of `timeS` seconds; group i mod `groups`. */
export function simulatedPoints(bench: SimulatedBench): Points {
  const { eta, restW, cpu = 0, gpuW, cpuW, hiddenCpuW = cpuW, noisePct = 0, timeS = 20, groups = 4 } = bench;
  const random = new Random('simulated bench');
  const wallJ = gpuW.map(
    (w, i) => timeS * (eta * w + restW + cpu * (hiddenCpuW?.[i] ?? 0)) * (1 + (noisePct / 100) * random.gaussian()),
  );
  return {
    wallJ: Float64Array.from(wallJ),
    gpuJ: Float64Array.from(gpuW, (w) => w * timeS),
    timeS: new Float64Array(gpuW.length).fill(timeS),
    cpu: cpuW ? { unit: 'j', values: Float64Array.from(cpuW, (w) => w * timeS) } : null,
    group: gpuW.map((_, i) => `g${i % groups}`),
    row: Int32Array.from(gpuW, (_, i) => i + 1),
  };
}

/** `n` powers evenly from one to another, idle first. */
export const ramp = (n: number, from: number, to: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));

/** The same points as a CSV with powers. */
export function csvOfPowers(points: Points): string {
  const [wallW, gpuW] = [perSecond(points.wallJ, points), perSecond(points.gpuJ, points)];
  const cpuW = points.cpu && perSecond(points.cpu.values, points);
  const lines = Array.from(points.row.keys()).map((i) =>
    [points.group[i], wallW[i], gpuW[i], ...(cpuW ? [cpuW[i]] : [])].join(','),
  );
  return `${['model', 'meter', 'nvml', ...(cpuW ? ['rapl'] : [])].join(',')}\n${lines.join('\n')}\n`;
}
