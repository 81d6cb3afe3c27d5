/** The seven stages as a DVC user would write them: commands with dependencies, outputs and parameters. */
import { stringify } from 'yaml';

interface DvcStage {
  readonly deps: readonly string[];
  readonly params: readonly string[];
}

const stages: Readonly<Record<string, DvcStage>> = {
  trace: { deps: [], params: ['trace'] },
  profile: { deps: ['trace'], params: ['profile', 'bench'] },
  align: { deps: ['profile'], params: ['align'] },
  featurize: { deps: ['trace', 'align'], params: [] },
  train: { deps: ['featurize', 'trace'], params: ['train', 'evaluate'] },
  evaluate: { deps: ['featurize', 'train'], params: ['evaluate'] },
  report: { deps: ['trace', 'profile', 'align', 'featurize', 'train', 'evaluate'], params: ['report'] },
};

const dataset = (stage: string): string => (stage === 'report' ? 'reports/pc1' : `data/runs/pc1/${stage}`);

/** dvc.yaml for `command STAGE`; outputs are not copied to a cache, as ours are not. */
export function dvcYaml(command: string): string {
  const written = Object.entries(stages).map(([name, { deps, params }]) => [
    name,
    {
      cmd: `${command} ${name}`,
      ...(deps.length > 0 ? { deps: deps.map(dataset) } : {}),
      ...(params.length > 0 ? { params: [{ 'pc1.yaml': params }] } : {}),
      outs: [{ [dataset(name)]: { cache: false } }],
    },
  ]);
  return stringify({ stages: Object.fromEntries(written) });
}
