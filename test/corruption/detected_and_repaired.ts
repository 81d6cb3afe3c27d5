/**
 * The life of a damaged file: whoever uses its content ends with exit 5 and names it, the next `run` computes just that
 * again and ends with exit 0, and everything is byte for byte as it was.
 */
import * as assert from 'uvu/assert';
import type { Ended } from '../pipeline/folder.js';
import type { Artefact } from './artefacts.js';
import type { FolderCopy } from './folder_copy.js';

export interface Bench {
  readonly pipeline: (...argv: string[]) => Promise<Ended>;
  readonly config: string;
  readonly copy: FolderCopy;
}

type Stages = Readonly<Record<string, { readonly done: number; readonly failed: number }>>;

const stackLine = /^\s+at .*:\d+:\d+\)?$/m;

/** One message, no stack, the file named. */
export function checkRefusal({ code, stderr }: Ended, file: string, what: string): void {
  assert.is(code, 5, `${what}: exit ${code}\n${stderr}`);
  assert.ok(stderr.includes(`error: ${file} is damaged: `), `${what}: ${stderr}`);
  assert.not.match(stderr, stackLine, what);
}

/** `run` mends it, with a warning, and computes nothing else. */
async function checkRepair({ pipeline, config, copy }: Bench, { repairs, file }: Artefact, what: string) {
  const { code, stdout, stderr } = await pipeline('run', config, '--jobs', '1', '--json');
  assert.is(code, 0, `${what}: ${stderr}`);
  assert.match(stderr, /warning: /, `${what}: no warning`);
  const { stages } = JSON.parse(stdout) as { stages: Stages };
  const done = Object.fromEntries(Object.entries(stages).flatMap(([name, one]) => (one.done > 0 ? [[name, one.done]] : []))); // prettier-ignore
  assert.equal(done, repairs, `${what}: not just that was computed again`);
  assert.equal(copy.differing(), [], `${what}: bytes differ after the repair of ${file}`);
}

/** `spoil` does it and tells what; the copy is put back before. Gives what was done. */
export async function checkDetected(bench: Bench, artefact: Artefact, spoil: () => string): Promise<string> {
  bench.copy.restore();
  const what = `${artefact.kind}, ${spoil()}`;
  checkRefusal(await bench.pipeline(...artefact.reader), artefact.file, what);
  return what;
}

export async function checkDetectedAndRepaired(bench: Bench, artefact: Artefact, spoil: () => string): Promise<void> {
  await checkRepair(bench, artefact, await checkDetected(bench, artefact, spoil));
}

/** The same where `run` is the first to look, with `--verify` at bits too. */
export async function checkFoundByRun(
  bench: Bench,
  artefact: Artefact,
  spoil: () => string,
  options: readonly string[] = [],
): Promise<void> {
  bench.copy.restore();
  const what = `${artefact.kind}, ${spoil()}, found by run ${options.join(' ')}`;
  await checkRepair({ ...bench, pipeline: (...argv) => bench.pipeline(...argv, ...options) }, artefact, what);
}
