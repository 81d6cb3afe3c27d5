/** Fetches the published files of a device from the authors' public address. Only on request. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../../../pipeline/errors.js';
import { checksums, publicAddress } from './published_files.js';

export type Fetch = (address: string, options: { readonly signal?: AbortSignal }) => Promise<Response>;

/**
 * Fetches the files that `folder` lacks. A file appears under its name when its SHA-256 is the known one. Throws an
 * UnavailableError where the device is unknown, the address does not answer or the content is another.
 */
export async function download(
  device: string,
  folder: string,
  { signal, fetch: get = fetch }: { readonly signal?: AbortSignal; readonly fetch?: Fetch } = {},
): Promise<void> {
  const known = Object.hasOwn(checksums, device) ? checksums[device] : undefined;
  if (!known) {
    throw new UnavailableError(
      `no public address is known for ${device}`,
      `known: ${Object.keys(checksums).join(', ')}`,
    );
  }
  await mkdir(folder, { recursive: true });
  for (const [file, sha256] of Object.entries(known)) {
    if (existsSync(join(folder, file))) continue;
    const address = publicAddress(device, file);
    const content = await fetchBytes(address, get, signal);
    const found = createHash('sha256').update(content).digest('hex');
    if (found !== sha256) {
      throw new UnavailableError(`${address}: expected SHA-256 ${sha256}, found ${found}; the file was not kept`);
    }
    await publish(join(folder, file), content);
  }
}

async function fetchBytes(address: string, get: Fetch, signal?: AbortSignal): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await get(address, { signal });
    if (response.ok) return await boundedBody(response, address);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UnavailableError) throw error;
    const { cause, message } = error as Error;
    throw new UnavailableError(`${address}: ${cause instanceof Error ? cause.message : message}`, undefined, { cause: error }); // prettier-ignore
  }
  throw new UnavailableError(`${address}: the server answers ${response.status} ${response.statusText}`);
}

/** The largest of the files has 2.4 MB; who answers with more is not who was asked. */
const largest_mib = 64;

async function boundedBody(response: Response, address: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > largest_mib * 2 ** 20) throw new UnavailableError(`${address}: the answer is larger than ${largest_mib} MiB, which no such file is`); // prettier-ignore
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Under a temporary name first, so that a crash never leaves half a file that looks whole. */
async function publish(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, 'w');
  await file.writeFile(content);
  await file.sync();
  await file.close();
  await rename(temporary, path);
}
