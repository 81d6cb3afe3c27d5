import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Database } from '../../../../pipeline/database.js';
import { coverageOf } from '../../../../stages/energy/calibration/coverage.js';

test('coverage is the share of measurements within the intervals stated for them', async () => {
  const database = await Database.open();
  await database.run(`CREATE TABLE predictions AS SELECT * FROM (VALUES
    ('law', 'clean', 'leave_model_out', 'model', 10.0, 10.0, 9.0, 11.0),
    ('law', 'clean', 'leave_model_out', 'model', 12.0, 10.0, 9.0, 11.0),
    ('law', 'clean', 'leave_model_out', 'model', 11.0, 10.0, 9.0, 11.0),
    ('law', 'clean', 'leave_model_out', 'ml', 1.0, 1.0, 0.8, 1.2),
    ('law', 'clean', 'leave_model_out', 'ml', 1.0, 1.0, NULL, NULL),
    ('law', 'paper', 'leave_model_out', 'ml', 9.0, 1.0, 0.8, 1.2),
    ('end2end', 'clean', 'leave_model_out', 'model', 9.0, 1.0, 0.8, 1.2)
  ) AS t(predictor, variant, split, level, wall_j, predicted_j, low_j, high_j)`);
  const rows = await coverageOf(database, ['law']);
  database.close();
  const of = { predictor: 'law', split: 'leave_model_out', nominal_pct: 90 };
  assert.equal(rows, [
    { ...of, level: 'ml', n: 1, empirical_pct: 100, half_width_pct: 20 },
    { ...of, level: 'model', n: 3, empirical_pct: 66.67, half_width_pct: 10 },
  ]);
});

test.run();
