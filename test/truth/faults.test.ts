/**
 * The real program on a simulated PC that is treated badly: every one of its processes is killed, the meter pulled out and
 * hung, the GPU throttled and used by another, the clock set and slewed, a node too large. It is taken up again after each
 * end, and what comes out is right or flagged, with nothing finished lost.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../stages/energy/random.js';
import { needs } from '../needs.js';
import { buildRig } from '../stages/commands/bench_rig.js';
import { hasty, processBelow, ProcessRig } from './process_rig.js';
import { errorsIn, resultsOf } from './results.js';
import { Utc } from './utc.js';

/** The type of a node that does not fit into memory. */
const tooLarge = 'MLP';

/** Starts of the program after which it must have come to its end. */
const mostStarts = 12;

/** A good round of two seconds lies within this of the truth on a machine that is busy with other tests. */
const roundWithin = 0.03;
const meanWithin = 0.02;

type Act = (rig: ProcessRig, pipeline: number) => Promise<void> | void;

const kill =
  (words: string): Act =>
  (_, pipeline) => {
    const pid = processBelow(pipeline, words);
    if (pid !== null) process.kill(pid, 'SIGKILL');
  };

const forAWhile =
  (begin: Act, end: Act, seconds: number): Act =>
  async (rig, pipeline) => {
    await begin(rig, pipeline);
    await sleep(seconds * 1e3);
    await end(rig, pipeline);
  };

const killPipeline: Act = (_, pipeline) => void process.kill(pipeline, 'SIGKILL');
const interrupt: Act = (_, pipeline) => void process.kill(pipeline, 'SIGINT');

/** A round of the journal that was left out for a step of UTC. */
const flagged = /"excluded_by":\["2"/;
const mostSteps = 60;

/** Somebody sets the clock to and fro until a round has seen it. */
const setTheClock =
  (utc: Utc): Act =>
  async (rig, pipeline) => {
    for (let i = 0; i < mostSteps && existsSync(`/proc/${pipeline}`) && !flagged.test(rig.journal()); i++) {
      utc.step([2e6, -3e6, 40e3, 1e6, -40e3, 7e3][i % 6]);
      await sleep(600);
    }
  };

/** As NTP does at most. No round of two seconds can tell it, and none is wrong by it. */
const slew_ppm = 500;

const actsOn = (utc: Utc): readonly Act[] => [
  killPipeline,
  kill('fake_runner'),
  forAWhile(async (rig) => rig.unplug(), async (rig) => rig.plug(), 1.5), // prettier-ignore
  kill('recorder.js'),
  killPipeline,
  kill('irene-logger'),
  setTheClock(utc),
  forAWhile((rig) => rig.throttle(true), (rig) => rig.throttle(false), 2), // prettier-ignore
  forAWhile((rig) => rig.gpuUser(true), (rig) => rig.gpuUser(false), 3), // prettier-ignore
  interrupt,
  forAWhile(() => utc.slew(slew_ppm), () => utc.slew(0), 3), // prettier-ignore
  forAWhile((rig) => rig.hang(true), (rig) => rig.hang(false), 1), // prettier-ignore
  killPipeline,
];

const socat = needs('socat');
const make = needs('make');
const cc = needs('cc');

if (socat && make && cc) {
  test('whatever befalls it, no wrong joule is unflagged and nothing finished is lost', async () => {
    const rig = new ProcessRig(buildRig(make), socat, hasty, tooLarge);
    const utc = new Utc(cc);
    rig.environment = utc.environment;
    await rig.plug();
    const random = new Random('moments', 1);
    const waiting = [...actsOn(utc)];
    let code: number | null = null;
    let before = '';
    for (let starts = 1; code !== 0 && starts <= mostStarts; starts++) {
      const { child, ended } = rig.measure(...(starts === 1 ? [] : ['--from', 'profile']));
      let running = true;
      const end = ended.then((value) => ((running = false), (code = value)));
      while (running && waiting.length > 0) {
        await Promise.race([end, sleep(3000 + 5000 * random.uniform())]);
        if (running) await waiting.shift()!(rig, child.pid!);
      }
      await end;
      assert.ok(rig.journal().startsWith(before), 'what the journal had, it has');
      before = rig.journal().slice(0, rig.journal().lastIndexOf('\n') + 1);
      // What the dead one started ends with it; the port is free then.
      await sleep(1500);
    }
    assert.is(code, 0, rig.said);
    assert.is(waiting.length, 0, 'all was tried');
    const results = await resultsOf(rig);
    await rig.end();
    const { measured, fewest, worstMean, worstRound } = errorsIn(results);
    assert.equal(results.failed, [tooLarge]);
    assert.is(measured, results.measurements - 1);
    assert.ok(fewest >= 3);
    assert.ok(worstRound < roundWithin, `${worstRound}`);
    assert.ok(worstMean < meanWithin, `${worstMean}`);
    assert.is(results.features, results.nodes - results.nodesOf(tooLarge));
    const flags = new Set(results.rounds.flatMap(({ excludedBy }) => excludedBy));
    assert.ok(flags.has('2'), `no round is left out for the clock that was set: ${[...flags].join(', ')}`);
    const keys = results.rounds.map(({ measurement_id, round }) => `${measurement_id} ${round}`);
    assert.is(new Set(keys).size, keys.length, 'no round is there twice');
  });
}

test.run();
