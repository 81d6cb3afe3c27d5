/**
 * How soon a bench that is not as it is described is refused: for each of the cases of test/truth/refusals.test.ts the time
 * from the start of `pipeline run` to its first word of what is wrong or waited for, and to its end, and the processor time.
 * Run `node dist/bench/refusals.js` after a build.
 */
import { loadavg } from 'node:os';
import { needs } from '../test/needs.js';
import { buildRig } from '../test/stages/commands/bench_rig.js';
import { hasty, ProcessRig } from '../test/truth/process_rig.js';
import { refusals } from '../test/truth/refusal_cases.js';

const [socat, make, cc] = [needs('socat'), needs('make'), needs('cc')];
if (!socat || !make || !cc) process.exit(4);
const built = buildRig(make);

for (const { name, prepare, set = [] } of refusals) {
  const rig = new ProcessRig(built, socat, hasty);
  await prepare?.(rig);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1e3;
  let told_s: number | null = null;
  const { child, ended } = rig.measure(...set.flatMap((one) => ['--set', one.replace('PORT', rig.port)]));
  child.stderr!.on('data', (text: Buffer) => (told_s ??= /warning:|error:/.test(text.toString()) ? seconds() : null));
  const code = await ended;
  const words = [`told after ${told_s === null ? 'nothing' : (told_s as number).toFixed(2)} s`, `exit ${code} after ${seconds().toFixed(2)} s`]; // prettier-ignore
  console.log(`${words.join(', ')}: ${name} (load ${loadavg()[0].toFixed(1)})`);
  await rig.end();
}
