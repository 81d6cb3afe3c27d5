import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandName } from '../../../pipeline/cli/command.js';
import { engineCommands } from '../../../pipeline/cli/engine_commands.js';
import { notRun } from '../../needs.js';
import { freshFolder, pipeline, pipelineJson } from '../folder.js';

test.before(async () => {
  freshFolder();
  mkdirSync('configs');
  writeFileSync('configs/quick one.yaml', '');
  writeFileSync('configs/notes.txt', '');
  writeFileSync('completion.bash', (await pipeline('completion', 'bash')).stdout);
});

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const script =
    '. ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pipeline; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'pipeline', ...words], { encoding: 'utf8' });
  assert.is(stderr, '');
  return stdout.split('\n').filter(Boolean);
}

test('bash accepts the script', () => {
  const { status, stderr } = spawnSync('bash', ['-n', 'completion.bash'], { encoding: 'utf8' });
  assert.is(stderr, '');
  assert.is(status, 0);
});

test('bash completes commands, options, their values, and files', () => {
  assert.equal(offered(''), engineCommands.map(commandName));
  assert.equal(offered('st'), ['status']);
  assert.equal(offered('run', 'toy.yaml', '--st'), ['--stage']);
  assert.equal(offered('run', '--stage', ''), ['make', 'square', 'tell']);
  assert.equal(offered('run', '--from', 's'), ['square']);
  assert.equal(offered('query', 'c.yaml', 'FROM x', '--format', 'j'), ['json']);
  assert.equal(offered('explain', 'c.yaml', 'm'), ['make']);
  assert.equal(offered('list', ''), ['letters']);
  assert.equal(offered('completion', ''), ['bash', 'zsh', 'fish']);
  assert.equal(offered('run', 'conf'), ['configs']);
  assert.equal(offered('run', '--jobs', '2', 'configs/'), ['configs/quick one.yaml']);
  assert.equal(offered('run', '--set', ''), []);
});

test('zsh and fish get every command with its options', async () => {
  const zsh = (await pipeline('completion', 'zsh')).stdout;
  assert.match(zsh, /^#compdef pipeline\n/);
  assert.match(zsh, "'--stage[only this stage and what it reads]:stage:(make square tell)'");
  assert.match(zsh, '\'1:config:_files -g "*.yaml"\'');
  const fish = (await pipeline('completion', 'fish')).stdout;
  assert.match(fish, "complete -c pipeline -n '__fish_seen_subcommand_from run' -l stage -x -a 'make square tell'");
  for (const command of engineCommands) {
    assert.match(zsh, `\n    ${commandName(command)})\n`);
    assert.match(fish, `-a ${commandName(command)} -d `);
  }
});

test('the script as a document; a shell that is not known', async () => {
  const { shell, script } = await pipelineJson<{ shell: string; script: string }>('completion', 'bash');
  assert.is(shell, 'bash');
  assert.match(script, 'complete -F _pipeline pipeline');
  assert.is((await pipeline('completion', 'powershell')).code, 2);
});

for (const shell of ['zsh', 'fish'] as const) {
  const syntaxOnly = { zsh: ['-n'], fish: ['--no-execute'] }[shell];
  if (spawnSync(shell, ['--version']).status !== 0) {
    console.log(`${notRun} needs ${shell}, to read its completion script: apt-get install ${shell}`);
    continue;
  }
  test(`${shell} accepts the script`, async () => {
    writeFileSync(`completion.${shell}`, (await pipeline('completion', shell)).stdout);
    const { status, stderr } = spawnSync(shell, [...syntaxOnly, `completion.${shell}`], { encoding: 'utf8' });
    assert.is(stderr, '');
    assert.is(status, 0);
  });
}

test.run();
