/** The command line itself: help, mistakes, streams and exit codes. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandName, type Command } from '../../../pipeline/cli/command.js';
import { engineCommands } from '../../../pipeline/cli/engine_commands.js';
import { program } from '../../../pipeline/cli/program.js';
import { UnavailableError } from '../../../pipeline/errors.js';
import { packageRoot } from '../../../pipeline/paths.js';
import { freshFolder, pipeline, writeToy } from '../folder.js';
import * as toy from '../toy_door.js';

const main = join(packageRoot, 'dist', 'pipeline', 'main.js');

test.before(() => {
  freshFolder();
  writeToy();
});

/** What is printed by the parser itself, which writes to the console. */
async function printed(...argv: string[]): Promise<string> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (text: string) => lines.push(text);
  try {
    assert.is((await pipeline(...argv)).code, 0);
  } finally {
    console.log = log;
  }
  return lines.join('\n');
}

test('the help of every command begins with an example and fits 100 columns', async () => {
  for (const command of engineCommands) {
    for (const argv of [
      [commandName(command), '--help'],
      ['help', commandName(command)],
    ]) {
      const help = await printed(...argv);
      assert.ok(help.startsWith(`${command.example}\n\npipeline ${command.usage}\n`), help);
      for (const option of [
        '--json',
        '--quiet',
        '--debug',
        ...Object.keys(command.options ?? {}).map((o) => `--${o}`),
      ]) {
        assert.match(help, option);
      }
      for (const line of help.split('\n').slice(3)) assert.ok(line.length <= 100, line);
    }
  }
});

test('the help names every command, with its exit codes', async () => {
  const help = await printed('--help');
  assert.match(help, /^pipeline run configs\/quick.yaml\n/);
  for (const { usage } of engineCommands) assert.match(help, `pipeline ${usage}`);
  assert.match(help, '130 interrupted');
});

test('the program itself, as a process', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, '--version'], { encoding: 'utf8' });
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  assert.is(stderr, '');
  assert.is(status, 0);
  const french = spawnSync(process.execPath, [main, 'rnu'], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'fr_FR.UTF-8' },
  });
  assert.is(french.status, 2);
  assert.is(french.stdout, '');
  assert.match(french.stderr, 'error: no command "rnu": did you mean "run"?');
});

test('a reader that has seen enough is no failure', async () => {
  const child = spawn(process.execPath, [main, 'completion', 'fish']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.is(stderr, '');
  assert.is(code, 0);
});

test('without a command: the help on stderr, exit 2', async () => {
  for (const argv of [[], ['--json']]) {
    const { code, stdout, stderr } = await pipeline(...argv);
    assert.is(code, 2);
    assert.is(stdout, '');
    assert.match(stderr, 'pipeline status <config>');
  }
});

const mistakes: Readonly<Record<string, string>> = {
  'statsu toy.yaml': 'no command "statsu": did you mean "status"?',
  frobnicate: 'no command "frobnicate": expected one of run, status,',
  'run toy.yaml --forse': 'unknown option --forse: did you mean --force?',
  'run toy.yaml --dryrun': 'unknown option --dryrun: did you mean --dry-run?',
  'run toy.yaml --zzz=3': 'unknown option --zzz',
  'run toy.yaml other.yaml': 'unexpected argument "other.yaml"',
  run: 'an argument is missing: pipeline run <config>, e.g. pipeline run configs/pc1.yaml',
  'query toy.yaml': 'an argument is missing: pipeline query <config> <sql>',
  'run toy.yaml --stage': '--stage needs a value',
  'run toy.yaml --stage make --stage tell': '--stage is given more than once',
  'run toy.yaml --stage mak': 'no stage mak: did you mean "make"?',
  'run toy.yaml --jobs none': '--jobs NaN: expected a number of tasks',
  'run toy.yaml --jobs 0': '--jobs 0: expected a number of tasks',
  'graph toy.yaml --format svg': 'format svg: expected one of text, dot, mermaid',
  'run absent.yaml': 'absent.yaml: there is no such file',
};

for (const [line, message] of Object.entries(mistakes)) {
  test(`pipeline ${line}: exit 2 and one message`, async () => {
    for (const argv of [line.split(' '), [...line.split(' '), '--json']]) {
      // What needs a value must not find --json there.
      if (argv.at(-1) === '--json' && line.endsWith('--stage')) continue;
      const { code, stdout, stderr } = await pipeline(...argv);
      assert.is(code, 2, stderr);
      assert.is(stdout, '');
      assert.match(stderr, `error: ${message}`);
      assert.not.match(stderr, '    at ');
    }
  });
}

/** Runs a command that fails so. */
async function failing(error: unknown, ...argv: string[]): Promise<{ code: number; stderr: string }> {
  const fails: Command = {
    usage: 'fails',
    about: 'fails',
    example: 'pipeline fails',
    handler: () => Promise.reject(error),
  };
  let stderr = '';
  const write = (text: string | Uint8Array) => Boolean((stderr += String(text)));
  const stream = { isTTY: false, columns: 80, write };
  const code = await program(['fails', ...argv], { ...toy, commands: [fails] }, { stdout: stream, stderr: stream });
  return { code, stderr };
}

test('a command that runs another program: its words untouched, its exit code passed on', async () => {
  const given: unknown[] = [];
  const runs: Command = {
    usage: 'runs',
    about: 'runs',
    example: 'pipeline runs -- make',
    runsProgram: true,
    handler: async ({ program, json }: { program: string[]; json: boolean }) => given.push({ program, json }) && 7,
  };
  const stream = { isTTY: false, columns: 80, write: () => true };
  const call = (...argv: string[]) => program(argv, { ...toy, commands: [runs] }, { stdout: stream, stderr: stream });
  assert.is(await call('runs', '--', 'sh', '1e3', '--json', '-x=3', '--', '--help'), 7);
  assert.is(await call('--json', 'runs', '--', 'sh'), 7);
  assert.is(await call('runs'), 7);
  assert.equal(given, [
    { program: ['sh', '1e3', '--json', '-x=3', '--', '--help'], json: false },
    { program: ['sh'], json: true },
    { program: [], json: false },
  ]);
});

test('an expected failure: its message, its hint, its exit code; the stack only with --debug', async () => {
  const error = new UnavailableError('no meter', 'plug it in');
  assert.equal(await failing(error), { code: 4, stderr: 'error: no meter\n  → plug it in\n' });
  assert.match((await failing(error, '--debug')).stderr, /\n {4}at /);
});

test('a bug: one line, and how to see where', async () => {
  const { code, stderr } = await failing(new TypeError('x is not a function'));
  assert.is(code, 1);
  assert.is(
    stderr,
    'error: unexpected: x is not a function\n  → this is a bug; the same command with --debug shows where\n',
  );
});

test.run();
