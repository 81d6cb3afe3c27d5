/**
 * What a test needs beyond npm. Where it is absent the test is listed by name as not run, with what to do about it;
 * under `CI=true` the absence of what can be installed fails (test/run.ts reads these lines).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';

/** Where other versions of Node are kept: outside of the project, since 100 MB each are no part of it. */
const nodes = join(tmpdir(), 'irene-nodes');

/** The newest of one version of Node, as npm has it; the one that runs where it is of that version. */
function nodeOf(major: number) {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(nodes, String(major));
  const isThis = process.version.startsWith(`v${major}.`);
  return {
    paths: [isThis ? process.execPath : join(prefix, 'node_modules', name, 'bin', 'node')],
    remedy: `npm install --no-save --ignore-scripts --prefix ${prefix} ${name}@${major}`,
    installable: true,
  };
}

/** Where a folder in memory can be mounted: only root may, and not in every container. */
function mountWhereAllowed(): string {
  const mount = '/usr/bin/mount';
  if (process.getuid?.() !== 0 || !existsSync(mount)) return '';
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  const may = spawnSync(mount, ['-t', 'tmpfs', 'none', folder]).status === 0;
  if (may) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return may ? mount : '';
}

const places = {
  published: {
    paths: [process.env.IRENE_DATASET ?? '', join(packageRoot, '..', 'shared', 'irene-dataset')],
    remedy: 'put the published files into ../shared/irene-dataset or name their folder in IRENE_DATASET',
    installable: false,
  },
  foreign: {
    paths: [join(packageRoot, '..', 'shared', 'foreign')],
    remedy: 'put the tables of other benches into ../shared/foreign',
    installable: false,
  },
  chromium: {
    paths: [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'],
    remedy: 'apt-get install chromium',
    installable: true,
  },
  socat: {
    paths: ['/usr/bin/socat', '/usr/local/bin/socat', '/opt/homebrew/bin/socat'],
    remedy: 'apt-get install socat',
    installable: true,
  },
  torch: {
    paths: [process.env.IRENE_PYTHON ?? '', join(packageRoot, 'native', 'torch', '.venv', 'bin', 'python')],
    remedy: 'native/torch/install published',
    installable: true,
  },
  cc: {
    paths: [process.env.CC ?? '', '/usr/bin/cc', '/usr/local/bin/cc'],
    remedy: 'apt-get install gcc libc6-dev',
    installable: true,
  },
  slurm: {
    paths: ['/usr/sbin/slurmctld'],
    remedy: 'apt-get install slurm-wlm',
    installable: true,
  },
  munge: {
    paths: ['/usr/sbin/munged'],
    remedy: 'apt-get install munge',
    installable: true,
  },
  make: {
    paths: ['/usr/bin/make', '/usr/local/bin/make'],
    remedy: 'apt-get install make',
    installable: true,
  },
  setpriv: {
    paths: ['/usr/bin/setpriv'],
    remedy: 'apt-get install util-linux',
    installable: true,
  },
  mount: {
    paths: [mountWhereAllowed()],
    remedy: 'run it as root on Linux, where mount -t tmpfs is allowed',
    installable: false,
  },
  node20: nodeOf(20),
  node22: nodeOf(22),
  node24: nodeOf(24),
} as const;

/** How a test file says that something in it was not run: a line of its own, read by test/run.ts. */
export const notRun = 'NOT RUN:';

/** Added to such a line where a command installs what is missing. */
export const installable = '(installable)';

/** The path of what is needed, or null after saying which tests were not run, and why. */
export function needs(what: keyof typeof places): string | null {
  const { paths, remedy, installable: can } = places[what];
  const found = paths.find((path) => path && existsSync(path));
  if (found) return found;
  console.log(`${notRun} needs ${what}: ${remedy}${can ? ` ${installable}` : ''}`);
  return null;
}
