/** `pipeline init --bench`: what it writes is a valid configuration and bench, its comments too when taken in. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { packageRoot } from '../../../pipeline/paths.js';
import { alignParams } from '../../../stages/align/stage.js';
import { benchText, configurationText } from '../../../stages/commands/init/documents.js';
import type { Found } from '../../../stages/commands/init/found.js';
import { meterIn, meterSection } from '../../../stages/commands/meter_argument.js';
import { benchList } from '../../../stages/energy/benches/bench_list.js';
import { liveSettings } from '../../../stages/energy/benches/live/settings.js';
import { identityOf } from '../../../stages/energy/meters/settings.js';
import { profileParams } from '../../../stages/profile/stage.js';
import { traceParams } from '../../../stages/trace/stage.js';
import { fullGpu } from '../../native/logger_rig.js';
import { needs } from '../../needs.js';
import { BenchRig, buildRig, smiGpu } from './bench_rig.js';
import { runProgram } from './run_program.js';

const cc = needs('cc');
const make = needs('make');

interface Written {
  readonly run: string;
  readonly bench: { readonly source: string[]; readonly live: unknown };
  readonly trace: unknown;
  readonly profile: unknown;
  readonly align: unknown;
}

/** Every section as its stage reads it; a wrong one throws. */
function read(text: string) {
  const { run, bench, trace, profile, align } = parse(text) as Written;
  assert.equal(bench.source, ['live']);
  traceParams.parse(trace);
  return { run, live: liveSettings.parse(bench.live), profile: profileParams.parse(profile), align: alignParams.parse(align ?? {}) }; // prettier-ignore
}

const meterOf = (text: string) => ({
  section: meterSection(text),
  identity: identityOf(meterIn(text)),
  reading: 'emonlib: 184.2 W',
});

const gpu = { uuid: 'GPU-5f0e', name: 'RTX 4090', driver: '550.1', memory_gib: 24, greatest_clk_mhz: 2520 };
const bare: Found = { cpu: 'A: CPU #1', threads: 32, memory_gib: 64, gpus: [], meter: null, ports: [], lacking: [] };
const whole: Found = { ...bare, gpus: [gpu, { ...gpu, uuid: 'GPU-2' }], meter: meterOf('emonlib:/dev/ttyUSB0,uncertainty=1%') }; // prettier-ignore

test('the configuration is what was found', () => {
  const { run, live, profile, align } = read(configurationText('our-box', whole));
  assert.is(run, 'our-box');
  assert.equal(live.machine, { name: 'our-box', cpu: 'A: CPU #1', threads: 32, memory_gib: 64, gpu: 'RTX 4090' });
  assert.is(live.gpu, 'GPU-5f0e');
  assert.is(live.meter!.type, 'emonlib');
  assert.is(live.meter!.port, '/dev/ttyUSB0');
  assert.is(live.meter!.uncertainty, 0.01);
  assert.is(live.clocks, null);
  assert.is(profile.round, 20);
  assert.is(align.meter, 'window');
});

test('without --bench: a configuration to begin with, never over one that is there', async () => {
  process.chdir(mkdtempSync(join(tmpdir(), 'pipeline-init-')));
  const { code, stdout } = await runProgram('init', '--json');
  assert.is(code, 0);
  assert.equal(JSON.parse(stdout), { name: 'first-run', files: { configuration: 'configs/first-run.yaml' } });
  assert.is((await runProgram('status', 'configs/first-run.yaml')).code, 0);
  const again = await runProgram('init');
  assert.is(again.code, 2);
  assert.match(again.stderr, /configs\/first-run\.yaml is there\n.*--force/);
  assert.is((await runProgram('init', 'second')).code, 0);
  assert.match(readFileSync('configs/second.yaml', 'utf8'), /^run: second /m);
  process.chdir(packageRoot);
});

test('its comments are settings, too', () => {
  const text = configurationText('our-box', whole).replaceAll(/^ {4}# (clocks|standby|mains):/gm, '    $1:');
  const { live } = read(text);
  assert.is(live.clocks, 2016);
  assert.is(live.standby, 62);
  assert.is(live.mains, 230);
});

test('a slow meter has longer rounds; without GPU or meter that is said where it would stand', () => {
  const slow = read(configurationText('slow', { ...bare, meter: meterOf('emonpi:/dev/ttyAMA0') }));
  assert.is(slow.profile.round, 310);
  assert.is(slow.align.meter, 'instant');
  const gpuOnly = configurationText('gpu-only', { ...bare, gpus: [gpu] });
  const own = read(gpuOnly);
  assert.is(own.live.meter, null);
  assert.is(own.live.gpu, 'GPU-5f0e');
  assert.match(gpuOnly, /# meter: \{.*\n.*joules are the GPU’s .*none at the wall/);
  assert.match(gpuOnly, '5 s are enough for a GPU’s own count');
  assert.not.match(gpuOnly, /standby|mains|align/);
  const named = read(gpuOnly.replace('# meter:', 'meter:'));
  assert.is(named.live.meter!.type, 'emonlib', 'its comment is a setting');
  const text = configurationText('bare', { ...bare, ports: ['/dev/ttyUSB0'] });
  assert.is(read(text).live.meter!.type, 'simulated');
  assert.is(read(text).live.gpu, null);
  assert.match(text, /MADE-UP joules.*\n.*ports: \/dev\/ttyUSB0/);
  assert.match(text, /none was found: models run on the CPU,\n.*joules are the wall’s/);
  assert.is(parse(benchText('bare', bare)).label, 'simulated', 'its joules would be');
  assert.is(parse(benchText('gpu-only', { ...bare, gpus: [gpu] })).label, undefined);
});

test('the description of the bench says what was found, and that nothing is fitted yet', () => {
  assert.equal(parse(benchText('our-box', whole)), {
    name: 'our-box',
    predictors: 'our-box',
    cpu: { name: 'A: CPU #1', threads: 32 },
    memory_gib: 64,
    gpu: { name: 'RTX 4090', count: 2, memory_gib: 24 },
    meter: { name: 'emonlib', kind: 'window', period_s: 0.17, range_a: null, uncertainty_pct: 1 },
    logger: { period_s: 0.17 },
  });
  assert.equal(parse(benchText('bare', { ...bare, cpu: null })).cpu, { name: 'unknown', threads: 32 });
  assert.is(parse(benchText('made-up', { ...bare, meter: meterOf('simulated') })).label, 'simulated');
});

function defineTests(make: string): void {
  const built = buildRig(make);
  let rig: BenchRig;
  test.before.each(() => {
    rig = new BenchRig(built);
    process.chdir(mkdtempSync(join(tmpdir(), 'init-')));
  });
  test.after.each(() => rig.end());

  test('on a machine: both files, read by those that use them', async () => {
    rig.machine.gpus('gpus 2', ...fullGpu(0), ...fullGpu(1));
    rig.smi({ gpus: [smiGpu(0), smiGpu(1)] });
    const { code, stdout, stderr } = await runProgram('init', 'our-box', '--bench', '--gpu', '1', '--meter', 'simulated,uncertainty=1%', '--json'); // prettier-ignore
    assert.is(code, 0, stderr);
    const { files } = JSON.parse(stdout) as { files: { configuration: string; bench: string } };
    const { live } = read(readFileSync(files.configuration, 'utf8'));
    assert.match(live.gpu!, /^GPU-0+-.*1$/);
    assert.is(live.meter!.uncertainty, 0.01);
    assert.ok(live.machine.threads > 0);
    const own = benchList().find(({ bench }) => bench === 'our-box')!;
    assert.is(own.kind, 'simulated');
    assert.is(own.predictors, null);
    const predicted = await runProgram('predict', 'gpt2', '--on', 'our-box');
    assert.is(predicted.code, 4);
    assert.match(predicted.stderr, 'make them from a measured run: pipeline calibrate');
  });

  test('without a meter, or without a GPU: what is written runs as it stands, and doctor finds nothing missing', async () => {
    assert.is((await runProgram('init', 'gpu-only', '--bench')).code, 0);
    rig.machine.gpus('gpus 0');
    assert.is((await runProgram('init', 'wall-only', '--bench', '--meter', 'simulated')).code, 0);
    for (const [name, label] of [
      ['gpu-only', 'measured live, GPU only: no meter'],
      ['wall-only', 'simulated'],
    ]) {
      // prettier-ignore
      const file = `configs/${name}.yaml`;
      const plan = await runProgram('run', file, '--dry-run');
      assert.is(plan.code, 0, plan.stderr);
      assert.match(plan.stdout + plan.stderr, label);
      assert.match(plan.stdout + plan.stderr, /measurements of 5 × 20 s/);
    }
    const doctor = await runProgram('doctor', 'configs/wall-only.yaml');
    assert.not.match(doctor.stdout, /^not ok +(?:GPU|meter)/m);
    assert.match(doctor.stdout, /^none +GPU/m);
    rig.machine.gpus('gpus 1', ...fullGpu(0));
    const lacking = await runProgram('doctor', 'configs/gpu-only.yaml');
    assert.not.match(lacking.stdout, /^not ok +(?:GPU|meter)/m);
    assert.match(lacking.stdout, /^none +meter/m);
  });

  test('nothing is written over unasked, and nothing half', async () => {
    assert.is((await runProgram('init', 'box', '--bench')).code, 0);
    writeFileSync('configs/box.yaml', 'mine\n');
    const again = await runProgram('init', 'box', '--bench');
    assert.is(again.code, 2);
    assert.match(again.stderr, /configs\/box\.yaml and data\/benches\/box\.yaml are there\n.*--force/);
    assert.is(readFileSync('configs/box.yaml', 'utf8'), 'mine\n');
    assert.is((await runProgram('init', 'box', '--bench', '--force')).code, 0);
    assert.match(readFileSync('configs/box.yaml', 'utf8'), /^run: box$/m);
  });

  test('a meter or a GPU that is not there: exit 4, what was found, and no file', async () => {
    const refused = async (argv: readonly string[], code: number, message: RegExp): Promise<void> => {
      const ended = await runProgram('init', 'box', ...argv);
      assert.is(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
      assert.not.ok(existsSync('configs') || existsSync('data'));
    };
    await refused(
      ['--bench', '--meter', 'emonpi:/dev/none'],
      4,
      /--meter emonpi:\/dev\/none: there is no port \/dev\/none: /,
    );
    await refused(['--bench', '--gpu', '5'], 4, /GPU 5 is not there; found: 0 \(GPU-/);
    await refused(['--gpu', '0'], 2, /--meter and --gpu describe a bench: add --bench/);
    assert.match((await runProgram('init', '../box', '--bench')).stderr, '../box: expected a name of letters');
  });

  test('without a GPU, or a logger to ask, that is a warning', async () => {
    rig.machine.gpus('gpus 0');
    const none = await runProgram('init', 'one', '--bench');
    assert.is(none.code, 0);
    assert.match(none.stderr, /warning: no NVIDIA GPU: models run on the CPU/);
    assert.match(none.stderr, /warning: no meter is named: a simulated one stands in/);
    process.env.IRENE_LOGGER = '/no/logger';
    assert.match(
      (await runProgram('init', 'two', '--bench')).stderr,
      /warning: GPUs were not looked for: IRENE_LOGGER/,
    );
  });
}

if (cc && make) defineTests(make);
test.run();
