/** `pipeline doctor`: every line trips on a bench that lacks just that. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { items } from '../../../stages/commands/doctor_handler.js';
import type { Item } from '../../../stages/commands/doctor/item.js';
import { platform } from '../../../stages/commands/doctor/machine.js';
import { meterIn } from '../../../stages/commands/meter_argument.js';
import { fullGpu } from '../../native/logger_rig.js';
import { needs } from '../../needs.js';
import { BenchRig, buildRig, smiGpu } from './bench_rig.js';
import { runProgram } from './run_program.js';

const cc = needs('cc');
const make = needs('make');

function defineTests(make: string): void {
  const built = buildRig(make);
  let rig: BenchRig;
  test.before.each(() => void (rig = new BenchRig(built)));
  test.after.each(() => rig.end());

  const of = (all: readonly Item[], subject: string): Item => {
    const found = all.find((item) => item.subject === subject);
    if (!found) throw new Error(`no ${subject} among ${all.map((item) => item.subject).join(', ')}`);
    return found;
  };
  const look = async (subject: string): Promise<Item> => of(await items({}, rig.places), subject);

  test('a bench that has everything: every line is ok', async () => {
    const all = await items({ meter: meterIn('simulated') }, rig.places);
    const broken = all.filter(({ state }) => state === 'not ok');
    assert.equal(broken, []);
    assert.match(of(all, 'GPU 0').found, /^Stub +0/);
    assert.match(of(all, 'meter').found, /^simulated: 60 W$/);
    for (const subject of [
      'system',
      'logger',
      'persistence 0',
      'GPU users',
      'PyTorch',
      'transformers',
      'RAPL',
      'CPU governor',
      'priority',
      'supply',
      'idle',
    ]) {
      assert.is(of(all, subject).state, 'ok', subject);
    }
  });

  test('what NVML does not tell is told; a GPU that does not answer is not ok', async () => {
    rig.machine.gpus('gpus 2', '0 power 0 100000', '1 lost');
    const [first] = (await items({}, rig.places)).filter(({ subject }) => subject.startsWith('GPU'));
    // The logger refuses all of them where one is lost, and says which.
    assert.is(first.state, 'not ok');
    assert.match(first.found, /1 \(does not answer: GPU is lost\)/);
    rig.machine.gpus('gpus 1', '0 power 0 100000');
    const pascal = await look('GPU 0');
    assert.is(pascal.state, 'ok');
    assert.match(pascal.found, /no energy counter \(power is integrated\); no clock; no throttle reasons/);
    rig.machine.gpus('gpus 1', ...fullGpu(0).filter((line) => !/energy|power/.test(line)));
    assert.is((await look('GPU 0')).state, 'not ok');
  });

  test('a driver without library, a logger that was never built', async () => {
    rig.machine.gpus('init 9');
    assert.match((await look('GPU')).found, /Driver Not Loaded/);
    process.env.IRENE_LOGGER = '/no/irene-logger';
    const unbuilt = await look('logger');
    assert.is(unbuilt.state, 'not ok');
    assert.match(unbuilt.remedy!, /make -C .*native\/logger/);
  });

  test('persistence mode, clocks, screen, other users', async () => {
    rig.smi({ gpus: [smiGpu(0, 'Disabled', 'Enabled')], users: [`GPU-0, 4242, python, the other`], capabilities: ['6.1'] }); // prettier-ignore
    const all = await items({}, rig.places);
    assert.is(of(all, 'persistence 0').state, 'not ok');
    assert.is(of(all, 'persistence 0').remedy, 'sudo nvidia-smi -i 0 -pm 1');
    assert.match(of(all, 'clocks 0').found, 'compute capability 6.1: cannot be locked');
    assert.is(of(all, 'display 0').state, 'advice');
    assert.is(of(all, 'GPU users').found, 'python, the other (4242)');
    rig.smi({ gpus: [smiGpu(0, '[N/A]')] });
    assert.is((await look('persistence 0')).state, 'advice', 'not told');
    rig.smi({ gpus: [], broken: 'NVIDIA-SMI has failed: no driver' });
    assert.match((await look('GPU settings')).found, 'NVIDIA-SMI has failed: no driver');
  });

  test('PyTorch: missing, without transformers, without CUDA', async () => {
    rig.python({ torch: null, torch_problem: "No module named 'torch'", transformers: '4.40.0' });
    const missing = await look('PyTorch');
    assert.is(missing.found, "No module named 'torch'");
    assert.match(missing.remedy!, /native\/torch\/install/);
    rig.python({ torch: '2.1.0', transformers: null, transformers_problem: 'x', cuda: false });
    const all = await items({}, rig.places);
    assert.is(of(all, 'transformers').state, 'not ok');
    assert.is(of(all, 'CUDA').state, 'advice');
    process.env.IRENE_PYTHON = '/no/python';
    assert.match((await look('PyTorch')).found, 'IRENE_PYTHON names /no/python, which is not there');
  });

  test('RAPL, governor, priority, battery, other work, ports', async () => {
    const { places, machine } = rig;
    machine.write('sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'powersave\n');
    machine.write('sys/class/power_supply/BAT0/type', 'Battery\n');
    machine.write('proc/self/status', 'CapEff:\t0000000000000000\n');
    rmSync(join(places.sys, 'class/powercap/intel-rapl:0/energy_uj'));
    rmSync(places.dev, { recursive: true });
    setTimeout(() => machine.cpu(1100, 9100), 300);
    const all = await items({}, places);
    assert.match(of(all, 'RAPL').remedy!, 'sudo chmod a+r');
    assert.is(of(all, 'CPU governor').found, 'powersave');
    assert.is(of(all, 'priority').state, 'advice');
    assert.is(of(all, 'supply').found, 'battery BAT0');
    assert.is(of(all, 'idle').found, 'CPU 50.0 % busy');
    assert.is(of(all, 'port').state, 'not ok');
    rmSync(join(places.sys, 'class'), { recursive: true });
    rmSync(join(places.proc, 'stat'));
    rmSync(join(places.sys, 'devices'), { recursive: true });
    const bare = await items({}, places).catch((error: Error) => error);
    assert.not.instance(bare, Error);
    assert.is(of(bare as Item[], 'idle').state, 'not ok');
    assert.match(of(bare as Item[], 'RAPL').found, 'tells no energy');
    assert.is(platform('darwin').state, 'not ok');
  });

  test('what a configuration lacks on purpose is none, and says what that means; the rest is demanded', async () => {
    rig.machine.gpus('gpus 0');
    rig.smi({ gpus: [], broken: 'NVIDIA-SMI has failed: no driver' });
    const { places } = rig;
    rmSync(places.dev, { recursive: true });
    const wanted = await items({}, places);
    for (const subject of ['GPU', 'GPU settings', 'port']) assert.is(of(wanted, subject).state, 'not ok', subject);
    assert.match(of(wanted, 'GPU').remedy!, 'A bench without one measures at the wall');

    const wall = await items({ meter: meterIn('simulated'), gpu: null }, places);
    assert.equal(wall.filter(({ state }) => state === 'not ok'), []); // prettier-ignore
    assert.is(of(wall, 'GPU').state, 'none');
    assert.match(of(wall, 'GPU').remedy!, 'joules are the wall’s');
    assert.not.ok(wall.some(({ subject }) => subject === 'GPU settings'));

    rig.machine.gpus('gpus 1', ...fullGpu(0));
    rig.smi({ gpus: [smiGpu(0)], capabilities: ['7.5'] });
    const gpu = await items({ meter: null, gpu: '0' }, places);
    assert.equal(gpu.filter(({ state }) => state === 'not ok'), []); // prettier-ignore
    assert.is(of(gpu, 'meter').state, 'none');
    assert.match(of(gpu, 'meter').remedy!, 'none at the wall');
    assert.is(of(gpu, 'GPU 0').state, 'ok');
    const gone = await items({ meter: null, gpu: '7' }, places);
    assert.is(of(gone, 'GPU').state, 'not ok');
    assert.match(of(gone, 'GPU').found, 'GPU 7 is not there');
  });

  test('a configuration is looked at with its own meter and GPU; one without a live bench is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    const file = join(folder, 'box.yaml');
    const write = (bench: string): void =>
      writeFileSync(file, `run: box\nbench: ${bench}\ntrace: { models: [gpt2], batch_sizes: [8], lengths: [32] }\n`);
    write('{ source: [live], live: { machine: { name: box, threads: 8 }, gpu: 0 } }');
    const gpuOnly = await runProgram('doctor', file);
    assert.match(gpuOnly.stdout, /^none +meter +none\n {8}→ joules are the GPU’s, as its driver tells them; none at the wall/m); // prettier-ignore
    assert.not.match(gpuOnly.stderr, 'meter');
    write('{ source: [live], live: { machine: { name: box, threads: 8 }, meter: { type: emonlib, port: /no/port } } }');
    const wallOnly = await runProgram('doctor', file);
    assert.is(wallOnly.code, 4);
    assert.match(wallOnly.stdout, /^not ok +meter +there is no port \/no\/port/m);
    assert.match(wallOnly.stdout, /^none +GPU +none\n {8}→ PyTorch runs on the CPU/m);
    const twice = await runProgram('doctor', file, '--meter', 'simulated');
    assert.is(twice.code, 2);
    assert.match(twice.stderr, 'says which meter: leave out --meter');
    write('{ source: [twin] }');
    const other = await runProgram('doctor', file);
    assert.is(other.code, 2);
    assert.match(other.stderr, 'expected a section bench.live');
  });

  test('exit 4 with the lines that are not ok, as text and as one document', async () => {
    rig.smi({ gpus: [smiGpu(0, 'Disabled')], capabilities: ['8.0'] });
    const { code, stdout, stderr } = await runProgram('doctor', '--meter', 'emonlib:/no/port');
    assert.is(code, 4);
    assert.match(stdout, /^not ok {2}meter {10}there is no port \/no\/port: there /m);
    assert.match(stdout, /^not ok {2}persistence 0 {2}off.*\n {8}→ sudo nvidia-smi -i 0 -pm 1$/m);
    assert.match(stderr, /error: \d+ of \d+ are not ok: .*persistence 0, meter/);
    const json = await runProgram('doctor', '--meter', 'simulated', '--json');
    assert.is(json.code, 4);
    const document = JSON.parse(json.stdout) as { ok: boolean; items: Item[] };
    assert.is(document.ok, false);
    assert.is(of(document.items, 'persistence 0').state, 'not ok');
  });

  test('a wrong meter on the command line: exit 2 with what was expected', async () => {
    const wrong = {
      'emonp:/dev/ttyUSB0': 'there is no meter "emonp"; nearest: emonpi',
      emonpi: 'port: ',
      'simulated,uncertainty=3': 'uncertainty: expected a fraction like "0.3 %"',
      'simulated,uncertainty': 'expected a setting like uncertainty=1%, found "uncertainty"',
    };
    for (const [meter, message] of Object.entries(wrong)) {
      const { code, stderr } = await runProgram('doctor', '--meter', meter);
      assert.is(code, 2, meter);
      assert.match(stderr, message);
    }
  });

  test('--overhead: what each of our processes takes, on against off', async () => {
    const { code, stdout, stderr } = await runProgram('doctor', '--overhead', '--duration', '8', '--json');
    assert.ok([0, 3].includes(code), stderr);
    const found = JSON.parse(stdout) as { shares: { process: string; cpu_pct: number; peak_mib: number }[]; cpu_pct: number; off_pct: number[]; on_pct: number[]; samples: number; on_less_off_pct: number; limit_pct: number }; // prettier-ignore
    assert.is(found.on_pct.length, 4);
    assert.is(found.off_pct.length, 4);
    assert.equal(
      found.shares.map(({ process }) => process),
      ['logger', 'recorder', 'this program'],
    );
    const sum = found.shares.reduce((total, { cpu_pct }) => total + cpu_pct, 0);
    assert.ok(Math.abs(sum - found.cpu_pct) < 1e-9);
    for (const { cpu_pct, peak_mib } of found.shares) assert.ok(cpu_pct > 0 && peak_mib > 0);
    assert.ok(found.samples > 0);
    assert.is(code, found.cpu_pct > found.limit_pct ? 3 : 0);
    const short = await runProgram('doctor', '--overhead', '--duration', '1');
    assert.is(short.code, 2);
    assert.match(short.stderr, '--duration 1: expected 8 s or more');
    assert.match((await runProgram('doctor', '--duration', '10')).stderr, '--duration belongs to --overhead');
  });
}

if (cc && make) defineTests(make);
test.run();
