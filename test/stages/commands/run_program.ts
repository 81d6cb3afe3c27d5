/** The program as it is shipped, run within the test: its exit code and what it wrote. */
import { program } from '../../../pipeline/cli/program.js';
import * as registry from '../../../pipeline/registry.js';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runProgram(...argv: readonly string[]): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const write = (add: (text: string) => void) => (chunk: string | Uint8Array) => (add(String(chunk)), true);
  const code = await program(argv, registry, {
    stdout: { isTTY: false, write: write((text) => (stdout += text)) },
    stderr: { isTTY: false, columns: 80, write: write((text) => (stderr += text)) },
  });
  return { code, stdout, stderr };
}
