/**
 * What is demanded while a bench measures (CHECKS 4.3): each check's limit, source and action. The functions are pure:
 * what instruments told in, what is wrong out. A session waits, measures again, marks or refuses; it never repairs.
 *
 *   wait     until it holds, for as long as the protocol is patient; then the session stops with exit 3 and can go on later
 *   retry    the round stays in the data, left out of the means, and another one is measured in its place
 *   warn     told, and kept in the findings
 */
import type { Finding, Severity } from '../../../pipeline/findings.js';
import { ranCheck } from './journal.js';

export type Action = 'wait' | 'retry' | 'warn';

export interface LiveCheck {
  readonly check: string;
  /** NaN where it is about words. */
  readonly limit: number;
  readonly action: Action;
  readonly source: string;
  /** What it protects from. */
  readonly about: string;
}

export const liveChecks = {
  clockStep_ms: { check: '2', limit: 5, action: 'retry', source: 'derived; zeus and sustainlp2020 as warnings', about: 'UTC was set during a round' },
  clockSlew_ppm: { check: '2', limit: 100, action: 'retry', source: 'derived: UTC against CLOCK_MONOTONIC_RAW', about: 'the clock was slewed during a round' },
  gapIntervals: { check: '4', limit: 3.5, action: 'retry', source: 'derived: two lines lost in a row pass', about: 'meter, logger or driver fell silent' },
  linesMissing: { check: '4', limit: 3, action: 'retry', source: 'derived; EEHPC asks how missing samples are filled', about: 'lines of the meter were lost' },
  lines: { check: '5', limit: 60, action: 'retry', source: 'MLPerf training: 60 samples', about: 'a mean of too few lines' },
  rangeHigh_pct: { check: '8', limit: 90, action: 'retry', source: 'SPEC ranging; power-dev#273', about: 'a meter at the end of its range clips' },
  cpuLoad_pct: { check: '14', limit: 0.1, action: 'wait', source: 'IrEne 5.2', about: 'somebody else works on the machine' },
  standby_w: { check: '14', limit: 1, action: 'wait', source: 'derived: 1 W or 1 % above standby', about: 'something else draws power' },
  standbyDrift_pct: { check: '15', limit: 1, action: 'warn', source: 'LLenergyMeasure: standby moved by 8.7 W', about: 'the baseline moves (fans, updates, the room)' },
  startTemperature_c: { check: '16', limit: 2, action: 'wait', source: 'Zeus; derived', about: 'a hot GPU leaks more and throttles sooner' },
  warmUpRuns: { check: '16', limit: 10, action: 'retry', source: 'Zeus: 10 iterations', about: 'first runs allocate, tune and compile' },
  variation_pct: { check: '17', limit: 1, action: 'retry', source: 'IrEne 5.2: coefficient of variation over 5 rounds', about: 'a mean that is not one' },
  drift_pct: { check: '18', limit: 5, action: 'retry', source: 'MLPerf phases, inference#1340', about: 'rounds that are not alike' },
  throttled: { check: '19', limit: 0, action: 'retry', source: "NVML's throttle reasons 0x8, 0x20, 0x40, 0x80", about: 'a throttled GPU is another GPU' },
  powerCap_pct: { check: '20', limit: 0, action: 'warn', source: "NVML's throttle reason 0x4", about: 'the power limit sets the clock' },
  gpuIdle_pct: { check: '20', limit: 1, action: 'warn', source: "NVML's throttle reason 0x1", about: 'the GPU waited for the CPU' },
  clockVariation_pct: { check: '21', limit: 1, action: 'warn', source: 'NVIDIA: -lgc', about: 'free clocks vary from round to round' },
  round_s: { check: '22', limit: 20, action: 'warn', source: 'IrEne 5.2; Yang et al.', about: 'short rounds: edges weigh' },
  aboveWall: { check: '24', limit: 1, action: 'retry', source: 'derived: the wall feeds the GPU', about: 'instruments that contradict each other' },
  ofStandby: { check: '24', limit: 0.9, action: 'retry', source: 'derived: nothing draws less than standby', about: 'a meter on another cable' },
  exclusive: { check: '27', limit: 0, action: 'wait', source: 'IrEne 5.2; codecarbon#629', about: 'joules of another program' },
  ran: { check: ranCheck, limit: NaN, action: 'warn', source: 'the node runner', about: 'a node that cannot be run here' },
  meter: { check: 'meter', limit: NaN, action: 'warn', source: 'the description of the bench', about: 'GPU joules that are taken for the wall’s' },
  instruments: { check: 'instruments', limit: NaN, action: 'warn', source: 'meter and logger', about: 'what befell the instruments' },
} as const satisfies Record<string, LiveCheck>; // prettier-ignore

/** 14, 16, 27: a wait between rounds that lasted longer than this, s, is told (LLenergyMeasure: a cool-down of 60 s). */
export const longWait_s = 60;

/** 22: a round's length, s, from which NVML alone can be believed (Yang et al.); with a meter it is that of `round_s`. */
export const gpuRound_s = 5;

/** NVML's clocks throttle reasons that make a round another GPU's: HW slowdown, SW and HW thermal, power brake. */
export const throttleBits = 0x8 | 0x20 | 0x40 | 0x80;
export const powerCapBit = 0x4;
export const idleBit = 0x1;

/** Something that does not hold. */
export interface Broken {
  readonly check: LiveCheck;
  readonly value: number | null;
  readonly message: string;
}

export const broken = (check: LiveCheck, value: number | null, message: string): Broken => ({ check, value, message });

const severities: Readonly<Record<Action, Severity>> = {
  wait: 'warn',
  retry: 'exclude',
  warn: 'warn',
};

/** What it becomes in the dataset of findings; a round that was measured again is `exclude`. */
export function findingOf(
  { check, value, message }: Broken,
  subject: string,
  severity = severities[check.action],
): Finding {
  const limit = Number.isNaN(check.limit) ? null : check.limit;
  return { check_id: check.check, severity, subject, value, limit, source: check.source, message };
}
