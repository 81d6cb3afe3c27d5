/** The authors' counts: every published row of the six models, to the last bit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildTree, type TreeNode } from '../../../../stages/energy/tree/build.js';
import { Library } from '../../../../stages/energy/tree/library.js';
import { needs } from '../../../needs.js';
import { paperModels } from '../twin_rows.js';

const folder = needs('published');

/** Nodes by what a row calls them, `path:Class` or the model's name. */
function nodesByName(tree: readonly TreeNode[], model: string): Map<string, TreeNode[]> {
  const named = new Map<string, TreeNode[]>();
  for (const node of tree) {
    const name = node.level === 'model' ? model : `${node.path}:${node.type}`;
    named.set(name, [...(named.get(name) ?? []), node]);
  }
  return named;
}

if (folder) {
  test('flops and mem_bytes of every row are those of its node', () => {
    const library = new Library();
    const trees = new Map<string, Map<string, TreeNode[]>>();
    let compared = 0;
    for (const file of ['ml1', 'ml2', 'module', 'model']) {
      const lines = readFileSync(join(folder, 'device_1', `${file}_level_features.csv`), 'utf8')
        .trim()
        .split('\n');
      for (const line of lines.slice(1)) {
        const cells = line.split(',');
        const [name, model] = cells.slice(-2);
        if (!paperModels.includes(model)) continue;
        const [batchSize, length, flops, memBytes] = cells.map(Number);
        const key = `${model} ${batchSize} ${length}`;
        if (!trees.has(key)) {
          trees.set(key, nodesByName(buildTree(library.model(model), { batchSize, length }), model));
        }
        const nodes = trees.get(key)!.get(name);
        assert.ok(nodes, `${key}: no node ${name}`);
        for (const node of nodes) {
          if (node.flops / 1e6 !== flops || node.memBytes / 2 ** 20 !== memBytes) assert.unreachable(`${key} ${name}`);
        }
        compared++;
      }
    }
    assert.is(compared, 24633);
  });
}

test.run();
