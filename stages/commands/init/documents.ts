/** The two files that `pipeline init --bench` writes: what was found as settings, what was not as comments to fill in. */
import { stringify } from 'yaml';
import type { Found, FoundGpu } from './found.js';

/** A value as YAML has it, on one line. */
const inline = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

/** Lines of a meter that a round must hold (check 5: MLPerf's 60), and the paper's round (IrEne 5.2), s. */
const fewestLines = 60;
const paperRound_s = 20;

/** A slow meter needs longer rounds; to whole ten seconds. */
function round_s({ meter }: Found): number {
  const needed_s = ((fewestLines + 2) * (meter?.identity.period_us ?? 0)) / 1e6;
  return needed_s <= paperRound_s ? paperRound_s : 10 * Math.ceil(needed_s / 10);
}

/** A clock that the GPU can hold: boost clocks fall with its temperature. */
const steadyPart = 0.8;

function gpuLines([gpu, ...others]: readonly FoundGpu[]): string[] {
  if (!gpu)
    return [
      '    # gpu: GPU-…                   # UUID of the GPU (nvidia-smi -L); none was found: models run on the CPU,',
      '    #                                joules are the wall’s, and predictors that go by a GPU are left out',
    ];
  const clock = gpu.greatest_clk_mhz === null ? 'MHZ' : Math.round(steadyPart * gpu.greatest_clk_mhz);
  const most = gpu.greatest_clk_mhz === null ? '' : `, of ${gpu.greatest_clk_mhz} MHz at most`;
  return [
    `    gpu: ${gpu.uuid}   # ${gpu.name}, driver ${gpu.driver || 'unknown'}`,
    ...others.map(({ uuid, name }) => `    #    ${uuid}   # ${name}, not measured`),
    `    # clocks: ${clock} MHz              # lock the GPU there (root)${most}; else it runs free, and so does the energy`,
  ];
}

/** Without a meter and without a GPU nothing tells joules: a simulated meter stands in, so that all runs as it stands. */
export const standsIn = ({ meter, gpus }: Pick<Found, 'meter' | 'gpus'>): boolean =>
  meter === null && gpus.length === 0;

function meterLines({ meter, ports, gpus }: Found): string[] {
  if (meter) return [`    meter: ${inline(meter.section)}   # it printed: ${meter.reading}`];
  const there = ports.length === 0 ? 'no serial port was found' : `ports: ${ports.join(', ')}`;
  return [
    ...(standsIn({ meter, gpus })
      ? ['    meter: { type: simulated }     # MADE-UP joules, labelled simulated. Put the real one here:']
      : []),
    `    # meter: { type: emonlib, port: /dev/ttyUSB0 }   # ${there}; types: emonpi, emonlib, pzem004t`,
    ...(standsIn({ meter, gpus }) ? [] : withoutMeter),
  ];
}

/** What a bench without a meter does not tell. */
const withoutMeter = [
  '    #   none was named: joules are the GPU’s as its driver tells them, and none at the wall. The run ends with',
  '    #   featurize, for training and tables are of the wall; pipeline calibrate fits the GPU’s joules.',
];

/** What only the owner knows of a meter. */
const statedLines = [
  '    #   add to it what its maker states: range: 30 A, class: 1, uncertainty: 1 %, calibrated: 2026-01-05',
  '    # standby: 62 W                # at the wall when nothing runs; measured where it is not stated',
  '    # mains: 230 V                 # nominal; a deviation of 5 % is told',
];

const alignLines = (kind: 'window' | 'instant'): string[] => [
  '',
  'align:',
  `  meter: ${kind.padEnd(25)} # a line is ${kind === 'window' ? 'the mean since the line before' : 'of one moment'}`,
  '  edge: step                       # how a window that straddles a round’s edge is divided',
];

/** A configuration of the source `live`, to be run as `pipeline run configs/NAME.yaml`. */
export function configurationText(name: string, found: Found): string {
  const { cpu, threads, memory_gib, gpus, meter } = found;
  const machine = { name, cpu, threads, memory_gib, gpu: gpus[0]?.name ?? null };
  const isMetered = meter !== null || standsIn(found);
  const kind = meter?.identity.kind ?? 'window';
  const round = round_s(found);
  const slow = round > paperRound_s ? `; ${fewestLines} lines of this meter take so long` : '';
  return `${[
    `# ${name}, measured live. What was found on the machine is set, what only its owner knows is a comment to fill in.`,
    `# Before the first run: pipeline doctor configs/${name}.yaml`,
    `# What a run will do, and how long: pipeline run configs/${name}.yaml --dry-run`,
    `run: ${name}`,
    '',
    'bench:',
    '  source: [live]',
    '  live:',
    `    machine: ${inline(machine)}`,
    ...meterLines(found),
    ...(isMetered ? statedLines : []),
    ...gpuLines(gpus),
    '',
    'trace:',
    '  models: [bert-base-uncased, distilbert-base-uncased, gpt2]   # pipeline list models has more; any PyTorch code too',
    '  batch_sizes: [8, 16]',
    '  lengths: [32, 128]',
    '',
    'profile:',
    `  round: ${round} s                      # the paper’s 20 s${slow}${isMetered ? '' : '; 5 s are enough for a GPU’s own count'}`,
    '  rounds: 5                        # and up to five more where they vary by more than 1 %',
    ...(isMetered ? alignLines(kind) : []),
  ].join('\n')}\n`;
}

/** The description of the bench, for \`list benches\` and, once predictors are fitted there, \`predict --on NAME\`. */
export function benchText(name: string, found: Found): string {
  const { cpu, threads, memory_gib, gpus, meter } = found;
  const [gpu] = gpus;
  const gpuPart = gpu
    ? [
        'gpu:',
        `  name: ${inline(gpu.name)}`,
        `  count: ${gpus.length} # one is measured`,
        `  memory_gib: ${inline(gpu.memory_gib)}`,
      ]
    : ['# gpu: none was found'];
  const meterPart = meter
    ? ['meter:', `  name: ${inline(meter.identity.name)}`, `  kind: ${meter.identity.kind}`, `  period_s: ${meter.identity.period_us / 1e6}`, `  range_a: ${inline(meter.identity.range_a)} # null is not stated`, `  uncertainty_pct: ${inline(meter.identity.uncertainty_pct)}`] // prettier-ignore
    : ['# meter: none was named'];
  return `${[
    `# ${name}: facts about the machine, as they were found on it. Nothing here was fitted.`,
    `name: ${inline(name)}`,
    ...(meter?.section.type === 'simulated' || standsIn(found) ? ['label: simulated # its meter is'] : []),
    `predictors: ${name} # data/predictors/${name}.yaml, which pipeline calibrate makes of a measured run`,
    '',
    'cpu:',
    `  name: ${inline(cpu)}`.replace(/: null$/, ': unknown'),
    `  threads: ${threads}`,
    `memory_gib: ${memory_gib}`,
    '',
    ...gpuPart,
    '',
    ...meterPart,
    '',
    'logger:',
    '  period_s: 0.17 # native/logger',
  ].join('\n')}\n`;
}
