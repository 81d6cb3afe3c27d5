/**
 * What align demands of a session's logs: every limit with its source, and the checks of the session as a whole; those
 * of single rounds are in round_checks.ts. A check gives findings and never stops at its first one. A session's checks
 * are told even where they hold, so that a reader sees the value.
 */
import type { Finding, Severity } from '../../pipeline/findings.js';
import type { Clock, NoClock } from './clock.js';
import type { FurthestOff } from './clock_holds.js';
import type { Lag } from './lag.js';
import { isMetered, type MeteredFacts, type Quality, type SessionFacts } from './rows.js';

/** What a check holds a value against; `limit` is NaN where it compares words. */
export interface Limit {
  readonly check: string;
  readonly limit: number;
  readonly source: string;
}

export const limits = {
  clockResidual_ms: { check: '1', limit: 40, source: 'derived: 0.1 % of a 20 s round, 2 · 0.04 s · 50 % step / 20 s' },
  clockDrift_ppm: { check: '1', limit: 500, source: "derived: five times a poor quartz's 100 ppm" },
  interval_pct: { check: '3', limit: 5, source: 'IrEne A.3: 170 ms' },
  linesMissing: { check: '4', limit: 3, source: 'derived; EEHPC asks how missing samples are filled' },
  sessionMissing_pct: { check: '4', limit: 1, source: 'derived; EEHPC asks how missing samples are filled' },
  lines: { check: '5', limit: 60, source: 'MLPerf training: 60 samples' },
  effectiveRate_pct: { check: '6', limit: 90, source: 'powerstamp; Zeus drops repeated samples' },
  invalid_pct: { check: '7', limit: 0.5, source: 'MLPerf power-dev#297' },
  rangeLow_pct: { check: '8', limit: 10, source: 'SPEC ranging; power-dev#273' },
  rangeHigh_pct: { check: '8', limit: 90, source: 'SPEC ranging; power-dev#273' },
  equalMaxima: { check: '8', limit: 3, source: 'derived: a clipped peak repeats' },
  powerFactor: { check: '12', limit: NaN, source: 'V·I is apparent power' },
  variation_pct: { check: '17', limit: 1, source: 'IrEne 5.2: coefficient of variation over 5 rounds' },
  drift_pct: { check: '18', limit: 5, source: 'MLPerf phases, inference#1340' },
  gpuOfWall: { check: '24', limit: 1, source: 'derived: the wall feeds the GPU' },
  ofStandby: { check: '24', limit: 0.9, source: 'derived: nothing draws less than standby' },
  roundsLeft: { check: 'rounds_left', limit: 3, source: 'derived: a spread needs three rounds' },
  gpuLag: { check: 'gpu_lag', limit: NaN, source: 'least squares on the two power logs' },
  meter: { check: 'meter', limit: NaN, source: "the session's description of the bench" },
  untold: { check: 'untold', limit: NaN, source: 'the resource log' },
  meterKind: { check: 'meter_kind', limit: NaN, source: "the session's description of the meter" },
} as const satisfies Record<string, Limit>;

/** A gap is a silence longer than so many intervals: two lines lost in a row pass (check 4, derived). */
export const gapIntervals = 3.5;

export function finding(
  of: Limit,
  severity: Severity,
  subject: string,
  value: number | null,
  message: string,
): Finding {
  const limit = Number.isNaN(of.limit) ? null : of.limit;
  return { check_id: of.check, severity, subject, value, limit, source: of.source, message };
}

const notStated = (of: Limit, subject: string, what: string): Finding =>
  finding(of, 'info', subject, null, `not stated: ${what}`);

export const pct = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);

/** 1: do the edges of the sync bursts lie on one line, and does it hold for all of the session? */
export function clockFits(session: string, clock: Clock | NoClock): Finding[] {
  const of = limits.clockResidual_ms;
  if ('refused' in clock) return [finding(of, 'refuse', session, null, clock.refused)];
  const { residual_ms, reach_ms, edges, drift_ppm } = clock;
  if (edges === 0) return [finding(of, 'info', session, null, 'one clock stamped both logs, as stated: not checked')];
  const judged = (value: number, { limit }: Limit = of): Severity => (value <= limit ? 'info' : 'refuse');
  const drift = `the meter's clock runs off by ${drift_ppm.toFixed(1)} ppm`;
  const fast = Math.abs(drift_ppm);
  const off = `${edges} sync edges lie ${residual_ms.toFixed(2)} ms (MAD) off the line of the two clocks`;
  const reach = `at the session's ends the line is uncertain by ${reach_ms.toFixed(2)} ms (standard error)`;
  return [
    finding(of, judged(residual_ms), session, residual_ms, off),
    finding(of, judged(reach_ms), session, reach_ms, reach),
    finding(limits.clockDrift_ppm, judged(fast, limits.clockDrift_ppm), session, fast, drift),
  ];
}

/** 1: does that line hold between the bursts too, or was the meter's clock set? */
export function clockHolds({ session, first_us }: SessionFacts, found: FurthestOff | null): Finding[] {
  const of = limits.clockResidual_ms;
  if (!found) return [notStated(of, session, 'edges of rounds that show whether the clock holds between the bursts')];
  const { off_ms, host_us, edges } = found;
  const severity = off_ms <= of.limit ? 'info' : 'refuse';
  const when = `${((host_us - first_us) / 60e6).toFixed(1)} min after the session began`;
  const told = `of ${edges} edges of rounds those ${when} are furthest off the line: ${off_ms.toFixed(1)} ms`;
  return [finding(of, severity, session, off_ms, severity === 'info' ? told : `${told}; was a clock set?`)];
}

/** 3: does an instrument keep its interval? */
function interval(session: string, log: string, found_us: number | null, nominal_us: number): Finding {
  const of = limits.interval_pct;
  if (found_us === null) return finding(of, 'warn', session, null, `${log}: fewer than two samples`);
  const off_pct = pct(Math.abs(found_us - nominal_us), nominal_us);
  const message = `${log}: median interval ${found_us / 1e3} ms, nominal ${nominal_us / 1e3} ms`;
  return finding(of, off_pct <= of.limit ? 'info' : 'warn', session, off_pct, message);
}

const loggerInterval = ({ session, resource_period_us }: SessionFacts, { sample_us }: Quality): Finding =>
  interval(session, 'resource logger', sample_us, resource_period_us);

const intervals = (facts: MeteredFacts, quality: Quality): Finding[] => [
  interval(facts.session, 'power meter', quality.interval_us, facts.meter_period_us),
  loggerInterval(facts, quality),
];

export const missing_pct = ({ lines, repeated, missing }: Quality): number => pct(missing, lines - repeated + missing);

/** 4: how many lines lack in the whole session? Where too many do, a round must not lack a single one. */
export function sessionLosses({ session }: SessionFacts, quality: Quality): Finding {
  const of = limits.sessionMissing_pct;
  const value = missing_pct(quality);
  const message = `${quality.missing} meter lines are missing by their numbers`;
  if (value <= of.limit) return finding(of, 'info', session, value, message);
  return finding(of, 'warn', session, value, `${message}: rounds that lack any are excluded`);
}

/** 6: does the meter deliver as many different lines as it should? */
export function effectiveRate({ session, meter_noisy, meter_period_us }: MeteredFacts, quality: Quality): Finding {
  const of = limits.effectiveRate_pct;
  const { lines, repeated, same_values, first_us, last_us } = quality;
  const different = lines - repeated - (meter_noisy ? same_values : 0);
  const expected = first_us === null || last_us === null ? 0 : (last_us - first_us) / meter_period_us + 1;
  const value = pct(different, expected);
  const message = `${different} different lines of ${Math.round(expected)}; ${repeated} came twice`;
  return finding(of, value >= of.limit ? 'info' : 'warn', session, value, message);
}

/** 7: how many lines hold no possible value? They are never used. */
export function sessionInvalid({ session }: SessionFacts, quality: Quality): Finding {
  const value = pct(quality.invalid, quality.lines);
  const message = `${quality.invalid} lines with invalid values (no number, or negative), none used`;
  return finding(limits.invalid_pct, 'info', session, value, message);
}

/** 8: does the current use the meter's range, without touching its end? */
export function range({ session, meter_range_a }: SessionFacts, { peak_a, at_peak }: Quality): Finding[] {
  const { rangeLow_pct: low, rangeHigh_pct: high, equalMaxima } = limits;
  if (meter_range_a === null) return [notStated(high, session, "the meter's current range")];
  if (peak_a === null) return [];
  const value = pct(peak_a, meter_range_a);
  const broken = value < low.limit ? low : high;
  const severity = value < low.limit || value > high.limit ? 'refuse' : 'info';
  const found = [
    finding(broken, severity, session, value, `peak current ${peak_a} A of a range of ${meter_range_a} A`),
  ];
  if (value > high.limit && at_peak >= equalMaxima.limit) {
    const message = `${at_peak} lines share the peak current: the meter is at the end of its range`;
    found.push(finding(equalMaxima, 'warn', session, at_peak, message));
  }
  return found;
}

/** 12: are the joules real, or volt-amperes times seconds? */
export function apparentPower({ session, power_factor_source }: MeteredFacts, quality: Quality): Finding {
  const of = limits.powerFactor;
  const without = quality.lines - quality.real_power - quality.with_factor;
  if (without > 0) {
    return finding(of, 'info', session, without, `${without} lines tell no real power: their energy is V·I (VA·s)`);
  }
  return finding(of, 'info', session, null, `real power, its power factor ${power_factor_source}`);
}

/** Is the meter read as what the session says that it is? */
export function meterKind({ session, meter, meter_kind }: MeteredFacts, configured: string): Finding[] {
  if (meter_kind === configured) return [];
  const message = `${meter} is a ${meter_kind} meter, but align.meter is ${configured}`;
  return [finding(limits.meterKind, 'warn', session, null, message)];
}

/** How far does the GPU's power lag the wall's, and over what does it average? Told where no burst ties the logs. */
export function gpuLag({ session }: SessionFacts, found: Lag | { readonly refused: string }): Finding {
  const of = limits.gpuLag;
  const log = "the GPU's power against the meter's";
  if ('refused' in found) return finding(of, 'info', session, null, `${log}: not identifiable: ${found.refused}`);
  const { lag, window, interval_ms, explained } = found;
  const told = ({ ms, low_ms, high_ms, told }: Lag['lag']): string => {
    const range = `${low_ms.toFixed(0)} to ${high_ms.toFixed(0)} ms`;
    return told ? `${ms.toFixed(0)} ms (95 %: ${range})` : `not identifiable (${range} fit alike)`;
  };
  const middle = lag.told && window.told ? `, ${(lag.ms + window.ms / 2).toFixed(0)} ms from its middle` : '';
  const message = [
    `${log}: lag ${told(lag)}, averaging window ${told(window)}, a new value every ${interval_ms.toFixed(0)} ms`,
    `${(100 * explained).toFixed(2)} % of its variance explained`,
    `the lag is from the end of that window to the stamp${middle}`,
    // Nothing averages what is yet to come.
    ...(lag.high_ms < 0
      ? [`below 0: the stamps of the two logs are at least ${(-lag.high_ms).toFixed(0)} ms apart`]
      : []),
  ].join('; ');
  return finding(of, 'info', session, lag.told ? lag.ms : null, message);
}

/** 24: physics can only be held against what is stated. */
export function statedPhysics({ session, standby_w }: SessionFacts, { gpu_counters, gpu_powers }: Quality): Finding[] {
  return [
    ...(standby_w === null ? [notStated(limits.ofStandby, session, 'standby power')] : []),
    ...(gpu_counters + gpu_powers === 0 ? [notStated(limits.gpuOfWall, session, 'power of the GPU')] : []),
  ];
}

/** Columns that nothing on the bench tells: they are null, and what needs them cannot be had. */
const untoldColumns = ({ session }: SessionFacts, { untold }: Quality): Finding[] =>
  untold === ''
    ? []
    : [finding(limits.untold, 'info', session, null, `no sample tells ${untold}: null in every round`)];

/** Without a meter: the checks that it would answer are told as not stated, none of them passes. */
function unmetered(facts: SessionFacts): Finding[] {
  const { clockResidual_ms, linesMissing, lines, effectiveRate_pct, invalid_pct, rangeHigh_pct, powerFactor } = limits;
  const { session } = facts;
  const of = [clockResidual_ms, linesMissing, lines, effectiveRate_pct, invalid_pct, rangeHigh_pct, powerFactor];
  const none = 'no power meter: joules are the GPU’s alone, the wall’s are not known';
  return [
    finding(limits.meter, 'warn', session, null, none),
    ...[...of, limits.gpuOfWall, limits.ofStandby].map((limit) => notStated(limit, session, 'there is no power meter')),
  ];
}

/** Every finding about the session as a whole. */
export function sessionFindings(
  facts: SessionFacts,
  quality: Quality,
  clock: Clock | NoClock,
  configuredMeter: string,
): Finding[] {
  if (!isMetered(facts)) {
    return [...unmetered(facts), loggerInterval(facts, quality), ...untoldColumns(facts, quality)];
  }
  return [
    ...clockFits(facts.session, clock),
    ...intervals(facts, quality),
    sessionLosses(facts, quality),
    effectiveRate(facts, quality),
    sessionInvalid(facts, quality),
    ...range(facts, quality),
    apparentPower(facts, quality),
    ...statedPhysics(facts, quality),
    ...meterKind(facts, configuredMeter),
    ...untoldColumns(facts, quality),
  ];
}
