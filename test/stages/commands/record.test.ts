/** `pipeline record` on a bench made of files: a meter on a pseudo-terminal, a stub GPU, the real logger. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../../pipeline/paths.js';
import { type Energies, type GpuEnergy, isKnown, type WallEnergy } from '../../../stages/commands/record/energies.js';
import type { Estimate } from '../../../stages/commands/record/estimate.js';
import { readLoggerLog } from '../../../stages/energy/benches/live/logger_log.js';
import { readMeterLog } from '../../../stages/energy/meters/read_meter_log.js';
import { fullGpu } from '../../native/logger_rig.js';
import { needs } from '../../needs.js';
import { Pty, until } from '../energy/meters/pty.js';
import { BenchRig, buildRig } from './bench_rig.js';
import { type Ended, runProgram } from './run_program.js';

const cc = needs('cc');
const make = needs('make');
const socat = needs('socat');

const main = join(packageRoot, 'dist', 'pipeline', 'main.js');

interface Document extends Energies {
  readonly exit_code: number;
  readonly time_s: number;
  readonly estimate: Estimate | null;
}

const wall_w = 180;

/** A line of EmonLib with its number, of the same power always. */
const line = (seq: number): string => `${seq} ${wall_w.toFixed(2)} 185.00 120.00 1.5417 0.973 \r\n`;

/** A GPU without energy counter, whose power never changes. */
const steady = (gpu: number, mw: number): string[] => [
  ...fullGpu(gpu).filter((text) => !/energy|power/.test(text)),
  `${gpu} power 0 ${mw}`,
];

const near = (found: number, expected: number, what: string): void =>
  assert.ok(Math.abs(found - expected) <= 1e-6 * Math.abs(expected), `${what}: ${found}, expected ${expected}`);

function defineTests(make: string, socat: string): void {
  const built = buildRig(make);
  let rig: BenchRig;
  let folder: string;
  let pty: Pty;
  let printing: NodeJS.Timeout;

  test.before.each(async () => {
    rig = new BenchRig(built);
    rig.machine.gpus('gpus 1', ...steady(0, 120_500));
    folder = mkdtempSync(join(tmpdir(), 'record-'));
    pty = new Pty(socat, join(folder, 'port'));
    await pty.plug();
    let seq = 0;
    printing = setInterval(() => pty.print(line(seq++)), 40);
  });

  test.after.each(async () => {
    clearInterval(printing);
    rig.end();
    await pty.unplug();
    rmSync(folder, { recursive: true, force: true });
  });

  // It prints oftener than it says, so that a busy machine makes no gap.
  const meter = (settings = ''): string => `emonlib:${pty.port},period=400ms${settings}`;
  /** What a program's script does first, and who waits for it. */
  const signOfLife = (): string => `touch ${join(folder, 'running')}`;
  const whenRunning = (): Promise<void> => until(() => existsSync(join(folder, 'running')));
  const record = (...argv: string[]): Promise<Ended> => runProgram('record', ...argv);
  const documentOf = async (...argv: string[]): Promise<Document> => {
    const { code, stdout, stderr } = await record('--json', ...argv);
    assert.ok(stdout !== '', `${code}: ${stderr}`);
    return JSON.parse(stdout) as Document;
  };
  const gpusOf = ({ gpus }: Document): GpuEnergy[] => {
    assert.ok(gpus.every(isKnown), JSON.stringify(gpus));
    return gpus.filter(isKnown);
  };
  const wallOf = ({ wall }: Document): WallEnergy => {
    assert.ok(wall && 'energy_j' in wall, JSON.stringify(wall));
    return wall as WallEnergy;
  };

  test('joules of wall and GPU, each with its uncertainty, and the exit code of the program', async () => {
    const document = await documentOf('--meter', meter(',uncertainty=1%'), '--', 'sh', '-c', 'sleep 1; exit 7');
    const wall = wallOf(document);
    assert.is(document.exit_code, 7);
    near(wall.energy_j, wall_w * document.time_s, 'wall');
    near(wall.u_j, 0.01 * wall.energy_j, 'a steady load: the meter alone');
    assert.is(wall.kind, 'measured');
    assert.is(wall.net_j, null);
    const [gpu] = gpusOf(document);
    near(gpu.energy_j, 120.5 * document.time_s, 'GPU');
    assert.is(gpu.from, 'power');
    assert.ok(gpu.u_j > 0.02 * gpu.energy_j);
    assert.is(document.means.gpu_pct, 97);
    assert.is(document.estimate, null);
  });

  test('for people: what each figure is, on stderr, beside the output of the program', async () => {
    const { code, stdout, stderr } = await record('--meter', meter(), '--', 'sleep', '0.5');
    assert.is(code, 0);
    assert.is(stdout, '');
    assert.match(
      stderr,
      /^wall, measured +\d+\.\d+.* J +emonlib, \d+ lines; its own uncertainty is not stated and not in ±$/m,
    );
    assert.match(stderr, /^GPU 0 only +\d.* ± .* J +Stub.*, by its driver \(power, within 5 % at best\)$/m);
    assert.match(stderr, /^time +0\.\d s +mean power: wall 180\.0 W, GPU 0 120\.5 W$/m);
  });

  test('above standby: measured before the program, or as stated', async () => {
    const measured = await documentOf('--meter', meter(), '--standby', '1s', '--', 'sleep', '0.5');
    const wall = wallOf(measured);
    assert.is(wall.standby!.how, 'measured');
    near(wall.standby!.power_w, wall_w, 'standby');
    assert.ok(Math.abs(wall.net_j!) < 1e-6 * wall.energy_j);
    assert.ok(Math.abs(gpusOf(measured)[0].net_j!) < 1e-6 * wall.energy_j);
    const stated = await documentOf('--meter', meter(), '--standby', '61.5 W', '--', 'sleep', '0.5');
    near(wallOf(stated).net_j!, (wall_w - 61.5) * stated.time_s, 'above what is stated');
    assert.is(gpusOf(stated)[0].net_j, null);
  });

  test('every GPU has its own joules', async () => {
    rig.machine.gpus('gpus 2', ...steady(0, 100_000), ...steady(1, 40_000));
    const document = await documentOf('--', 'sleep', '0.5');
    assert.is(document.wall, null);
    assert.equal(
      gpusOf(document).map(({ gpu, energy_j }) => [gpu, Math.round(energy_j / document.time_s)]),
      [
        [0, 100],
        [1, 40],
      ],
    );
    const one = await documentOf('--gpu', '1', '--', 'sleep', '0.5');
    assert.equal(
      one.gpus.map(({ gpu }) => gpu),
      [1],
    );
  });

  test('without a meter: the wall’s joules by a bench’s law, labelled estimated', async () => {
    const document = await documentOf('--on', 'pc1', '--', 'sleep', '0.5');
    const estimate = document.estimate!;
    // The law of data/predictors/pc1.yaml.
    near(estimate.wall_j, (1.0457715290546326 * 120.5 + 99.8429118781675) * document.time_s, 'law');
    assert.is(estimate.coverage, 0.9);
    assert.is(estimate.extrapolated_by, null);
    assert.ok(estimate.low_j! < estimate.wall_j && estimate.high_j! > estimate.wall_j);
    assert.is(document.wall, null);
    rig.machine.gpus('gpus 1', ...steady(0, 300_000));
    const { stderr } = await record('--on', 'pc1', '--', 'sleep', '0.5');
    assert.match(
      stderr,
      /^wall, estimated .* by the law of bench PC1 \(published.*\), 90 % interval; extrapolated: .*GPU power/m,
    );
    assert.match(stderr, /bench PC1 was fitted on a GTX 1080 Ti, here is a Stub/);
    assert.not.match(stderr, /wall, measured/);
  });

  test('the simulated meter is labelled so', async () => {
    const document = await documentOf('--meter', 'simulated,period=400ms', '--', 'sleep', '0.3');
    assert.is(wallOf(document).kind, 'simulated');
  });

  test('a meter that is pulled out: no joules and why, never a number; the program’s exit code all the same', async () => {
    const unplugged = whenRunning().then(() => pty.unplug());
    const { code, stdout, stderr } = await record(
      '--json',
      '--meter',
      meter(),
      '--',
      'sh',
      '-c',
      `${signOfLife()}; sleep 3; exit 9`,
    );
    await unplugged;
    assert.is(code, 9);
    const { wall } = JSON.parse(stdout) as Document;
    assert.match((wall as { why: string }).why, /the meter tells nothing of \d\.\d\d s of \d\.\d\d s/);
    assert.match(stderr, /the meter tells nothing of/);
  });

  test('a GPU that is lost while the program runs has no joules, and nothing is estimated of it', async () => {
    const lost = whenRunning().then(() => rig.machine.gpus('gpus 1', '0 lost'));
    const { code, stdout, stderr } = await record('--on', 'pc1', '--', 'sh', '-c', `${signOfLife()}; sleep 2`);
    await lost;
    assert.is(code, 0, stderr);
    assert.is(stdout, '');
    assert.match(stderr, /^GPU 0 +no joules +Stub.*: its driver does not tell its power from end to end$/m);
    assert.not.match(stderr, /wall, estimated/);
  });

  test('--logs keeps what the instruments wrote', async () => {
    const kept = join(folder, 'kept');
    const { code, stderr } = await record('--logs', kept, '--meter', meter(), '--', 'sleep', '0.3');
    assert.is(code, 0, stderr);
    assert.equal(readdirSync(kept).sort(), ['meter.log', 'resources.log']);
    assert.ok((await readMeterLog(join(kept, 'meter.log'))).samples.length > 5);
    assert.is((await readLoggerLog(join(kept, 'resources.log'))).device?.gpu, 0);
    const again = await record('--logs', kept, '--', 'true');
    assert.is(again.code, 2);
    assert.match(again.stderr, 'is there already');
  });

  test('a signal is a shell’s exit code', async () => {
    assert.is((await record('--meter', meter(), '--', 'sh', '-c', 'kill -TERM $$')).code, 143);
  });

  test('Ctrl-C is the program’s own: its end is measured all the same', async () => {
    const script = `trap "exit 42" INT; ${signOfLife()}; while :; do sleep 0.05; done`;
    const words = ['record', '--json', '--meter', 'simulated,period=400ms', '--', 'sh', '-c', script];
    // A process group of its own, as a terminal's foreground job is one.
    const child = spawn(process.execPath, [main, ...words], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'close');
    const document = text(child.stdout);
    await whenRunning();
    process.kill(-child.pid!, 'SIGINT');
    assert.is((await ended)[0], 42);
    const found = JSON.parse(await document) as Document;
    assert.is(found.exit_code, 42);
    assert.ok(wallOf(found).energy_j > 0);
  });

  test('what cannot be measured is said before the program runs, and nothing is left', async () => {
    const ran = join(folder, 'ran');
    const kept = join(folder, 'kept');
    const refused = async (argv: readonly string[], exit: number, message: RegExp): Promise<void> => {
      const { code, stdout, stderr } = await record(...argv, '--logs', kept, '--', 'touch', ran);
      assert.is(code, exit, stderr);
      assert.match(stderr, message);
      assert.is(stdout, '');
      assert.not.ok(existsSync(ran), 'the program ran');
      assert.not.ok(existsSync(kept), 'a folder was left');
    };
    await refused(['--meter', 'emonpi:/dev/none'], 4, /there is no port \/dev\/none: /);
    await refused(['--meter', `emonpi:${pty.port}`], 4, /does not speak emonpi: found .*\n.*these are lines of emonlib: set meter\.type/); // prettier-ignore
    await refused(['--meter', meter(), '--gpu', '7'], 4, /GPU 7 is not there; found: 0 \(GPU-/);
    await refused(['--meter', meter(), '--on', 'pc1'], 2, /--on estimates what --meter measures/);
    await refused(['--meter', meter(), '--standby', '3'], 2, /--standby 3: expected how long to measure it, like 30s/);
    await refused(['--standby', '60W'], 2, /is of the wall: it needs --meter/);
    await refused(['--on', 'pc9'], 2, /there is no bench pc9/);
    rig.machine.gpus('init 9');
    await refused([], 4, /nothing to measure with/);
    await refused(['--on', 'pc1'], 4, /needs the GPU’s joules, and no GPU is found/);
    process.env.IRENE_LOGGER = '/no/logger';
    await refused(['--meter', meter()], 4, /IRENE_LOGGER names \/no\/logger, which is not there\n.*make -C/);
  });

  test('a command line without a program, or with one that there is not', async () => {
    assert.match((await record('--meter', meter())).stderr, /nothing to measure: expected a program behind --/);
    const { code, stderr } = await record('--meter', meter(), '--', 'no-such-program');
    assert.is(code, 2);
    assert.match(stderr, 'no-such-program: there is no such program');
  });
}

if (cc && make && socat) defineTests(make, socat);
test.run();
