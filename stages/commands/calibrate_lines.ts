/** A calibration as people read it: the answer first, then what it rests on. */
import { alignColumns } from '../../pipeline/terminal.js';
import type { Calibration, Fit } from '../energy/calibration/calibrate.js';
import type { LeftOut } from '../energy/calibration/cross_validate.js';
import type { Law } from '../energy/calibration/fit.js';

/** Groups that a terminal shows: those with the greatest errors. */
const shownGroups = 12;

/** A value with its uncertainty, in the digits that it deserves: `0.964 ± 0.005`. */
export function uncertain(value: number, sd: number): string {
  if (!Number.isFinite(sd) || sd <= 0) return String(Number(value.toPrecision(4)));
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(sd))));
  return `${value.toFixed(decimals)} ± ${sd.toFixed(decimals)}`;
}

const pct = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(value < 9.95 ? 1 : 0)} %` : '– %');

/** `wall = 0.964 ± 0.005 × GPU + 230.8 ± 0.7 W × time`. */
export function equation({ eta, restW, cpu, cpuTerm, sd }: Omit<Law, 'form'>): string {
  const unit = cpuTerm === 'cpu' ? '× CPU' : 'W × CPU % × time';
  const third = cpu === null ? '' : ` + ${uncertain(cpu, sd.cpu!)} ${unit}`;
  return `wall = ${uncertain(eta, sd.eta)} × GPU${third} + ${uncertain(restW, sd.restW)} W × time`;
}

const leftOutText = ({ meanPct, worstPct }: LeftOut): string =>
  Number.isFinite(meanPct)
    ? `${pct(meanPct)} on groups left out (worst ${pct(worstPct)})`
    : 'untested: it cannot be fitted with a group left out';

/** `+2.4 %`, `−0.6 %`. */
const signedPct = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} %`;

function groupTable({ groups }: Calibration): string {
  const worst = [...groups].sort((a, b) => b.meanPct - a.meanPct).slice(0, shownGroups);
  const shown = groups.filter((group) => worst.includes(group));
  const number = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '–');
  const rows = shown.map(({ group, rows, gpuW, wallW, meanPct, worstPct }) => [
    group,
    String(rows),
    number(gpuW, 0),
    number(wallW, 0),
    number(meanPct, 1),
    number(worstPct, 1),
  ]);
  const heading = ['left out', 'rows', 'GPU W', 'wall W', 'error %', 'worst %'];
  const table = alignColumns([heading, ...rows], new Set([1, 2, 3, 4, 5]));
  return shown.length < groups.length ? `${table}\n… and ${groups.length - shown.length} with smaller errors` : table;
}

function formLine(label: string, fit: Fit | undefined): string[] {
  return fit ? [`${label}: ${equation(fit.law)}; ${leftOutText(fit.leftOut)}`] : [];
}

/** What it rests on. */
function evidence(calibration: Calibration): string[] {
  const { forms, fewRows, idle, gpuR2, cpuCorrelation } = calibration;
  const both = forms.three
    ? [...formLine('two constants', forms.two), ...formLine('three constants', forms.three)]
    : [];
  return [
    ...both,
    ...(fewRows
      ? [
          `calibrated by ten rows: ${pct(fewRows.medianPct)} on the others, ${pct(fewRows.p95Pct)} or less in 95 % of ${fewRows.draws} draws`,
        ]
      : []),
    ...(idle
      ? [
          `idle: ${idle.wallW.toFixed(1)} W, predicted from the other rows ${idle.predictedW.toFixed(1)} W (${signedPct(idle.errorPct)})`,
        ]
      : []),
    `R² of wall power on GPU power: ${gpuR2.toFixed(3)}` +
      (cpuCorrelation === null
        ? ''
        : `; what two constants leave correlates ${cpuCorrelation.toFixed(2)} with the CPU`),
  ];
}

export function calibrationLines(calibration: Calibration, refused: boolean): string {
  const { law, leftOut } = calibration;
  const answer = law ? `${equation(law)}; ${leftOutText(leftOut)}` : 'no law can be fitted';
  return [refused ? `refused: ${answer}` : answer, '', groupTable(calibration), '', ...evidence(calibration)].join(
    '\n',
  );
}
