/**
 * Runs every compiled test file in a process of its own, as many at a time as there are cores, prints what failed and
 * what was not run, and ends with one line: `N passed, N failed`. Arguments pick files whose name contains one of them.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { packageRoot } from '../pipeline/paths.js';
import { installable, notRun } from './needs.js';

/** No test file takes this long; one that does is hung. */
const limit_ms = 600_000;

interface Outcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly output: string;
  readonly missing: readonly string[];
}

const folder = join(packageRoot, 'dist', 'test');

function testFiles(picked: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.test.js'))
    .filter((name) => picked.length === 0 || picked.some((part) => name.includes(part)))
    .sort();
}

const count = (output: string, word: string): number =>
  Number(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0);

function outcomeOf(file: string, output: string, code: number | null): Outcome {
  const total = count(output, 'Total');
  const passed = count(output, 'Passed');
  const skipped = count(output, 'Skipped');
  const missing = output
    .split('\n')
    .filter((line) => line.startsWith(notRun))
    .map((line) => line.slice(notRun.length).trim());
  // A file that ended badly without a failed test (a crash, a hang) is one failure.
  const failed = Math.max(total - passed - skipped, code === 0 ? 0 : 1);
  return { file, passed, failed, skipped, output, missing };
}

function runFile(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(folder, file)], {
      cwd: packageRoot,
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    const add = (data: Buffer) => (output += data.toString());
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    const timer = setTimeout(() => child.kill('SIGKILL'), limit_ms);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(outcomeOf(relative('.', file), output, code));
    });
  });
}

function tell({ file, passed, failed, output, missing }: Outcome): void {
  console.log(`${failed > 0 ? 'FAILED' : 'ok    '} ${file} (${passed})`);
  if (failed > 0) console.log(output.replaceAll(/^/gm, '    '));
  for (const line of missing) console.log(`       not run: ${line}`);
}

async function main(picked: readonly string[]): Promise<void> {
  const files = testFiles(picked);
  const outcomes: Outcome[] = [];
  const next = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const outcome = await runFile(file);
      tell(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
  const sum = (pick: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  const inCi = process.env.CI === 'true';
  const absent = outcomes.flatMap(({ file, missing }) => missing.map((line) => `${file}: ${line}`));
  if (absent.length > 0) console.log(`\nnot run here:\n  ${absent.join('\n  ')}`);
  const fatal = inCi ? absent.filter((line) => line.endsWith(installable)).length : 0;
  const skipped = sum((outcome) => outcome.skipped);
  if (skipped > 0) console.log(`\n${skipped} tests are skipped: no test may be`);
  const failed = sum((outcome) => outcome.failed) + fatal + skipped;
  console.log(`\n${sum((outcome) => outcome.passed)} passed, ${failed} failed`);
  process.exitCode = failed > 0 || outcomes.length === 0 ? 1 : 0;
}

await main(process.argv.slice(2));
