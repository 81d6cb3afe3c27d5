/** The node runner from its caller's side: rounds of a tiny model on the CPU, and what happens when things go wrong. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../../../pipeline/paths.js';
import { NodeFailure, NodeRunner, RunnerDied } from '../../../../../stages/energy/benches/live/node_runner.js';
import { needs } from '../../../../needs.js';
import { thrown } from '../../../../thrown.js';

const tests = join(packageRoot, 'native', 'torch', 'tests');
const workload = { batch_size: 2, length: 8 };
const cpu = { device: 'cpu', threads: 1 };

if (needs('torch')) {
  test('a node is prepared, warmed up, calibrated and run in rounds', async () => {
    const runner = await NodeRunner.start(cpu);
    const { nodes } = await runner.load(join(tests, 'tiny_bert.json'), workload);
    assert.is(runner.hello.device, 'CPU');
    assert.is(nodes[0].type, 'BertModel');
    const layer = nodes.find(({ type }) => type === 'BertLayer')!;
    const prepared = await runner.prepare(layer.node_id, { scope: layer.scope, type: layer.type });
    assert.equal(prepared, { scope: layer.scope, type: layer.type, signature: layer.signature });
    assert.ok((await runner.warmUp(0.1)) > 1);
    const calibration = await runner.calibrate(0.2);
    const before_us = Number(process.hrtime.bigint() / 1000n);
    const round = await runner.round(calibration);
    const after_us = Number(process.hrtime.bigint() / 1000n);
    assert.is(round.repeats, calibration.repeats);
    assert.ok(before_us <= round.start_mono_us && round.end_mono_us <= after_us, 'the stamps are of this host');
    assert.ok(round.start_mono_us < round.end_mono_us && round.start_utc_us < round.end_utc_us);
    await runner.close();
  });

  test('every node of a model can be run alone', async () => {
    const runner = await NodeRunner.start(cpu);
    const { nodes } = await runner.load(join(tests, 'tiny_bert.json'), workload);
    for (const { node_id, type } of nodes) {
      await runner.prepare(node_id, { type });
      assert.is((await runner.round({ repeats: 2, latency_s: 1 })).repeats, 2);
    }
    await runner.close();
  });

  test('a burst holds its steps', async () => {
    const runner = await NodeRunner.start(cpu);
    const [first, second, ...more] = await runner.burst([
      { on_s: 0.1, off_s: 0.05 },
      { on_s: 0.2, off_s: 0 },
    ]);
    assert.is(more.length, 0);
    assert.ok(first.end_mono_us - first.start_mono_us >= 100_000);
    assert.ok(second.end_mono_us - second.start_mono_us >= 200_000);
    assert.ok(second.start_mono_us - first.end_mono_us >= 50_000);
    await runner.close();
  });

  test('what a node does wrong is told, and the runner goes on; its death is told too', async () => {
    const runner = await NodeRunner.start(cpu);
    const { nodes } = await runner.load(`${join(tests, 'small_models.py')}:faulty`, workload);
    const prepare = (scope: string) => runner.prepare(nodes.find((node) => node.scope === scope)!.node_id);
    const memory = (await thrown(() => prepare('memory'))) as NodeFailure;
    assert.is(memory.name, 'NodeFailure');
    assert.is(memory.kind, 'out_of_memory');
    const failed = (await thrown(() => prepare('error'))) as NodeFailure;
    assert.equal([failed.kind, failed.message], ['failed', 'ValueError: expected more']);
    assert.is((await prepare('good')).type, 'Tanh');
    const died = await thrown(() => prepare('death'));
    assert.instance(died, RunnerDied);
    assert.match(died.message, 'killed by SIGABRT');
    assert.instance(await thrown(() => prepare('good')), RunnerDied, 'and stays dead');
    await runner.close();
  });

  test('a runner that is killed in a round is dead to its caller', async () => {
    const runner = await NodeRunner.start(cpu);
    const { nodes } = await runner.load(join(tests, 'tiny_bert.json'), workload);
    await runner.prepare(nodes[0].node_id);
    const round = thrown(() => runner.round({ repeats: 1_000_000_000, latency_s: 1e-9 }));
    process.kill(runner.hello.pid, 'SIGKILL');
    assert.match((await round).message, 'killed by SIGKILL');
  });

  test('a runner that does not answer is ended', async () => {
    const runner = await NodeRunner.start({ ...cpu, patience_s: 1 });
    const died = await thrown(() => runner.load(`${join(tests, 'small_models.py')}:never`, workload));
    assert.instance(died, RunnerDied);
    assert.match(died.message, 'no answer within 1 s');
  });

  test('a node that is not the one expected is refused', async () => {
    const runner = await NodeRunner.start(cpu);
    await runner.load(join(tests, 'tiny_bert.json'), workload);
    const error = (await thrown(() => runner.prepare(1, { type: 'Linear' }))) as NodeFailure;
    assert.is(error.kind, 'usage');
    assert.is(error.message, "node 1: expected type 'Linear', found 'BertEmbeddings'");
    await runner.close();
  });

  test('a device that is not there is said at once', async () => {
    const error = await thrown(() => NodeRunner.start({ device: 'cuda:99' }));
    assert.is(error.name, 'UnavailableError');
    assert.match(error.message, /^the node runner does not start: .*CUDA|cuda/);
  });
}

test('without PyTorch there is one message with what to do', async () => {
  const before = process.env.IRENE_PYTHON;
  process.env.IRENE_PYTHON = process.execPath;
  const error = await thrown(() => NodeRunner.start({ device: 'cpu' }));
  if (before === undefined) delete process.env.IRENE_PYTHON;
  else process.env.IRENE_PYTHON = before;
  assert.is(error.name, 'UnavailableError');
  assert.match(error.hint ?? '', 'native/torch/install');
});

test.run();
