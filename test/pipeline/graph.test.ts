/** Which tasks a task waits for. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildGraph, dependencies } from '../../pipeline/graph.js';
import type { Partition } from '../../pipeline/stage.js';
import { string, table } from '../../pipeline/table.js';
import { anySource } from '../stages/context.js';

const parts = table('parts', 'one part', { part: string('its name') }, ['part']);

test('a partition may read what earlier ones of its own stage write, where its stage says of which it does', () => {
  const stage = {
    name: 'own',
    partitions: () => ['a', 'b', 'all', 'late'].map((part) => ({ part })),
    reads: [{ table: parts, of: ({ part }: Partition) => part === 'all' }],
    writes: [parts],
  };
  const registry = { stages: [{ stage, module: new URL('file:///own.js') }] };
  const { tasks } = buildGraph({ run: 'toy', settings: {} } as never, registry as never, anySource);
  const waits = tasks.map((task) => [task.key, dependencies(task).map(({ key }) => key)]);
  assert.equal(Object.fromEntries(waits), { a: [], b: [], all: ['a', 'b'], late: [] });
});

test.run();
