/** How many metered nodes a calibration needs: the law's error when it is fitted on a few of them. */
import { beyondPaper, label } from '../names.js';
import type { Output } from '../output.js';
import { queryRows } from '../query_rows.js';
import { settingLabel } from '../settings.js';

/** Metered nodes of a calibration. */
const counts = [3, 5, 10, 20, 50, 100];

/** Calibrations drawn for each count. */
const draws = 200;

interface Measurement {
  model: string;
  is_root: boolean;
  wall_j: number;
  gpu_j: number;
  latency_s: number;
}

/** The value that a share of the sorted values does not exceed; null without any. */
const quantile = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? null;

export const calibrationSize: Output = {
  id: 'calibration_size',
  title: 'How many metered nodes a calibration needs',
  caption: `Mean error in % of whole models, each held out in turn, when the wall-power law is calibrated on nodes drawn at random from the other models: over ${draws} draws.`,
  reads: ['features'],
  paper: [],
  async build({ database }) {
    const rows = await queryRows<Measurement>(database, new URL('./calibration_size.sql', import.meta.url));
    // Loaded here: listing the tables must not load linear algebra.
    const { calibrationErrors } = await import('../../energy/predictors/calibration_size.js');
    const nodes = rows.map(({ model, is_root, wall_j, gpu_j, latency_s }) => ({
      model,
      isRoot: is_root,
      wallJ: wall_j,
      gpuJ: gpu_j,
      latencyS: latency_s,
    }));
    const found = counts.map((count) => ({ count, errors: calibrationErrors(nodes, count, draws) }));
    const refused = found.flatMap(({ count, errors }) =>
      errors?.refused ? [`${errors.refused} draws of ${count} nodes`] : [],
    );
    return {
      columns: [
        { name: 'setting', title: 'Known of the model', unit: '' },
        { name: 'predictor', title: 'Predictor', unit: '' },
        { name: 'nodes', title: 'Metered nodes', unit: '' },
        { name: 'median', title: 'Median', unit: '%', decimals: 2 },
        { name: 'p95', title: '95 % of draws within', unit: '%', decimals: 2 },
        { name: 'worst', title: 'Worst draw', unit: '%', decimals: 2 },
      ],
      rows: found.map(({ count, errors }) => ({
        setting: settingLabel('profiled'),
        predictor: beyondPaper('law'),
        nodes: label(String(count)),
        median: errors && quantile(errors.errorsPct, 0.5),
        p95: errors && quantile(errors.errorsPct, 0.95),
        worst: errors && quantile(errors.errorsPct, 1),
      })),
      notes: [
        `${nodes.length} nodes to draw from, each a measurement of its own. The wall meter is needed on the drawn nodes alone; the model that is predicted needs its latency and GPU energy. pipeline calibrate --from does this on a table of one’s own.`,
        ...(refused.length > 0
          ? [`Refused, since the drawn nodes do not tell the constants apart: ${refused.join(', ')}.`]
          : []),
        ...(found.some(({ errors }) => !errors) ? ['This run has too few nodes for some of the lines.'] : []),
      ],
    };
  },
};
