/** A calibration's figures as a document: what `--json` prints and a bench's file keeps of them. */
import { lawParts } from '../predictors/law.js';
import type { Part } from '../predictors/predictor.js';
import type { Calibration, Fit } from './calibrate.js';
import type { LeftOut } from './cross_validate.js';

/** Six digits: more than any of them deserves. */
const short = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);

const errors = ({ meanPct, medianPct, worstPct }: LeftOut) => ({
  mean_pct: short(meanPct),
  median_pct: short(medianPct),
  worst_pct: short(worstPct),
});

const named = ({ terms, values }: Part) => Object.fromEntries(terms.map((term, i) => [term, short(values[i])]));

function fit({ law, leftOut }: Fit) {
  const [constants, sd] = lawParts(law).map(named);
  return { constants, sd, left_out: errors(leftOut) };
}

/** The figures in short, with null for what could not be had. */
export function figuresOf({ law, leftOut, fewRows, idle, gpuR2, cpuCorrelation, points, groups }: Calibration) {
  return {
    constants: law ? { two: 2, three: 3 }[law.form] : null,
    rows: points.row.length,
    left_out: { groups: groups.length, ...errors(leftOut) },
    ten_rows: fewRows && {
      draws: fewRows.draws,
      median_pct: short(fewRows.medianPct),
      p95_pct: short(fewRows.p95Pct),
    },
    idle: idle && {
      measured_w: short(idle.wallW),
      predicted_w: short(idle.predictedW),
      error_pct: short(idle.errorPct),
    },
    gpu_r2: short(gpuR2),
    residual_cpu_correlation: cpuCorrelation === null ? null : short(cpuCorrelation),
  };
}

/** All of them: each form and each group too. */
export function allFiguresOf(calibration: Calibration) {
  const { forms, groups } = calibration;
  return {
    ...figuresOf(calibration),
    two_constants: forms.two ? fit(forms.two) : null,
    three_constants: forms.three ? fit(forms.three) : null,
    groups: groups.map(({ group, rows, gpuW, wallW, meanPct, worstPct }) => ({
      group,
      rows,
      gpu_w: short(gpuW),
      wall_w: short(wallW),
      mean_pct: short(meanPct),
      worst_pct: short(worstPct),
    })),
  };
}
