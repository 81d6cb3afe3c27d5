/** What native/logger does not do: wrong command lines, machines that lack what is asked for, logs that are not its own. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { build, endAll, FakeMachine, fullGpu, start } from './logger_rig.js';

const cc = needs('cc');
const make = needs('make');

function defineTests(make: string): void {
  const built = build(make, 'checked', 'nvml', 'allocations');

  test.after.each(endAll);

  test('a GPU that is not there: exit 4 with what was found', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 2', ...fullGpu(0), '1 lost');
    const absent = ['7', 'GPU-1', '1'];
    for (const wanted of absent) {
      const { code, stderr } = await machine.run(['--gpu', '0', '--gpu', wanted]);
      assert.is(code, 4);
      const found = '0 (GPU-00000000-0000-0000-0000-000000000000, Stub, 0), 1 (does not answer: GPU is lost)';
      assert.is(stderr, `irene-logger: GPU ${wanted} is not there; found: ${found}\n`);
    }
    machine.gpus('gpus 0');
    assert.match((await machine.run(['--gpu', 'all'])).stderr, /GPU all is not there; found: none/);
    assert.equal(machine.records(), [], 'and no log was begun');
  });

  test('NVML that is not there or refuses: exit 4 with what to do', async () => {
    const machine = new FakeMachine(built);
    const library = await machine.run(['--gpu', '0', '--nvml', '/no/libnvidia-ml.so.1']);
    assert.is(library.code, 4);
    assert.match(library.stderr, /NVML \(\/no\/libnvidia-ml\.so\.1\): .*cannot open.*does nvidia-smi work\?/);
    machine.gpus('init 9');
    const driver = await machine.run(['--gpu', '0']);
    assert.is(driver.code, 4);
    assert.match(driver.stderr, /it answers error 9 \(Driver Not Loaded\)/);
    const other = await machine.run(['--gpu', '0', '--nvml', built.allocations]);
    assert.is(other.code, 4);
    assert.match(other.stderr, /has no function nvmlInit_v2/);
  });

  test('a driver that hangs in the kernel, where no signal comes in: told at once, in the end exit 4 with what to do', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('init 0 600000 deaf');
    const { code, stderr } = await machine.run(['--gpu', '0', '--quiet']);
    assert.is(code, 4);
    const [waiting, gaveUp] = stderr.split('\n');
    assert.match(waiting, /^irene-logger: waiting for NVIDIA's driver, at most 15 s: .*nvidia-smi -pm 1/);
    assert.match(gaveUp, /^irene-logger: NVIDIA's driver does not answer within 15 s: see dmesg/);
  });

  test('a driver that is slow is waited for, 3 s a GPU, and told', async () => {
    const machine = new FakeMachine(built);
    for (let gpu = 0; gpu < 8; gpu++) machine.write(`proc/driver/nvidia/gpus/0000:0${gpu}:00.0/information`, '');
    machine.gpus('init 0 1500', 'gpus 1', ...fullGpu(0));
    const { code, stderr } = await machine.run(['--gpu', '0', '--quiet', '--samples', '1']);
    assert.is(code, 0, stderr);
    assert.match(stderr, /^irene-logger: waiting for NVIDIA's driver, at most 24 s: .*\n$/);
    assert.is(machine.of('device').length, 1);
  });

  test('wrong command lines: exit 2 with what was expected', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 1', ...fullGpu(0));
    const wrong = [
      [['--gpu', 'first'], /GPU "first": expected an index, a UUID \(GPU-…\) or all/],
      [['--gpu', '0', '--gpu', 'all'], /GPU 0 \(.*\) is named twice/],
      [['--period-ms', '0'], /--period-ms: expected a positive whole number, found 0/],
      [['--verbose'], /expected an option \(see --help\), found --verbose/],
    ] as const;
    for (const [args, expected] of wrong) {
      const { code, stderr } = await machine.run(args);
      assert.is(code, 2);
      assert.match(stderr, expected);
    }
    const help = await start(built.checked, ['--help']).ended;
    assert.is(help.code, 0);
    assert.ok(help.stdout.startsWith('irene-logger --output resources.log --gpu 0\n'), 'an example first');
  });

  test('a file that is no log, is another boot’s or another logger’s is not touched: exit 4', async () => {
    const machine = new FakeMachine(built);
    writeFileSync(machine.log, 'time,watts\n');
    assert.match((await machine.run([])).stderr, /no log of this logger; it was not touched/);
    assert.is(readFileSync(machine.log, 'utf8'), 'time,watts\n');
    rmSync(machine.log);
    const running = machine.start(['--quiet']);
    await machine.until('a sample', () => machine.of('host').length >= 1);
    const second = await machine.run([]);
    assert.is(second.code, 4);
    assert.match(second.stderr, /another logger writes it/);
    running.child.kill('SIGTERM');
    await running.ended;
    machine.write('proc/sys/kernel/random/boot_id', '00000000-0000-4000-8000-000000000000\n');
    const rebooted = await machine.run([]);
    assert.is(rebooted.code, 4);
    assert.match(rebooted.stderr, /the log of another boot, whose clock began elsewhere; name another file/);
  });

  test('a /proc that is not there: exit 4', async () => {
    const machine = new FakeMachine(built);
    machine.cpu(-1, 0);
    const damaged = await machine.run([]);
    assert.is(damaged.code, 4);
    assert.match(damaged.stderr, /stat: expected a line `cpu` with eight counters/);
    rmSync(join(machine.folder, 'proc', 'stat'));
    assert.match((await machine.run([])).stderr, /proc\/stat: No such file or directory/);
  });

  test('a full disk loses lines, says so and exits 5; a pipe that is closed ends the run', async () => {
    const machine = new FakeMachine(built);
    const full = await machine.run(['--output', '/dev/full', '--samples', '3', '--period-ms', '200']);
    assert.is(full.code, 5);
    assert.match(full.stderr, /7 lines were lost: \/dev\/full: No space left on device/); // two heads, three samples, the end
    const running = machine.start(['--output', '-', '--quiet']);
    running.child.stdout!.once('data', () => running.child.stdout!.destroy());
    const { code, stderr } = await running.ended;
    assert.is(code, 5);
    assert.match(stderr, /Broken pipe/);
  });
}

if (cc && make) defineTests(make);

test.run();
