/** PyTorch and transformers, which trace and run the models that are measured. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PipelineError } from '../../../pipeline/errors.js';
import { torchEnvironment, torchHint, torchPython } from '../../energy/torch_python.js';
import { advice, type Item, notOk, ok } from './item.js';

/** A first import of PyTorch from a slow disk takes long. */
const patience_ms = 60_000;

const script = `
import json
found = {}
for name in ("torch", "transformers"):
    try:
        found[name] = __import__(name).__version__
    except Exception as error:
        found[name] = None
        found[name + "_problem"] = str(error)
if found["torch"]:
    import torch
    found["cuda"] = torch.cuda.is_available()
print(json.dumps(found))
`;

interface Found {
  readonly torch: string | null;
  readonly torch_problem?: string;
  readonly transformers: string | null;
  readonly transformers_problem?: string;
  readonly cuda?: boolean;
}

const itemOf = (name: string, version: string | null, problem: string | undefined): Item =>
  version === null ? notOk(name, problem ?? 'not there', torchHint) : ok(name, version);

/** `hasGpu`: PyTorch should then be able to use it. */
export async function torch(hasGpu: boolean): Promise<Item[]> {
  try {
    const { stdout } = await promisify(execFile)(torchPython(), ['-c', script], { env: torchEnvironment(), timeout: patience_ms }); // prettier-ignore
    const found = JSON.parse(stdout) as Found;
    const cuda = found.torch !== null && hasGpu && !found.cuda;
    return [
      itemOf('PyTorch', found.torch, found.torch_problem),
      itemOf('transformers', found.transformers, found.transformers_problem),
      ...(cuda
        ? [advice('CUDA', 'this PyTorch cannot use the GPU', 'native/torch/install takes the build with CUDA')]
        : []),
    ];
  } catch (error) {
    if (error instanceof PipelineError) return [notOk('PyTorch', error.message, error.hint ?? torchHint)];
    const { stderr = '', message } = error as { stderr?: string; message: string };
    return [notOk('PyTorch', stderr.trim().split('\n').at(-1) || message.split('\n')[0], torchHint)];
  }
}
