/** What the figures were measured on, in words. */
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { hasPeers, python } from './command.js';
import { torchPython } from './python_peer.js';

const packages = ['polars', 'pandas', 'pyarrow', 'dvc', 'snakemake', 'psutil', 'codecarbon'];

/** The peers with their versions, as their metadata tells. */
function peerVersions(): string {
  if (!hasPeers()) return '';
  const code = `import importlib.metadata as m, sys\nfor n in sys.argv[1:]:\n  print(n, m.version(n))`;
  const { stdout } = spawnSync(python, ['-c', code, ...packages], { encoding: 'utf8' });
  const { stdout: version } = spawnSync(python, ['--version'], { encoding: 'utf8' });
  const { stdout: torch } = spawnSync(torchPython, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' }); // prettier-ignore
  return `; ${version.trim()} with ${stdout.trim().split('\n').join(', ')}, torch ${torch.trim()}`;
}

export function machine(): string {
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const load = loadavg()[0].toFixed(1);
  return `${cpus()[0].model}, ${availableParallelism()} cores, ${gib} GiB, Linux ${release()}, Node ${process.version}${peerVersions()}. Load when it began: ${load}.`;
}
