/** What `run --dry-run` says of a live session: how many measurements are to be made, and which of them again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../../../pipeline/stage.js';
import { buildTree } from '../../../../stages/energy/tree/build.js';
import { Library } from '../../../../stages/energy/tree/library.js';
import { isMeasured } from '../../../../stages/energy/tree/measured.js';
import { forecast } from '../../../../stages/profile/live/forecast.js';
import { Journal, ranCheck, sessionFolder } from '../../../../stages/profile/live/journal.js';
import { profileParams } from '../../../../stages/profile/stage.js';
import { freshFolder } from '../../../pipeline/folder.js';

const [run, model] = ['our-box', 'distilbert-base-uncased'];
const trace = { models: [model], batch_sizes: [8], lengths: [32] };
const source: Source = {
  kind: 'live',
  label: 'measured live',
  place: {},
  about: { live: { meter: { type: 'emonpi' } } },
};

const told = (live = {}): string => forecast(profileParams.parse({ live }), source, model, run, trace as never)!;

/** Ends one measurement; `message` is why its node could not be run, or that its rounds differ. */
function failed(journal: Journal, measurement_id: string, check_id: string): void {
  journal.add({ kind: 'finding', check_id, severity: 'warn', subject: measurement_id, value: null, limit: null, source: 'here', message: 'failed' }); // prettier-ignore
  journal.add({ kind: 'done', measurement_id, outcome: 'failed' });
}

test('what could not be run is told where it is tried again, and counts as done where it is not', () => {
  freshFolder();
  const tree = buildTree(new Library().model(model), { batchSize: 8, length: 32 }).filter((node) =>
    isMeasured(node, undefined),
  );
  const ids = [...new Set(tree.map(({ signature }) => `${model}/${signature}`))];
  const retry = { retry_failed: true };
  assert.match(told(retry), `${model}: ${ids.length} measurements of 5 × 20 s: `, 'nothing has been tried');

  const journal = Journal.open(sessionFolder(run, model), model, {});
  const [first, second, varied, ...rest] = ids;
  failed(journal, first, ranCheck);
  failed(journal, second, ranCheck);
  failed(journal, varied, 'variation_pct');
  failed(journal, `${model}/of another workload`, ranCheck);
  assert.match(told(), `${rest.length} measurements of 5 × 20 s, 3 done: `);
  assert.match(told(retry), `${rest.length + 2} measurements of 5 × 20 s, 2 of them tried again, 1 done: `);

  for (const measurement_id of rest) journal.add({ kind: 'done', measurement_id, outcome: 'measured' });
  assert.match(told(), `0 measurements of 5 × 20 s, ${ids.length} done: 0.0 s at least`);
  assert.match(told(retry), `2 measurements of 5 × 20 s, 2 of them tried again, ${ids.length - 2} done: `);
  journal.add({ kind: 'done', measurement_id: first, outcome: 'measured' });
  assert.match(told(retry), `1 measurements of 5 × 20 s, 1 of them tried again, ${ids.length - 1} done: `);
  journal.close();
});

test.run();
