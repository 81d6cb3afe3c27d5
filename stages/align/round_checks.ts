/**
 * The checks of single rounds and of a measurement's rounds together. A round that one of them excludes stays in the
 * data, is left out of the means and listed; a measurement left with too few rounds refuses.
 */
import type { Finding, Severity } from '../../pipeline/findings.js';
import { finding, gapIntervals, type Limit, limits, missing_pct, pct } from './checks.js';
import type { Quality, RoundEnergy, SessionFacts } from './rows.js';

/** A finding and the rounds (by their place) that it leaves out of the means. */
interface Verdict {
  readonly finding: Finding;
  readonly rounds: readonly number[];
}

interface Standing {
  readonly rounds: readonly RoundEnergy[];
  /** Places of the rounds that no earlier check excluded. */
  readonly places: readonly number[];
  readonly facts: SessionFacts;
  readonly quality: Quality;
  readonly maxGap_ms: number;
}

type RoundCheck = (standing: Standing) => Verdict[];

/** A check of single rounds: the finding's severity, value and message, or null where the round holds. */
const eachRound =
  (
    of: Limit,
    severity: Severity,
    look: (round: RoundEnergy, standing: Standing) => [number, string] | null,
  ): RoundCheck =>
  (standing) =>
    standing.places.flatMap((place) => {
      const round = standing.rounds[place];
      const broken = look(round, standing);
      const subject = `${round.measurement_id} round ${round.round}`;
      return broken ? [{ finding: finding(of, severity, subject, ...broken), rounds: [place] }] : [];
    });

/** A check of a measurement's standing rounds together. */
const eachMeasurement =
  (of: Limit, severity: Severity, look: (rounds: readonly RoundEnergy[]) => [number, string] | null): RoundCheck =>
  ({ rounds, places }) =>
    byMeasurement(rounds, places).flatMap(([subject, own]) => {
      const broken = look(own.map((place) => rounds[place]));
      return broken ? [{ finding: finding(of, severity, subject, ...broken), rounds: own }] : [];
    });

/** The places of each measurement's rounds, in order of its first. */
function byMeasurement(rounds: readonly RoundEnergy[], places: readonly number[]): [string, number[]][] {
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const group = groups.get(rounds[place].measurement_id);
    if (group) group.push(place);
    else groups.set(rounds[place].measurement_id, [place]);
  }
  return [...groups];
}

const duration_s = ({ start_us, end_us }: RoundEnergy): number => (end_us - start_us) / 1e6;

/** 4: silences of the meter. The limit is the configured one. */
const silences: RoundCheck = (standing) =>
  eachRound({ ...limits.linesMissing, limit: standing.maxGap_ms }, 'exclude', (round) => {
    if (round.gap_s === null || round.gap_s === 0) return null;
    const message = `the meter tells nothing of ${round.gap_s.toFixed(3)} s of the round`;
    return [round.silence_ms ?? round.gap_s * 1e3, round.silence_ms === null ? `${message}: outside its log` : message];
  })(standing);

/** 4: lines missing in a round, where it is not a silence that has them. */
const lostLines: RoundCheck = (standing) => {
  const tolerated = missing_pct(standing.quality) <= limits.sessionMissing_pct.limit ? limits.linesMissing.limit : 0;
  return eachRound({ ...limits.linesMissing, limit: tolerated }, 'exclude', ({ lines_missing, gap_s }) =>
    gap_s === 0 && lines_missing !== null && lines_missing > tolerated
      ? [lines_missing, `${lines_missing} meter lines are missing`]
      : null,
  )(standing);
};

/** 4: silences of the resource logger, or of the GPU's driver in it. */
const gpuSilences: RoundCheck = (standing) =>
  eachRound(
    { ...limits.linesMissing, limit: (gapIntervals * standing.facts.resource_period_us) / 1e3 },
    'exclude',
    (round, { quality }) => {
      if (quality.gpu_counters + quality.gpu_powers === 0 || round.gpu_gap_s === 0) return null;
      return [round.gpu_gap_s * 1e3, `the GPU's power is not known for ${round.gpu_gap_s.toFixed(3)} s of the round`];
    },
  )(standing);

/** 7: lines of a round that hold no possible value. */
const invalidLines = eachRound(limits.invalid_pct, 'exclude', ({ lines, lines_invalid }) => {
  if (lines === null || lines_invalid === null) return null;
  const value = pct(lines_invalid, lines + lines_invalid);
  return value > limits.invalid_pct.limit ? [value, `${lines_invalid} lines with invalid values`] : null;
});

/** 5: lines in a round. */
const fewLines = eachRound(limits.lines, 'refuse', ({ lines }) =>
  lines !== null && lines < limits.lines.limit ? [lines, `${lines} meter lines are too few for a mean`] : null,
);

/** 24: the GPU's energy is part of the wall's. */
const gpuBelowWall = eachRound(limits.gpuOfWall, 'refuse', ({ gpu_j, wall_j }) => {
  if (gpu_j === null || wall_j === null || gpu_j <= wall_j) return null;
  return [gpu_j / wall_j, `the GPU's ${gpu_j} J a run exceed the wall's ${wall_j} J`];
});

/** 24: the wall draws no less than standby. */
const wallAboveStandby = eachRound(limits.ofStandby, 'refuse', (round, { facts: { standby_w } }) => {
  if (standby_w === null || round.wall_j === null) return null;
  const wall_w = (round.wall_j * round.repeats) / duration_s(round);
  if (wall_w >= limits.ofStandby.limit * standby_w) return null;
  return [wall_w / standby_w, `${wall_w.toFixed(2)} W at the wall is less than 0.9 of the standby's ${standby_w} W`];
});

/** 17: the energy's coefficient of variation over the rounds: at the wall, or the GPU's where there is no meter. */
const variation = eachMeasurement(limits.variation_pct, 'exclude', (rounds) => {
  const scope = rounds.every(({ gap_s }) => gap_s === null) ? 'GPU' : 'wall';
  const energies = rounds.flatMap(({ wall_j, gpu_j }) => (scope === 'GPU' ? gpu_j : wall_j) ?? []);
  if (energies.length < 2) return null;
  const mean = energies.reduce((sum, j) => sum + j, 0) / energies.length;
  const variance = energies.reduce((sum, j) => sum + (j - mean) ** 2, 0) / (energies.length - 1);
  const value = pct(Math.sqrt(variance), mean);
  if (value < limits.variation_pct.limit) return null;
  return [value, `${scope} energy varies by ${value.toFixed(2)} % over ${rounds.length} rounds`];
});

/** 18: the longest run against the shortest. */
const latencyDrift = eachMeasurement(limits.drift_pct, 'refuse', (rounds) => {
  const latencies = rounds.map(({ latency_s }) => latency_s);
  const least_s = Math.min(...latencies);
  const value = pct(Math.max(...latencies) - least_s, least_s);
  return value > limits.drift_pct.limit ? [value, `latency differs by ${value.toFixed(2)} % between rounds`] : null;
});

/** Checks in groups; those of a group see the rounds that no earlier group excluded. */
const groups: readonly (readonly RoundCheck[])[] = [
  [silences, lostLines, gpuSilences, invalidLines],
  [fewLines, gpuBelowWall, wallAboveStandby],
  [variation, latencyDrift],
];

/** A measurement left with fewer rounds than there must be. */
function tooFewRounds(
  rounds: readonly RoundEnergy[],
  excludedBy: readonly (readonly string[])[],
  least: number,
): Finding[] {
  const of = { ...limits.roundsLeft, limit: least };
  return byMeasurement(rounds, [...rounds.keys()]).flatMap(([subject, own]) => {
    const left = own.filter((place) => excludedBy[place].length === 0).length;
    if (left >= of.limit) return [];
    const by = [...new Set(own.flatMap((place) => excludedBy[place]))].sort();
    const why = by.length > 0 ? `: the others are left out by check ${by.join(', ')}` : '';
    return [finding(of, 'refuse', subject, left, `${left} of ${own.length} rounds are left${why}`)];
  });
}

/** Every finding about rounds, and for each round the checks that exclude it. */
export function judgeRounds(
  rounds: readonly RoundEnergy[],
  facts: SessionFacts,
  quality: Quality,
  maxGap_ms: number,
  leastRounds: number,
): { readonly findings: Finding[]; readonly excludedBy: readonly (readonly string[])[] } {
  const excludedBy = rounds.map(({ left_out_by }) => new Set(left_out_by?.split(', ')));
  const found: Finding[] = [];
  for (const checks of groups) {
    const places = rounds.map((_, place) => place).filter((place) => excludedBy[place].size === 0);
    const verdicts = checks.flatMap((check) => check({ rounds, places, facts, quality, maxGap_ms }));
    for (const { finding, rounds: own } of verdicts) {
      found.push(finding);
      for (const place of own) excludedBy[place].add(finding.check_id);
    }
  }
  const lists = excludedBy.map((checks) => [...checks]);
  return { findings: [...found, ...tooFewRounds(rounds, lists, leastRounds)], excludedBy: lists };
}
