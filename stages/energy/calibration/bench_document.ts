/** The description of a calibrated bench, in the shape of data/benches/: what `predict --on FILE` reads. */
import { levels } from '../predictors/forest.js';
import { assumedWidening, nominalCoverage } from '../predictors/intervals.js';
import { lawParts } from '../predictors/law.js';
import { fittedText, partsOf, type Coverage, type PredictorFile } from '../predictors/predictor_file.js';
import type { Part } from '../predictors/predictor.js';
import { rangesOf } from '../predictors/range.js';
import type { Calibration } from './calibrate.js';
import { figuresOf } from './figures.js';
import type { Law } from './fit.js';
import { tableInterval, type TableInterval } from './interval.js';
import { groupsOf, type Points } from './points.js';

export interface Origin {
  readonly name: string;
  /** The table as the user named it. */
  readonly file: string;
  /** The command that gives the same document again. */
  readonly madeBy: string;
  /** The column of the groups, or null where they are blocks of GPU power. */
  readonly groupColumn: string | null;
}

/** Digits of a constant: far below any uncertainty, and the same on every machine. */
const constant = (value: number): number => Number(value.toPrecision(10));

/** The range of loads, named as the predictor `law` looks for it. */
function ranges(points: Points): Part[] {
  const { gpuJ, timeS, cpu } = points;
  const columns = [
    { name: 'GPU power', unit: 'W', of: (i: number) => gpuJ[i] / timeS[i] },
    ...(cpu?.unit === 'pct' ? [{ name: 'CPU load', unit: '%', of: (i: number) => cpu.values[i] / timeS[i] }] : []),
  ];
  return rangesOf({ group: () => 'load', columns }, Int32Array.from(points.row.keys()));
}

/** A table knows no levels: the same for each, as intervals.ts reads them. */
const intervals = ({ halfWidth }: TableInterval): Part[] =>
  levels.map((level) => ({
    name: `interval/${level}`,
    terms: ['coverage', 'exponent', 'half_width', 'half_width_extrapolated'],
    values: Float64Array.of(nominalCoverage, 0, halfWidth, assumedWidening * halfWidth),
  }));

/** The fitted parts of the predictor `law`. */
function partsOfLaw(law: Law, points: Points, interval: TableInterval): Record<string, Record<string, number>> {
  const shared = [...lawParts(law), ...ranges(points), ...intervals(interval)].map((part) => ({
    ...part,
    values: part.values.map(constant),
  }));
  return partsOf({ variant: 'clean', fold: 'none', shared, seeds: [] });
}

export interface BenchDocument {
  readonly name: string;
  readonly calibration: ReturnType<typeof figuresOf>;
  readonly predictors: PredictorFile;
}

const pct = (part: number): number => Number((100 * part).toFixed(2));

/** How often the others' errors cover a group: a table's rows stand for whole models, as `predict` has them. */
const coverageOf = ({ points }: Calibration, { halfWidth, covered }: TableInterval): Coverage => ({
  predictor: 'law',
  split: 'leave_group_out',
  level: 'model',
  n: points.row.length,
  nominal_pct: pct(nominalCoverage),
  empirical_pct: pct(covered),
  half_width_pct: pct(halfWidth),
});

/** Called with a calibration that is not refused. */
export function benchDocument(calibration: Calibration, { name, file, madeBy, groupColumn }: Origin): BenchDocument {
  const { points } = calibration;
  const law = calibration.law!;
  const interval = tableInterval(points, calibration.leftOut);
  const groups = groupsOf(points);
  const by =
    groupColumn === null ? `${groups.length} blocks of GPU power` : `${groups.length} groups of ${groupColumn}`;
  return {
    name,
    calibration: figuresOf(calibration),
    predictors: {
      bench: name,
      source: `measurements of ${file}: ${points.row.length} rows, ${by}`,
      made_by: madeBy,
      fitted_on: { file, rows: points.row.length, groups },
      coverage: [coverageOf(calibration, interval)],
      predictors: { law: partsOfLaw(law, points, interval) },
    },
  };
}

/** The text of the file; equal documents give equal bytes. */
export const benchText = (bench: BenchDocument): string => fittedText(bench.predictors.made_by, bench);
