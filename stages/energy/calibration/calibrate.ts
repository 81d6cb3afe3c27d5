/**
 * A calibration: the wall-power law of a bench from points measured on it, how far off it is on groups left out, and
 * what speaks against it. Two constants or, where the CPU's energy or load is known and helps, three (METHODS 3).
 */
import type { Finding } from '../../../pipeline/findings.js';
import { checkPoints, checkResult } from './checks.js';
import { chooseForm, leaveGroupsOut, tenRows, type FewRows, type LeftOut } from './cross_validate.js';
import { fitLaw, lawJ, type Form, type Law } from './fit.js';
import { groupsOf, perSecond, pickPoints, pointsWhere, type Points } from './points.js';
import { absolute, correlation, greatest, least, mean, partialCorrelation } from './statistics.js';

/** A law with its error on groups left out. */
export interface Fit {
  readonly law: Law;
  readonly leftOut: LeftOut;
}

/** What the law says of the idle machine while no idle row is in its fit. */
export interface Idle {
  readonly rows: number;
  /** Means over the idle rows, W. */
  readonly wallW: number;
  readonly predictedW: number;
  /** Predicted − measured over measured, %. */
  readonly errorPct: number;
}

export interface GroupError {
  readonly group: string;
  readonly rows: number;
  /** Mean power of the GPU and at the wall, W. */
  readonly gpuW: number;
  readonly wallW: number;
  readonly meanPct: number;
  readonly worstPct: number;
}

export interface Calibration {
  readonly points: Points;
  /** Null where the points cannot tell the terms apart. */
  readonly law: Law | null;
  /** On groups left out, the form chosen anew without each of them. */
  readonly leftOut: LeftOut;
  /** Both forms, for comparison; three only where the CPU is known. */
  readonly forms: Readonly<Partial<Record<Form, Fit>>>;
  readonly fewRows: FewRows | null;
  readonly groups: readonly GroupError[];
  /** R² of wall power on GPU power, at equal CPU where the law has it. */
  readonly gpuR2: number;
  /** Correlation of what two constants leave with the CPU's power or load; null where that is not known. */
  readonly cpuCorrelation: number | null;
  readonly idle: Idle | null;
  /** Rows of light load. */
  readonly lightRows: number;
  readonly findings: readonly Finding[];
}

/** Idle: the GPU at most at this part of its greatest power, and the wall at most this much above its least. */
const idleGpuShare = 0.15;
const idleWallFactor = 1.2;

/** A light load: more than idle, less than half of the GPU's greatest power. */
const lightGpuShare = 0.5;

function idleRows(points: Points): number[] {
  const [wallW, gpuW] = [perSecond(points.wallJ, points), perSecond(points.gpuJ, points)];
  const [leastW, greatestW] = [least(wallW), greatest(gpuW)];
  return Array.from(points.row.keys()).filter(
    (i) => gpuW[i] <= idleGpuShare * greatestW && wallW[i] <= idleWallFactor * leastW,
  );
}

function idleOf(points: Points, rows: readonly number[], form: Form): Idle | null {
  if (rows.length === 0) return null;
  const idle = pickPoints(points, rows);
  const law = fitLaw(
    pointsWhere(points, (i) => !rows.includes(i)),
    form,
  );
  if (!law) return null;
  const wallW = mean(perSecond(idle.wallJ, idle));
  const predictedW = mean(perSecond(lawJ(law, idle), idle));
  return { rows: rows.length, wallW, predictedW, errorPct: 100 * (predictedW / wallW - 1) };
}

function groupErrors(points: Points, { errorPct }: LeftOut): GroupError[] {
  return groupsOf(points).map((group) => {
    const which = Array.from(points.row.keys()).filter((i) => points.group[i] === group);
    const own = pickPoints(points, which);
    const errors = absolute(which.map((i) => errorPct[i]));
    const [gpuW, wallW] = [own.gpuJ, own.wallJ].map((energy) => mean(perSecond(energy, own)));
    return { group, rows: which.length, gpuW, wallW, meanPct: mean(errors), worstPct: greatest(errors) };
  });
}

/** What two constants leave, as a power, against the CPU's. */
function cpuCorrelationOf(points: Points): number | null {
  const two = points.cpu && fitLaw(points, 'two');
  if (!points.cpu || !two) return null;
  const leftJ = lawJ(two, points).map((j, i) => points.wallJ[i] - j);
  return correlation(perSecond(leftJ, points), perSecond(points.cpu.values, points));
}

function gpuR2Of(points: Points, form: Form): number {
  const [wallW, gpuW] = [perSecond(points.wallJ, points), perSecond(points.gpuJ, points)];
  const r =
    form === 'two' ? correlation(wallW, gpuW) : partialCorrelation(wallW, gpuW, perSecond(points.cpu!.values, points));
  return r ** 2;
}

function formsOf(points: Points): Calibration['forms'] {
  const forms: { -readonly [F in Form]?: Fit } = {};
  for (const form of points.cpu ? (['two', 'three'] as const) : (['two'] as const)) {
    const law = fitLaw(points, form);
    if (law) forms[form] = { law, leftOut: leaveGroupsOut(points, (training) => fitLaw(training, form)) };
  }
  return forms;
}

/** Calibrates a bench. What speaks against it is in the findings: with one that refuses there is nothing to be used. */
export function calibrate(points: Points): Calibration {
  const form = chooseForm(points);
  const forms = formsOf(points);
  const leftOut = leaveGroupsOut(points, (training) => fitLaw(training, chooseForm(training)));
  const idle = idleRows(points);
  const gpuW = perSecond(points.gpuJ, points);
  const light = Array.from(points.row.keys()).filter(
    (i) => !idle.includes(i) && gpuW[i] < lightGpuShare * greatest(gpuW),
  );
  const calibration = {
    points,
    law: forms[form]?.law ?? null,
    leftOut,
    forms,
    fewRows: tenRows(points, form),
    groups: groupErrors(points, leftOut),
    gpuR2: gpuR2Of(points, form),
    cpuCorrelation: cpuCorrelationOf(points),
    idle: idleOf(points, idle, form),
    lightRows: light.length,
  };
  return { ...calibration, findings: [...checkPoints(points), ...checkResult(calibration, idle.length)] };
}
