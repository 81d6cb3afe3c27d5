/** What is demanded of a resource log before anything is computed from it: findings, never a first one that ends all. */
import type { Finding, Severity } from '../../../../pipeline/findings.js';
import type { EndRecord, RunRecord, SchedulingRecord } from './logger_line.js';

/** What a log was found to be like; shares are of the samples named with them. */
export interface LogQuality {
  /** Lines that no writer wrote so, and those that a killed logger left unfinished. */
  readonly damaged_lines: number;
  readonly torn_lines: number;
  readonly samples: number;
  /** Ticks that the machine came too late for. */
  readonly missed_ticks: number;
  /** Samples left out because /proc could not be read. */
  readonly samples_without_host: number;
  readonly gpu_readings: number;
  /** Readings left out because the driver took so long that they no longer belong to their sample. */
  readonly late_gpu_readings: number;
  /** Readings in which a call failed, by NVML's return code. */
  readonly nvml_errors: ReadonlyMap<number, number>;
  /** Greatest change of UTC minus monotonic time between two samples. */
  readonly greatest_step_us: number;
  /** How much faster UTC ran than the clock that nobody slews; null where the log is too short to tell. */
  readonly slew_ppm: number | null;
  /** How soon the logger's thread ran when it was due, at each start. */
  readonly scheduling: readonly SchedulingRecord[];
  /** Runs that ended when they were asked to. */
  readonly ended: readonly { readonly run: RunRecord; readonly end: EndRecord }[];
}

const limits = {
  damaged: { check_id: 'logger_lines', limit: 0, source: 'derived: one write a line' },
  missed_pct: { check_id: 'logger_ticks', limit: 1, source: 'derived; EEHPC asks how missing samples are filled' },
  host: { check_id: 'logger_host', limit: 0, source: 'derived: /proc can always be read' },
  late_pct: { check_id: 'logger_late_gpu', limit: 1, source: 'derived; EEHPC asks how missing samples are filled' },
  nvml: { check_id: 'logger_nvml', limit: 0, source: "NVML's return codes" },
  step_ms: { check_id: '2', limit: 5, source: 'derived: clock step of UTC against monotonic time' },
  slew_ppm: { check_id: '2', limit: 100, source: 'derived: slew of UTC against CLOCK_MONOTONIC_RAW' },
  cpu_pct: { check_id: '26', limit: 0.5, source: 'IrEne A.3' },
  memory_mib: { check_id: '26', limit: 15, source: 'IrEne A.3' },
} as const;

type Limit = (typeof limits)[keyof typeof limits];

/** A finding that is told where the limit holds, and is `broken` where it does not. */
function judged(of: Limit, broken: Severity, subject: string, value: number, message: string): Finding {
  return { ...of, severity: value <= of.limit ? 'info' : broken, subject, value, message };
}

const pct = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);

function clock(subject: string, { greatest_step_us, slew_ppm }: LogQuality): Finding[] {
  const step_ms = greatest_step_us / 1e3;
  const stepped = `UTC stepped by at most ${step_ms.toFixed(3)} ms between two samples`;
  const found = [judged(limits.step_ms, 'refuse', subject, step_ms, stepped)];
  if (slew_ppm === null) return found;
  const slewed = `UTC ran ${slew_ppm.toFixed(1)} ppm faster than the unslewed clock`;
  return [...found, { ...judged(limits.slew_ppm, 'refuse', subject, Math.abs(slew_ppm), slewed), value: slew_ppm }];
}

/** Told: on it the stamps of a busy machine depend, and no limit is set. */
function scheduled(subject: string, { scheduling }: LogQuality): Finding[] {
  const words = ({ policy, priority, memory_locked }: SchedulingRecord): string => {
    const how = { fifo: `before all others (SCHED_FIFO ${priority})`, nice: `with nice lowered by ${priority}` }[
      policy
    ];
    return `${how ?? 'as any other'}, its memory ${memory_locked ? '' : 'not '}locked`;
  };
  const found = [...new Set(scheduling.map(words))];
  if (found.length === 0) return [];
  const about = { check_id: 'logger_scheduling', severity: 'info', subject, value: null, limit: null } as const;
  return [{ ...about, source: "the logger's log", message: `the logger's thread ran ${found.join('; or ')}` }];
}

function overhead(subject: string, { ended }: LogQuality): Finding[] {
  return ended.flatMap(({ run, end }) => {
    const cpu_pct = pct(end.cpu_us, (end.mono_us - run.first_us) * run.cpu_threads);
    const cpu = judged(limits.cpu_pct, 'warn', subject, cpu_pct, `the logger took ${cpu_pct.toFixed(3)} % of the CPU`);
    if (end.peak_rss_kib === null) return [cpu];
    const memory_mib = end.peak_rss_kib / 1024;
    const message = `the logger took ${memory_mib.toFixed(1)} MiB of memory`;
    return [cpu, judged(limits.memory_mib, 'warn', subject, memory_mib, message)];
  });
}

/** Every finding about a log; `subject` is how it is named in them. */
export function loggerFindings(subject: string, quality: LogQuality): Finding[] {
  const { damaged_lines, torn_lines, samples, missed_ticks, samples_without_host } = quality;
  const { gpu_readings, late_gpu_readings, nvml_errors } = quality;
  const missed_pct = pct(missed_ticks, samples + missed_ticks);
  const late_pct = pct(late_gpu_readings, gpu_readings);
  const damaged = `${damaged_lines} damaged lines, none used; ${torn_lines} torn where the logger was killed`;
  const missed = `${missed_ticks} of ${samples + missed_ticks} ticks missed`;
  const host = `${samples_without_host} samples without CPU ticks or memory, left out`;
  const late = `${late_gpu_readings} of ${gpu_readings} GPU readings came too late for their sample, left out`;
  return [
    judged(limits.damaged, 'warn', subject, damaged_lines, damaged),
    judged(limits.missed_pct, 'warn', subject, missed_pct, missed),
    judged(limits.host, 'warn', subject, samples_without_host, host),
    judged(limits.late_pct, 'warn', subject, late_pct, late),
    ...[...nvml_errors].map(([code, count]) =>
      judged(
        limits.nvml,
        'warn',
        subject,
        count,
        `NVML answered error ${code} in ${count} readings: fields are absent`,
      ),
    ),
    ...clock(subject, quality),
    ...scheduled(subject, quality),
    ...overhead(subject, quality),
  ];
}
