/** What speaks against a calibration, each with its limit and where that comes from. All are told, none stops the rest. */
import type { Finding, Severity } from '../../../pipeline/findings.js';
import type { Calibration } from './calibrate.js';
import { fewRows } from './cross_validate.js';
import { groupsOf, perSecond, type Points } from './points.js';
import { greatest, least } from './statistics.js';

interface Limit {
  readonly value: number;
  readonly source: string;
}

const limits = {
  rows: { value: fewRows, source: 'METHODS 3: ten metered nodes suffice, fewer were not tried' },
  groups: { value: 2, source: 'one must be left to fit when one is left out' },
  /** Greatest over least power of the GPU. */
  span: {
    value: 2,
    source: 'GPU-bound phases of a GTX 1080 bench span 1.2 and give constants that are 3.7 times off at idle',
  },
  /** Of the rows; they read the greatest wall power, each. */
  clippedShare: { value: 0.02, source: 'a meter that reads more than its greatest value shows that value' },
  clippedRows: { value: 3, source: 'a meter’s last digit repeats by chance twice' },
  /** Spread of the GPU's power over clipped readings, of its span. */
  clippedSpread: { value: 0.05, source: 'equal wall power at unequal GPU power' },
  r2: { value: 0.5, source: 'an RTX 5000 bench has 0.99, a GTX 1080 bench 0.96' },
  etaSd: { value: 3, source: 'three standard uncertainties' },
  etaLeast: {
    value: 0.8,
    source: 'NVML is stated to ±5 %; 0.96 was seen, 0.68 on a calibration that was physically wrong',
  },
  etaGreatest: { value: 1.6, source: 'a power supply wastes up to 30 %, NVML is stated to ±5 %' },
  errorPct: { value: 5, source: 'two constants are off by 0.4 to 1.1 % where they hold, by 18 % where they do not' },
  idleWarnPct: { value: 3, source: 'a law that holds is 2.4 % off on an RTX 5000 bench that was idle' },
  idlePct: { value: 10, source: 'a law that does not hold is 35 % off on an idle GTX 1080 bench' },
  cpuCorrelation: { value: 0.5, source: 'a quarter of what is left goes with the CPU' },
} as const satisfies Record<string, Limit>;

type LimitName = keyof typeof limits;

function finding(severity: Severity, check_id: string, value: number, limit: LimitName, message: string): Finding {
  const { value: limitValue, source } = limits[limit];
  const found = Number.isFinite(value) ? value : null;
  return { check_id, severity, subject: 'calibration', value: found, limit: limitValue, source, message };
}

const digits = (value: number, count = 3): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(count))) : 'not to be told';

/** Rows at the greatest wall power while the GPU's differs. */
function clipped(points: Points): Finding[] {
  const [wallW, gpuW] = [perSecond(points.wallJ, points), perSecond(points.gpuJ, points)];
  const top = greatest(wallW);
  // A power from an energy and a time has their rounding.
  const at = Array.from(points.row.keys()).filter((i) => wallW[i] >= top * (1 - 1e-6));
  const spread = greatest(at.map((i) => gpuW[i])) - least(at.map((i) => gpuW[i]));
  const needed = Math.max(limits.clippedRows.value, limits.clippedShare.value * points.row.length);
  if (at.length < needed || spread <= limits.clippedSpread.value * (greatest(gpuW) - least(gpuW))) return [];
  if (least(wallW) >= top * (1 - 1e-6)) return []; // a constant reading follows nothing, which another check says
  const message = `${at.length} of ${points.row.length} rows read the same greatest wall power, ${digits(top, 5)} W, while the GPU’s differs by ${digits(spread)} W: the meter is clipped`;
  return [finding('refuse', 'clipped', at.length, 'clippedRows', message)];
}

/** What can be seen before anything is fitted. */
export function checkPoints(points: Points): Finding[] {
  const found: Finding[] = [];
  const rows = points.row.length;
  if (rows < limits.rows.value)
    found.push(finding('refuse', 'too_few_rows', rows, 'rows', `${rows} rows, expected ${limits.rows.value} or more`));
  const groups = groupsOf(points).length;
  if (groups < limits.groups.value)
    found.push(finding('refuse', 'too_few_groups', groups, 'groups', `all rows are of one group: what is predicted of another cannot be tested`)); // prettier-ignore
  const gpuW = perSecond(points.gpuJ, points);
  const [from, to] = [least(gpuW), greatest(gpuW)];
  if (to < limits.span.value * from) {
    const message = `the GPU draws ${digits(from)} to ${digits(to)} W: too narrow to tell what goes with the GPU from what goes with time; add idle and a light load`;
    found.push(finding('refuse', 'too_narrow', to / from, 'span', message));
  }
  return [...found, ...clipped(points)];
}

type Result = Omit<Calibration, 'findings'>;

function checkFollows({ gpuR2, law }: Result): Finding[] {
  const found: Finding[] = [];
  const [eta, sd] = law ? [law.eta, law.sd.eta] : [NaN, NaN];
  if (gpuR2 < limits.r2.value)
    found.push(finding('refuse', 'does_not_follow', gpuR2, 'r2', `the wall’s power does not follow the GPU’s: R² ${digits(gpuR2, 2)}, expected ${limits.r2.value} or more; is it this machine’s meter?`)); // prettier-ignore
  if (!law) return found;
  if (eta < limits.etaSd.value * sd)
    found.push(finding('refuse', 'eta_zero', eta, 'etaSd', `η is ${digits(eta)} ± ${digits(sd, 2)}: 0 within its uncertainty`)); // prettier-ignore
  else if (eta < limits.etaLeast.value)
    found.push(finding('refuse', 'eta_low', eta, 'etaLeast', `η is ${digits(eta)}: the wall would see less than the GPU draws`)); // prettier-ignore
  else if (eta > limits.etaGreatest.value)
    found.push(finding('warn', 'eta_high', eta, 'etaGreatest', `η is ${digits(eta)}: something else rises with the GPU’s power`)); // prettier-ignore
  return found;
}

function checkRest({ law, idle }: Result, idleRows: number): Finding[] {
  const found: Finding[] = [];
  if (!law) return found;
  const [restW, sd] = [law.restW, law.sd.restW];
  if (restW + limits.etaSd.value * sd < 0)
    found.push(finding('refuse', 'rest_negative', restW, 'etaSd', `the rest of the machine would draw ${digits(restW)} W`)); // prettier-ignore
  if (idleRows === 0)
    found.push(finding('warn', 'no_idle', 0, 'idlePct', 'no row is of the idle machine: constants that fit loads alone may be physically wrong; add some')); // prettier-ignore
  if (!idle) return found;
  const message = `idle is ${digits(idle.wallW)} W, predicted from the other rows ${digits(idle.predictedW)} W (${digits(idle.errorPct, 2)} %)`;
  const off = Math.abs(idle.errorPct);
  if (off > limits.idlePct.value) found.push(finding('refuse', 'idle', off, 'idlePct', message));
  else if (off > limits.idleWarnPct.value) found.push(finding('warn', 'idle', off, 'idleWarnPct', message));
  return found;
}

function checkCpu({ law, cpuCorrelation, points }: Result): Finding[] {
  if (!points.cpu) {
    const message = 'the CPU is not mapped: whether its load varies cannot be tested (cpu_j=…, cpu_w=… or cpu_pct=…)';
    return [finding('info', 'no_cpu', 0, 'cpuCorrelation', message)];
  }
  if (law?.form !== 'two' || cpuCorrelation === null) return [];
  const r = Math.abs(cpuCorrelation);
  if (r <= limits.cpuCorrelation.value) return [];
  const message = `what two constants leave goes with the CPU (r ${digits(cpuCorrelation, 2)}), but a third does not lower the error on groups left out by a tenth`;
  return [finding('warn', 'cpu_load', r, 'cpuCorrelation', message)];
}

/** What the fit shows; `idleRows` are the rows of the idle machine. */
export function checkResult(result: Result, idleRows: number): Finding[] {
  const { law, leftOut, lightRows } = result;
  const found: Finding[] = [];
  if (!law) {
    const message = 'the rows cannot tell the constants apart: the GPU’s share of the wall is the same in all of them';
    found.push(finding('refuse', 'indistinct', NaN, 'span', message));
  }
  found.push(...checkFollows(result));
  // Not a number where the others do not tell the terms apart.
  if (law && !(leftOut.meanPct <= limits.errorPct.value)) {
    const constants = law.form === 'two' ? 'two constants are' : 'three constants are';
    const message = Number.isNaN(leftOut.meanPct)
      ? 'with a group left out the others cannot tell the constants apart'
      : `${constants} ${digits(leftOut.meanPct)} % off on groups left out (worst ${digits(leftOut.worstPct)} %): something else than the GPU moves the wall`;
    found.push(finding('refuse', 'unfit', leftOut.meanPct, 'errorPct', message));
  }
  found.push(...checkRest(result, idleRows));
  if (law && lightRows === 0) {
    found.push(finding('warn', 'no_light_load', 0, 'span', 'no row is of a light load (GPU below half its greatest power); add some')); // prettier-ignore
  }
  return [...found, ...checkCpu(result)];
}

export const refusals = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ severity }) => severity === 'refuse');
