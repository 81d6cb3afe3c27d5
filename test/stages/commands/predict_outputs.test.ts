/** What `predict` prints and writes, from trees predicted on a toy bench. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { breakdown } from '../../../stages/commands/breakdown.js';
import { costText, energyText, intervalText, shareText, significant } from '../../../stages/commands/figures.js';
import { sizesIn, workloadsFor } from '../../../stages/commands/predict_arguments.js';
import { predictCsv } from '../../../stages/commands/predict_csv.js';
import { predictHtml } from '../../../stages/commands/predict_html.js';
import { predictJson } from '../../../stages/commands/predict_json.js';
import { bar, predictText } from '../../../stages/commands/predict_text.js';
import { describeModel } from '../../../stages/energy/prediction/described_model.js';
import { predictModel, type PredictedTree } from '../../../stages/energy/prediction/predict_model.js';
import { thrown } from '../../thrown.js';
import { toyBench } from '../energy/prediction/toy_bench.js';

const price = 0.1319;
const style = { bold: (text: string) => text };
const bert = await describeModel('bert-base-uncased');

/** With an interval of 6 % on both sides, which the toy has none of. */
function bounded(tree: PredictedTree): PredictedTree {
  const nodes = tree.nodes.map((node) => ({ ...node, lowJ: 0.94 * node.wallJ, highJ: 1.06 * node.wallJ }));
  return { ...tree, nodes, root: nodes[0], coverage: 0.9 };
}

const small = bounded(await predictModel(toyBench(), bert, { batchSize: 8, length: 32 }));
const long = bounded(await predictModel(toyBench(), bert, { batchSize: 8, length: 512 }));
const lines = (trees: PredictedTree[], depth = 3) => predictText(trees, { price, depth }, { style } as never);

test('the answer is the first line, and names its setting', () => {
  const [answer, context, parts] = lines([small]).lines;
  assert.match(
    answer,
    /^\d\.\d\d J a batch \(\d\.\d to \d\.\d, 90 %\), 0\.1\d kWh per million inputs, \d\.\d cents – planned: from its specification alone$/,
  );
  assert.match(context, /^bert-base-uncased \(BertModel\), batch size 8, length 32, on toy \(.*\), [\d.]+ ms a batch$/);
  assert.match(parts, /^of which static [\d.]+ J, dynamic [\d.]+ J$/);
});

test('the breakdown merges repeated layers, has the sum over children beside each node, and stops at the depth', () => {
  const text = lines([small]).lines.join('\n');
  assert.match(text, /share +energy +its children +own/);
  assert.match(text, /└ BertLayer ×12 +█+/);
  assert.match(text, /├ intermediate BertIntermediate ×12/);
  assert.not.match(text, /Softmax/);
  assert.match(lines([small], 5).lines.join('\n'), /MatMul ×24/);
  const tree = breakdown(small.nodes);
  const total = (branch: typeof tree): number =>
    branch.isLeaf ? branch.copies : branch.branches.reduce((sum, child) => sum + total(child), 0);
  assert.is(total(tree), small.nodes.filter(({ level }) => level === 'ml').length);
  const [embeddings, encoder] = tree.branches;
  assert.ok(embeddings.selfJ > 0 && encoder.selfJ === 0, 'what only sums up its layers adds nothing');
});

test('several workloads are a table, and what is extrapolated is marked and warned of once', () => {
  const { lines: shown, warnings } = lines([small, long]);
  assert.is(shown.length, 3);
  const rows = shown[2].split('\n');
  assert.match(rows[0], /^batch +length +J a batch +interval.*setting$/);
  assert.match(rows[1], /planned: from its specification alone$/);
  assert.match(rows[2], /^ +8 +512 +[\d.]+ J \* /);
  assert.equal(warnings, ['extrapolated (*): longer than 384']);
  assert.equal(lines([small]).warnings, []);
});

test('JSON has the fields that others script against, and the tree with the same', () => {
  const document = predictJson(small, price) as Record<string, any>;
  const shared = ['wall_j', 'interval_low_j', 'interval_high_j', 'coverage', 'setting', 'extrapolated', 'extrapolated_by', 'latency_s', 'kwh_per_million', 'cost', 'predictor']; // prettier-ignore
  for (const field of ['model', 'batch_size', 'length', 'bench', ...shared]) assert.ok(field in document, field);
  assert.is(document.cost, document.kwh_per_million * price);
  assert.ok(Math.abs(document.kwh_per_million - (document.wall_j / 8) * (1e6 / 3.6e6)) < 1e-12);
  let nodes = 0;
  const check = (node: Record<string, any>): void => {
    nodes++;
    for (const field of [...shared, 'self_j', 'children_j', 'share_pct', 'parts', 'self_parts']) {
      assert.ok(field in node, field);
    }
    const sum = node.children.reduce((total: number, child: { wall_j: number }) => total + child.wall_j, 0);
    assert.ok(Math.abs(node.children_j - sum) <= 1e-9 * node.wall_j);
    node.children.forEach(check);
  };
  check(document.tree);
  assert.is(nodes, 214);
  assert.is(document.tree.wall_j, document.wall_j);
});

test('CSV has a row for each node of each workload', () => {
  const rows = predictCsv([small, { ...long, model: 'a "b", c' }], price).split('\r\n');
  assert.is(rows.length, 1 + 2 * 214 + 1);
  assert.match(rows[0], /^model,batch_size,length,bench,node_id,parent_id,scope,type,level,wall_j,/);
  assert.match(rows[1], /^bert-base-uncased,8,32,toy,0,,"",BertModel,model,/);
  assert.match(rows[1 + 214], /^"a ""b"", c",8,512,/);
});

test('the page stands alone, and no name of a model breaks it', () => {
  const evil = '<img src=x onerror=alert(1)>"\'&';
  const nodes = small.nodes.map((node) => ({ ...node, type: evil, scope: evil, extrapolatedBy: evil, parts: [{ name: evil, wallJ: 1 }] })); // prettier-ignore
  const page = predictHtml([{ ...small, model: evil, bench: evil, source: evil, warnings: [evil], nodes, root: nodes[0] }, long], price); // prettier-ignore
  assert.not.match(page, /<img/);
  assert.not.match(page, /(?:src|href)="(?!#)/);
  assert.not.match(page, /@import|url\(/);
  assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;/);
  const plain = predictHtml([small], price);
  assert.ok(plain.indexOf('class="answer"') < plain.indexOf('<table'), 'the answer comes first');
  for (const tag of ['table', 'tr', 'section', 'details']) {
    assert.is(plain.split(`<${tag}`).length, plain.split(`</${tag}>`).length, tag);
  }
});

test('figures have the digits that they deserve', () => {
  const near = (wallJ: number, part: number) => ({ wallJ, lowJ: wallJ * (1 - part), highJ: wallJ * (1 + part) });
  assert.equal(intervalText(near(4.1234, 0.06), 0.9), { value: '4.12 J', interval: '3.9 to 4.4, 90 %' });
  assert.equal(intervalText(near(57.77, 0.02), 0.9), { value: '57.8 J', interval: '57 to 59, 90 %' });
  assert.equal(intervalText(near(1234.5, 0.1), 0.9), { value: '1.23 kJ', interval: '1.1 to 1.4, 90 %' });
  assert.equal(intervalText(near(0.01234, 0.5), 0.9), { value: '12.3 mJ', interval: '6 to 19, 90 %' });
  assert.equal(intervalText({ wallJ: 4.1234, lowJ: null, highJ: null }, null), { value: '4.12 J', interval: 'no interval' }); // prettier-ignore
  assert.equal([0, 1234567, 0.0001234, -0.0456].map((value) => significant(value)), ['0', '1230000', '0.000123', '-0.0456']); // prettier-ignore
  assert.equal([100, 99.6, 42.34, 7.01, 0.0031].map(shareText), ['100 %', '99.6 %', '42 %', '7.0 %', '0.0031 %']);
  assert.is(energyText(-0.0065), '-6.50 mJ');
  assert.match(costText(small, 100), / USD$/);
  assert.equal([0, 50, 100, 120, -3].map((pct) => bar(pct).length), [0, 10, 20, 20, 0]); // prettier-ignore
});

test('which workloads are meant', async () => {
  assert.equal(sizesIn('batch', '8,16,8'), [8, 16]);
  for (const wrong of ['8,x', '0', '', '1.5', '-3']) {
    const error = await thrown(() => sizesIn('batch', wrong));
    assert.match(error.message, /--batch .*: expected positive whole numbers like 8 or 8,16/);
  }
  const sizes = (workloads: readonly { batchSize: number; length: number }[]) =>
    workloads.map(({ batchSize, length }) => `${batchSize} × ${length}`).join(', ');
  assert.is(sizes(workloadsFor(bert, null, null, null)), '16 × 128');
  assert.is(sizes(workloadsFor(bert, null, [8, 16], [32])), '8 × 32, 16 × 32');
  const traced = { ...bert, workloads: [{ batchSize: 1, length: 4 }, { batchSize: 2, length: 8 }] }; // prettier-ignore
  assert.is(sizes(workloadsFor(traced, null, null, null)), '1 × 4, 2 × 8');
  assert.is(sizes(workloadsFor(traced, null, [2], null)), '2 × 8');
  assert.is(sizes(workloadsFor(traced, null, [2], [4])), '2 × 4', 'asked for by name: refused later');
});

test.run();
