/** The promises of the guide for a laboratory: what it quotes is run as written, on a machine that is made of files. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { BenchRig, buildRig } from '../stages/commands/bench_rig.js';
import { workFolder } from './program.js';
import { assertOutput, quotedIn, shell } from './quoted.js';

const make = needs('make');
const cc = needs('cc');

if (make && cc) {
  const rig = new BenchRig(buildRig(make));
  const folder = workFolder();
  const commands = quotedIn('stages/profile/live/README.md');
  for (const { command, output } of commands) {
    test(`$ ${command}`, async () => {
      const ran = await shell(command, folder);
      assert.is(ran.code, 0, ran.output);
      assertOutput(ran.output, output, command);
    });
  }
  test('every command for a bench is there', () => {
    for (const name of ['init', 'doctor', 'run', 'calibrate --live', 'check', 'record', 'export'])
      assert.ok(
        commands.some(({ command }) => command.startsWith(`npx pipeline ${name} `)),
        name,
      );
  });
  test.after(() => rig.end());
}

test.run();
