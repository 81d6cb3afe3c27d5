/** The machine without its GPUs: what it may tell of itself, and whether it is left alone. */
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTicks } from '../../energy/benches/live/proc_cpu.js';
import { advice, type Item, notOk, ok, type Places } from './item.js';

const listed = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

export function platform(is: NodeJS.Platform = process.platform): Item {
  if (is === 'linux') return ok('system', 'Linux');
  return notOk('system', `${is}: the resource logger reads Linux’s /proc`, 'measure on Linux; all the rest works here');
}

/** RAPL: the energy of packages and memory by the CPU's own counters. */
export function rapl({ sys }: Places): Item {
  const root = join(sys, 'class', 'powercap');
  const zones = listed(root).filter((name) => /^intel-rapl:\d+$/.test(name));
  if (zones.length === 0) {
    return advice('RAPL', 'this CPU or virtual machine tells no energy', 'nothing: the CPU’s joules stay empty');
  }
  const closed = zones.filter((zone) => !isReadable(join(root, zone, 'energy_uj')));
  const names = zones.map((zone) => text(join(root, zone, 'name')) ?? zone).join(', ');
  if (closed.length === 0) return ok('RAPL', names);
  return advice('RAPL', `${names}: may not be read`, `until the next boot: sudo chmod a+r ${join(root, 'intel-rapl:*', 'energy_uj')}`); // prettier-ignore
}

/** A governor that saves power changes the CPU's clock under the measurement. */
export function governor({ sys }: Places): Item {
  const root = join(sys, 'devices', 'system', 'cpu');
  const cpus = listed(root).filter((name) => /^cpu\d+$/.test(name));
  const governors = cpus.flatMap((cpu) => text(join(root, cpu, 'cpufreq', 'scaling_governor')) ?? []);
  const others = [...new Set(governors)].filter((name) => name !== 'performance');
  if (governors.length === 0) return ok('CPU governor', 'none to choose');
  if (others.length === 0) return ok('CPU governor', 'performance');
  return advice('CPU governor', others.join(', '), 'sudo cpupower frequency-set -g performance');
}

/** CAP_SYS_NICE: the bit of the capabilities in /proc/self/status that lets stamps be in time on a busy machine. */
const sysNice = 1n << 23n;

export function realtime({ proc }: Places): Item {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(text(join(proc, 'self', 'status')) ?? '')?.[1];
  if (effective !== undefined && (BigInt(`0x${effective}`) & sysNice) !== 0n) return ok('priority', 'may be raised');
  const remedy = 'run as root, or leave the machine idle: stamps are late only where it is busy';
  return advice('priority', 'may not be raised', remedy);
}

/** A battery between the wall and the machine keeps joules back. */
export function battery({ sys }: Places): Item {
  const root = join(sys, 'class', 'power_supply');
  const batteries = listed(root).filter((name) => text(join(root, name, 'type')) === 'Battery');
  if (batteries.length === 0) return ok('supply', 'no battery');
  return advice('supply', `battery ${batteries.join(', ')}`, 'take it out, or measure only while it is full: it hides the wall’s joules'); // prettier-ignore
}

/** Busy by more than this is work of others. Derived: of the 200 ticks that two threads have in a second, ten. */
const busy_pct = 5;

/** Is something else at work? Looks for as long as it is told. */
export async function idle({ proc }: Places, look_ms: number): Promise<Item> {
  const before = cpuTicks(proc);
  await sleep(look_ms);
  const after = cpuTicks(proc);
  if (!before || !after) return notOk('idle', `${join(proc, 'stat')} tells no CPU ticks`, 'measure on Linux');
  const pct = (100 * (after.busy - before.busy)) / Math.max(1, after.total - before.total);
  const found = `CPU ${pct.toFixed(1)} % busy`;
  if (pct <= busy_pct) return ok('idle', found);
  return advice('idle', found, 'end what else runs (see top): its joules would be counted as the model’s');
}
