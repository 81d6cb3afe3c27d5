/** native/logger at work, on a machine made of files (logger_rig.ts): what it logs, and what disturbs it. */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optionalNumbers, toRows } from '../../pipeline/rows.js';
import { readLoggerLog } from '../../stages/energy/benches/live/logger_log.js';
import { needs, notRun } from '../needs.js';
import { build, endAll, FakeMachine, fullGpu } from './logger_rig.js';

const cc = needs('cc');
const make = needs('make');
const setpriv = needs('setpriv');

/** CAP_SYS_NICE, a bit of the effective capabilities. */
const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
const mayGoFirst = (BigInt(`0x${capabilities}`) & (1n << 23n)) !== 0n;

function defineTests(make: string): void {
  const built = build(make, 'plain', 'checked', 'races', 'nvml', 'allocations');

  test.after.each(endAll);

  test('a sample of everything becomes a row of resources', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 1', ...fullGpu(0));
    machine.zone('intel-rapl:0', 'package-0', 500);
    const { code, stderr } = await machine.run(['--gpu', '0', '--samples', '2', '--period-ms', '1000', '--quiet']);
    assert.equal([code, stderr], [0, '']);
    const { resources, device, runs } = await readLoggerLog(machine.log);
    const { mono_us, ...row } = toRows(resources)[0];
    assert.equal(row, {
      cpu_busy_ticks: 0,
      cpu_total_ticks: 0,
      mem_total_kib: 32000,
      mem_available_kib: 24000,
      cpu_energy_uj: 0,
      dram_energy_uj: null,
      gpu_pct: 97,
      gpu_mem_pct: 41,
      gpu_mem_used_kib: 1024,
      gpu_clk_mhz: 1733,
      gpu_mem_clk_mhz: 4004,
      gpu_power_w: 120.5,
      gpu_energy_uj: 5_000_000,
      gpu_temperature_c: 66,
      throttle_bits: 4,
    });
    assert.ok(Number(mono_us) >= runs[0].first_us);
    assert.is(device?.name, 'Stub  0', 'a comma in a name does not make another cell');
    assert.equal([machine.of('host')[0].cpu_busy_ticks, machine.of('host')[0].cpu_total_ticks], [1000, 10000]);
    assert.equal([machine.of('gpu')[0].gpu_mem_used_kib, machine.of('gpu')[0].gpu_mem_total_kib], [1024, 8192]);
    assert.equal(
      machine.of('end').map(({ ticks, lost_lines }) => [ticks, lost_lines]),
      [[2, 0]],
    );
  });

  test('two GPUs, one by its UUID, are told apart', async () => {
    const machine = new FakeMachine(built);
    const uuid = 'GPU-8f6ad9a5-0000-4000-8000-3b7a5c0ffee1';
    machine.gpus('gpus 3', ...fullGpu(0), '2 power 0 7000', `2 uuid ${uuid}`);
    await machine.run(['--gpu', uuid, '--gpu', '0', '--samples', '2', '--period-ms', '1000']);
    assert.equal(
      machine.of('device').map(({ gpu }) => gpu),
      [2, 0],
    );
    for (const [wanted, power_w] of [
      ['0', 120.5],
      [uuid, 7],
    ] as const) {
      const { resources } = await readLoggerLog(machine.log, wanted);
      assert.equal(new Set(optionalNumbers(resources, 'gpu_power_w')), new Set([power_w]));
    }
  });

  test('a driver that hangs delays no stamp but its own', async () => {
    const machine = new FakeMachine(built);
    const released = join(machine.folder, 'released');
    machine.gpus('gpus 2', ...fullGpu(0), ...fullGpu(1), `0 hangs ${released}`);
    const running = machine.start(['--gpu', 'all', '--period-ms', '10', '--quiet']);
    const of = (index: number) => machine.of('gpu').filter(({ gpu }) => gpu === index);
    await machine.until('50 samples', () => machine.of('host').length >= 50 && of(1).length >= 20);
    assert.is(of(0).length, 0);
    machine.write('released', '');
    await machine.until('the GPU again', () => of(0).length >= 1);
    running.child.kill('SIGTERM');
    assert.is((await running.ended).code, 0);
    const { resources, findings } = await readLoggerLog(machine.log, '0');
    assert.is(optionalNumbers(resources, 'gpu_power_w')[0], null, 'half a second late is not of this sample');
    assert.ok(findings.some(({ check_id, severity }) => check_id === 'logger_late_gpu' && severity === 'warn'));
  });

  test('a driver that never returns does not keep the logger', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 1', ...fullGpu(0), `0 hangs ${join(machine.folder, 'never')}`);
    const { code, stderr } = await machine.run(['--gpu', '0', '--samples', '3', '--quiet'], built.plain);
    assert.is(code, 0);
    assert.match(stderr, /the driver of 1 GPUs did not return/);
    assert.is(machine.of('end').length, 1);
  });

  test('what is not supported is empty, never 0, and no error', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 1', '0 gpu 0 0', '0 controller 0 0');
    await machine.run(['--gpu', '0', '--samples', '2']);
    const { kind, tick, gpu, mono_us, took_us, gpu_pct, gpu_mem_pct, ...others } = machine.of('gpu')[0];
    assert.equal([kind, tick, gpu, gpu_pct, gpu_mem_pct], ['gpu', 0, 0, 0, 0]);
    assert.ok(mono_us > 0 && took_us >= 0);
    for (const [name, value] of Object.entries(others)) assert.is(value, null, name);
    const [host] = machine.of('host');
    assert.equal([host.cpu_energy_uj, host.dram_energy_uj], [null, null], 'no RAPL');
  });

  test('a GPU that is lost leaves its cells empty, with the reason', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 1', ...fullGpu(0));
    const running = machine.start(['--gpu', '0', '--period-ms', '10', '--quiet']);
    await machine.until('readings', () => machine.of('gpu').length >= 3);
    machine.gpus('gpus 1', ...fullGpu(0), '0 lost');
    await machine.until('the loss', () => machine.of('gpu').at(-1)!.nvml_error === 15);
    machine.gpus('gpus 1', '0 energy 999 0', ...fullGpu(0));
    await machine.until('one call that fails', () => machine.of('gpu').at(-1)!.nvml_error === 999);
    running.child.kill('SIGINT');
    assert.is((await running.ended).code, 0);
    const lost = machine.of('gpu').find(({ nvml_error }) => nvml_error === 15)!;
    assert.equal([lost.gpu_power_mw, lost.gpu_pct, lost.throttle_bits], [null, null, null]);
    const { gpu_energy_uj, gpu_power_mw } = machine.of('gpu').at(-1)!;
    assert.equal([gpu_energy_uj, gpu_power_mw], [null, 120500]);
    const { findings } = await readLoggerLog(machine.log);
    const told = findings.filter(({ check_id }) => check_id === 'logger_nvml').map(({ message }) => message);
    assert.is(told.length, 2);
    assert.match(told[0], /NVML answered error 15 in \d+ readings/);
  });

  test('a /proc that cannot be read leaves its cells empty', async () => {
    const machine = new FakeMachine(built);
    const running = machine.start(['--period-ms', '10', '--quiet']);
    await machine.until('samples', () => machine.of('host').length >= 3);
    machine.memory('MemTotal:       32000 kB\n');
    await machine.until('a sample without memory', () => machine.of('host').at(-1)!.mem_total_kib === null);
    running.child.kill('SIGTERM');
    await running.ended;
    const { cpu_busy_ticks, mem_available_kib } = machine.of('host').at(-1)!;
    assert.equal([cpu_busy_ticks, mem_available_kib], [1000, null]);
    const { findings } = await readLoggerLog(machine.log);
    assert.ok(findings.some(({ check_id, severity }) => check_id === 'logger_host' && severity === 'warn'));
  });

  test('energy of all packages since the start, over the end of a counter', async () => {
    const machine = new FakeMachine(built);
    machine.zone('intel-rapl:0', 'package-0', 999_900);
    machine.zone('intel-rapl:1', 'package-1', 100);
    machine.zone('intel-rapl:0:0', 'core', 5);
    machine.zone('intel-rapl:0:1', 'dram', 40);
    machine.zone('intel-rapl-mmio:0', 'package-0', 999_900);
    const running = machine.start(['--period-ms', '10', '--quiet']);
    await machine.until('a sample', () => machine.of('host').length >= 1);
    machine.zone('intel-rapl:0', 'package-0', 50);
    machine.zone('intel-rapl:1', 'package-1', 107);
    machine.zone('intel-rapl:0:1', 'dram', 43);
    const sum_uj = 100 + 50 + 7;
    await machine.until('the energy', () => machine.of('host').at(-1)!.cpu_energy_uj === sum_uj);
    await machine.until('that of memory', () => machine.of('host').at(-1)!.dram_energy_uj === 3);
    machine.write('rapl/intel-rapl:1/energy_uj', 'x\n');
    await machine.until('its lack', () => machine.of('host').at(-1)!.cpu_energy_uj === null);
    running.child.kill('SIGTERM');
    assert.is((await running.ended).code, 0);
    assert.is(machine.of('host')[0].cpu_energy_uj, 0);
  });

  test('killed at any moment it leaves a readable log, and the next start goes on in it', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 1', ...fullGpu(0));
    for (let kill = 1; kill <= 5; kill++) {
      const before = machine.of('host').length;
      const running = machine.start(['--gpu', '0', '--period-ms', '1', '--quiet'], built.plain);
      await machine.until('samples', () => machine.of('host').length >= before + 20 * kill);
      running.child.kill('SIGKILL');
      assert.is((await running.ended).signal, 'SIGKILL');
      // As if it had been killed within a write, which the kernel hardly ever does.
      if (kill === 3) appendFileSync(machine.log, 'host,99,123');
    }
    appendFileSync(machine.log, 'host,7,81906');
    const { resources, runs, findings } = await readLoggerLog(machine.log);
    assert.is(runs.length, 5);
    assert.is(resources.numRows, machine.of('host').length);
    const lines = findings.find(({ check_id }) => check_id === 'logger_lines')!;
    assert.equal([lines.severity, lines.value], ['info', 0]);
    assert.match(lines.message, /2 torn where the logger was killed/);
  });

  test('it ends with the process that started it, if it is told to', async () => {
    const machine = new FakeMachine(built);
    const command = `'${built.plain}' "$@" & wait`;
    const args = [...machine.roots, '--output', machine.log, '--end-with-parent', '--quiet'];
    const shell = spawn('sh', ['-c', command, 'sh', ...args], { stdio: 'ignore' });
    await machine.until('samples', () => machine.of('host').length >= 2);
    shell.kill('SIGKILL');
    await machine.until('its end', () => machine.of('end').length === 1);
  });

  test('it samples at once where it may, and says where it may not', async () => {
    const machine = new FakeMachine(built);
    const { code, stderr } = await machine.run(['--realtime', '--samples', '2', '--period-ms', '10']);
    assert.is(code, 0);
    assert.match(stderr, /^(irene-logger: SCHED_FIFO: .*; it goes on without .*\n)?irene-logger: \d+ samples in /);
  });

  test('what it is permitted is written down, and it is quiet about it unless it was told to run first', async () => {
    const machine = new FakeMachine(built);
    const { code, stderr } = await machine.run(['--samples', '2', '--period-ms', '10', '--quiet']);
    assert.equal([code, stderr], [0, '']);
    const [{ policy, priority, memory_locked }] = machine.of('scheduling');
    if (mayGoFirst) assert.equal([policy, priority, memory_locked], ['fifo', 49, 1]);
    assert.ok(['fifo', 'nice', 'ordinary'].includes(policy) && priority > 0 === (policy !== 'ordinary'));
    const { findings } = await readLoggerLog(machine.log);
    const [told] = findings.filter(({ check_id }) => check_id === 'logger_scheduling');
    assert.match(
      told.message,
      { fifo: /SCHED_FIFO \d+\)/, nice: /nice lowered by \d+/, ordinary: /as any other/ }[policy]!,
    );
    const other = new FakeMachine(built);
    await other.run(['--ordinary', '--samples', '2', '--period-ms', '10', '--quiet']);
    assert.equal(other.of('scheduling'), [{ kind: 'scheduling', policy: 'ordinary', priority: 0, memory_locked: 0 }]);
  });

  if (setpriv) {
    test('without the right to go first it goes on as it may', async () => {
      const machine = new FakeMachine(built);
      // Who has not the right has none to take away.
      const without = mayGoFirst ? ['--bounding-set=-sys_nice,-sys_resource', '--inh-caps=-all', '--'] : ['--'];
      const args = [...without, built.plain, ...machine.roots, '--output', machine.log, '--samples', '2', '--quiet'];
      const child = spawn(setpriv, args, { stdio: 'ignore' });
      assert.is(await new Promise((resolve) => child.once('close', resolve)), 0);
      const [{ policy, priority }] = machine.of('scheduling');
      assert.not.equal([policy, priority], ['fifo', 49]);
      assert.is(machine.of('host').length, 2);
    });
  }

  test('after its first sample it allocates nothing', async () => {
    const machine = new FakeMachine(built);
    machine.zone('intel-rapl:0', 'package-0', 500);
    const counted = join(machine.folder, 'allocations');
    const env = { LD_PRELOAD: built.allocations, IRENE_ALLOCATIONS: counted };
    const { code } = await machine.run(['--samples', '20', '--period-ms', '10', '--quiet'], built.plain, env);
    assert.is(code, 0);
    assert.is(readFileSync(counted, 'utf8'), '0\n');
  });

  test('no data race between its threads', async () => {
    const machine = new FakeMachine(built);
    machine.gpus('gpus 3', ...fullGpu(0), ...fullGpu(1), '2 lost');
    const args = ['--gpu', '0', '--gpu', '1', '--samples', '200', '--period-ms', '2', '--quiet'];
    const { code, stderr } = await machine.run(args, built.races);
    if (stderr.includes('unexpected memory mapping')) {
      console.log(`${notRun} gcc's sanitizer of threads needs less randomised addresses: sysctl vm.mmap_rnd_bits=28`);
    } else assert.equal([code, stderr], [0, '']);
  });
}

if (cc && make) defineTests(make);

test.run();
