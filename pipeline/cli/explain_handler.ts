/** What `pipeline explain` does: a paragraph a task. */
import { abridged } from '../abridged.js';
import { manifestPath, type Graph } from '../graph.js';
import { openProject, survey, type State } from '../project.js';
import { readManifest, type FingerprintParts, type Manifest, type Output } from '../store/manifest.js';
import { readableBytes, type Terminal } from '../terminal.js';
import type { Door } from './command.js';
import type { ExplainArgs } from './explain.js';
import { checkStage } from './stage_option.js';

/** A hash as people compare it. */
const shortHash = (sha256: string): string => sha256.slice(0, 10);

/** All that is known of a task: from its fingerprint as it would be now, and from what it left behind. */
interface Explained {
  readonly state: State;
  readonly parts: FingerprintParts | null;
  readonly manifest: Manifest | null;
}

function explained(graph: Graph, state: State): Explained {
  const found = readManifest(manifestPath(graph.run, state.task));
  const manifest = found === null || typeof found === 'string' ? null : found;
  return { state, parts: state.freshness?.parts ?? manifest?.parts ?? null, manifest };
}

function reads({ state: { task } }: Explained): { table: string; tasks: string[] }[] {
  return task.reads
    .filter(({ from }) => from.length > 0)
    .map(({ table, from }) => ({ table: table.name, tasks: from.map(({ id }) => id) }));
}

const outputText = ({ table, path, rows, bytes, sha256 }: Output): string =>
  `${table === null ? path : `${table}: ${rows} rows, ${path}`}, ${readableBytes(bytes)}, sha256 ${shortHash(sha256)}`;

/** `scale 1, letters [a, b]`: the settings that a task's result depends on. */
function settingsText(params: unknown): string {
  if (params === null || typeof params !== 'object') return JSON.stringify(params);
  return Object.entries(params)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
}

function findingsText({ findings }: Manifest): string {
  const counts = Object.entries(findings).filter(([, count]) => count > 0);
  return counts.length === 0 ? 'none' : counts.map(([severity, count]) => `${count} ${severity}`).join(', ');
}

/** Label and text of every line of a task's paragraph; what is empty is left out. */
function lines(one: Explained): [string, string][] {
  const { parts, manifest } = one;
  const read = reads(one).map(({ table, tasks }): [string, string] => ['reads', `${table} of ${abridged(tasks)}`]);
  const depends: [string, string][] = !parts
    ? []
    : [
        ...Object.entries(parts.files).map(([name, sha256]): [string, string] => ['file', `${name}, sha256 ${shortHash(sha256)}`]), // prettier-ignore
        ['settings', settingsText(parts.params)],
        ['source', parts.source === null ? '' : JSON.stringify(parts.source)],
        ['code', `${shortHash(parts.code)}, columns ${shortHash(parts.schema)}`],
      ];
  const wrote: [string, string][] = !manifest
    ? []
    : [
        ...manifest.outputs.map((output): [string, string] => ['wrote', outputText(output)]),
        ['findings', findingsText(manifest)],
        ['took', `${manifest.seconds} s`],
      ];
  return [...read, ...depends, ...wrote].filter(([, text]) => text !== '');
}

function paragraph(one: Explained, { style }: Terminal): string {
  const { task, state, reason } = one.state;
  const why = reason === null ? style.green('fresh') : style.yellow(state === 'stale' ? `stale: ${reason}` : reason);
  return [
    `${style.bold(task.id)}  ${why}`,
    ...lines(one).map(([label, text], i, all) => {
      const repeated = i > 0 && all[i - 1][0] === label;
      return `  ${style.dim((repeated ? '' : label).padEnd(9))} ${text}`;
    }),
  ].join('\n');
}

function document(one: Explained) {
  const { state, parts, manifest } = one;
  return {
    task: state.task.id,
    state: state.state,
    reason: state.reason,
    reads: reads(one),
    fingerprint: state.freshness?.fingerprint ?? null,
    parts,
    outputs: manifest?.outputs ?? [],
    findings: manifest?.findings ?? null,
    seconds: manifest?.seconds ?? null,
  };
}

export async function handle(args: ExplainArgs, terminal: Terminal, { openRegistry }: Door): Promise<void> {
  const registry = await openRegistry();
  checkStage(args.stage, registry);
  const { graph } = await openProject(args.config, registry, { set: args.set });
  const states = await survey(graph, { verify: false });
  const all = states
    .filter(({ task }) => args.stage === undefined || task.stage.name === args.stage)
    .map((state) => explained(graph, state));
  terminal.print(all.map((one) => paragraph(one, terminal)).join('\n\n'));
  terminal.document({ run: graph.run, tasks: all.map(document) });
}
