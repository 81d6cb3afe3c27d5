/**
 * A Slurm cluster of its own on this machine: three nodes, two of which own a meter. Each node daemon has a host name
 * of its own (a UTS name space), so that Debian's build will do. As root; ends only what it started.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { packageRoot } from '../../pipeline/paths.js';
import { needs, notRun } from '../needs.js';

export const nodes = ['hub', 'pc1', 'pc2'] as const;
export type Node = (typeof nodes)[number];

/** True where a lab can be started here; else says which tests are not run. */
export function canStart(): boolean {
  if (!needs('slurm') || !needs('munge')) return false;
  if (process.getuid?.() === 0 && spawnSync('unshare', ['--uts', 'true']).status === 0) return true;
  console.log(`${notRun} needs root, to start a cluster of its own: run it as root`);
  return false;
}

/** Waits until something holds; fails after a while with what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limit_s = 60): Promise<void> {
  for (const end_ms = Date.now() + limit_s * 1000; Date.now() < end_ms; await pause(50)) if (await holds()) return;
  throw new Error(`${what}: not within ${limit_s} s`);
}

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The name space of a process's host name; all that runs on a node has that of its daemon. */
function hostNames(pid: number | string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/uts`);
  } catch {
    return null;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

export class Lab {
  private readonly root = mkdtempSync(join(tmpdir(), 'slurm-lab-'));
  private readonly daemons = new Map<string, ChildProcess>();
  readonly env = { ...process.env, SLURM_CONF: join(this.root, 'slurm.conf') };

  static async start(): Promise<Lab> {
    const lab = new Lab();
    process.once('exit', () => lab.killAll());
    await lab.configure();
    const { root } = lab;
    const key = join(root, 'munge.key');
    writeFileSync(key, randomBytes(1024), { mode: 0o400 });
    // --force: munged otherwise refuses a folder that others may write to, like /tmp.
    lab.spawn('munged', ['munged', '--foreground', '--force', `--key-file=${key}`, `--socket=${root}/munge.socket`, `--pid-file=${root}/munged.pid`, `--log-file=${root}/munged.log`, `--seed-file=${root}/munge.seed`]); // prettier-ignore
    await until('munge is up', () => existsSync(join(root, 'munge.socket')));
    lab.startController();
    nodes.forEach((node) => lab.startNode(node));
    await until('all nodes are idle', () => nodes.every((node) => lab.ask('sinfo', '-h', '-N', '-n', node, '-o', '%t').includes('idle'))); // prettier-ignore
    return lab;
  }

  private async configure(): Promise<void> {
    const ports = await freePorts(4);
    chmodSync(this.root, 0o755);
    for (const name of ['state', 'log', ...nodes.map((node) => `spool.${node}`)]) mkdirSync(join(this.root, name));
    for (const name of ['slurm.conf', 'gres.conf']) {
      const text = readFileSync(join(packageRoot, 'test', 'slurm', `${name}.in`), 'utf8')
        .replaceAll('@ROOT@', this.root)
        .replaceAll('@HOST@', hostname())
        .replaceAll(/@PORT(\d)@/g, (_, i: string) => String(ports[Number(i)]));
      writeFileSync(join(this.root, name), text);
    }
  }

  private spawn(name: string, [program, ...args]: readonly string[]): void {
    const log = openSync(join(this.root, `${name}.out`), 'a');
    this.daemons.set(name, spawn(program, args, { detached: true, stdio: ['ignore', log, log], env: this.env }));
  }

  startController(): void {
    this.spawn('slurmctld', ['slurmctld', '-D', '-f', this.env.SLURM_CONF]);
  }

  startNode(node: Node): void {
    const script = 'hostname "$1"; exec slurmd -D -N "$1" -f "$2"';
    this.spawn(node, ['unshare', '--uts', 'sh', '-c', script, '_', node, this.env.SLURM_CONF]);
  }

  private kill(name: string): void {
    const pid = this.daemons.get(name)?.pid;
    this.daemons.delete(name);
    if (pid !== undefined) kill(pid);
  }

  /**
   * As a restart of its service does: it saves its state and ends. One that is killed forgets the jobs of the last
   * seconds, gives their numbers again, and drains the node where both are: Slurm's own loss.
   */
  async stopController(): Promise<void> {
    const daemon = this.daemons.get('slurmctld')!;
    this.daemons.delete('slurmctld');
    daemon.kill('SIGTERM');
    if (daemon.exitCode === null) await new Promise((resolve) => daemon.once('exit', resolve));
  }

  /** Whoever asks the controller while this runs gets no answer, and no refusal. Shorter than SlurmdTimeout. */
  async whileControllerHangs<Result>(work: () => Promise<Result>): Promise<Result> {
    const { pid } = this.daemons.get('slurmctld')!;
    process.kill(pid!, 'SIGSTOP');
    try {
      return await work();
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
  }

  /** As if the power went: the daemon, and with it everything that runs on the node. */
  killNode(node: Node): void {
    const names = hostNames(this.daemons.get(node)?.pid ?? 0);
    if (names === null || names === hostNames('self')) return;
    const running = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && hostNames(name) === names);
    for (const pid of running()) kill(Number(pid));
    this.daemons.delete(node);
  }

  /** What a program of Slurm prints; empty where it fails. */
  ask(program: string, ...args: readonly string[]): string {
    return spawnSync(program, args, { env: this.env, encoding: 'utf8' }).stdout ?? '';
  }

  /** The jobs in the queue, an array's elements one by one: `12_3 RUNNING pc1 name`. */
  queue(): string[] {
    const said = execFileSync('squeue', ['-h', '-r', '-o', '%i %T %N %j'], { env: this.env, encoding: 'utf8' });
    return said.split('\n').filter(Boolean);
  }

  /** The end of what the controller wrote, for whoever looks for why something went wrong. */
  lastWords(): string {
    return readFileSync(join(this.root, 'log', 'slurmctld.log'), 'utf8')
      .split('\n')
      .slice(-80)
      .join('\n');
  }

  private killAll(): void {
    nodes.forEach((node) => this.killNode(node));
    for (const name of [...this.daemons.keys()]) this.kill(name);
  }

  async stop(): Promise<void> {
    this.killAll();
    await pause(200);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}
