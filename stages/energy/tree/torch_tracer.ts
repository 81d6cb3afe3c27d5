/** Asks the tracer of native/torch for the trees of a model. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { UnavailableError, UsageError } from '../../../pipeline/errors.js';
import { torchEnvironment, torchHint, torchPython } from '../torch_python.js';

export interface TraceRequest {
  /** A configuration's name, a `config.json` of Hugging Face, or `file.py:function`. */
  readonly model: string;
  /** What the model is called in the document. */
  readonly name: string;
  readonly batchSizes: readonly number[];
  /** Tokens. */
  readonly lengths: readonly number[];
}

/** How the tracer ends where the model cannot be built as it was asked for. */
const usageCode = 2;

/**
 * The document that the tracer prints (data/models/README.md), as text. Throws a UsageError where there is no such
 * model, an UnavailableError where PyTorch is missing or the model cannot be run.
 */
export async function traceWithTorch(request: TraceRequest, signal?: AbortSignal): Promise<string> {
  const { model, name, batchSizes, lengths } = request;
  const child = spawn(
    torchPython(),
    [
      '-m',
      'irene_torch.tracer',
      model,
      '--name',
      name,
      '--batch-sizes',
      batchSizes.join(),
      '--lengths',
      lengths.join(),
    ],
    { env: torchEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], signal },
  );
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [document, talk, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return document;
  const said = talk.trim().split('\n').at(-1) ?? '';
  if (code === usageCode) throw new UsageError(said.replace(/^irene_torch\.tracer: /, ''));
  throw new UnavailableError(`${model} cannot be traced: ${said}`, torchHint);
}
