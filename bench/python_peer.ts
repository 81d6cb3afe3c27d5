/** A Python peer that stays: one line of JSON asks, one line of JSON answers, so that its start is not measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { environment, peersFolder } from './command.js';

/** Debian's PyTorch; BENCH_TORCH names the Python of another. */
export const torchPython = process.env.BENCH_TORCH ?? '/usr/bin/python3';

export class PythonPeer<Question, Answer> {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  constructor(interpreter: string, script: string, ...args: string[]) {
    this.child = spawn(interpreter, [join(peersFolder, script), ...args], {
      env: environment(),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.reader = createInterface({ input: this.child.stdout! });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  async ask(question: Question): Promise<Answer> {
    this.child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the peer ended at ${JSON.stringify(question)}`);
    return JSON.parse(value) as Answer;
  }

  close(): void {
    this.child.stdin!.end();
    this.reader.close();
  }
}
