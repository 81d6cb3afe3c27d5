/** The whole way with PyTorch: the node runner of native/torch measures BERT-tiny on the CPU of a simulated PC. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { processCpu_us } from '../../stages/energy/benches/live/proc_cpu.js';
import { readJournal, told } from '../../stages/profile/live/journal.js';
import { needs } from '../needs.js';
import { buildRig } from '../stages/commands/bench_rig.js';
import { hasty, processBelow, ProcessRig } from './process_rig.js';
import { tinyBert } from './truth.js';

/** What the PC draws above standby while its CPU works, W. */
const working_w = 60;

/** A CPU works where it was busy for more than a third of a window. */
const busyPart = 1 / 3;

/** A round each: that a busy CPU repeats itself to 1 % is not asked. */
const pace = { ...hasty, model: tinyBert, round: '3 s', rounds: 1, live: { ...hasty.live, more_rounds: 0 } };

const [socat, make, python] = [needs('socat'), needs('make'), needs('torch')];

if (socat && make && python && needs('cc')) {
  test('every signature of a model is prepared, calibrated and run in rounds that the meter saw', async () => {
    const rig = new ProcessRig(buildRig(make), socat, pace, 'nothing', 'cpu');
    process.env.IRENE_PYTHON = python;
    await rig.plug();
    const { child, ended } = rig.measure();
    let runner: number | null = null;
    let before_us = 0;
    rig.besides = (from_us, to_us) => {
      runner ??= processBelow(child.pid!, 'irene_torch.runner');
      const cpu_us = runner === null ? 0 : (processCpu_us(runner) ?? 0);
      const works = cpu_us - before_us > busyPart * (to_us - from_us);
      before_us = cpu_us;
      return works ? working_w : 0;
    };
    await ended;
    const journal = told(readJournal(rig.session));
    await rig.end();
    assert.match(journal.of('leg')[0]?.runner ?? rig.said, /^CPU, PyTorch \d/);
    assert.ok(journal.closed, rig.said);
    assert.is(journal.outcomes.size, 22);
    assert.equal(
      journal.of('finding').filter(({ check_id }) => check_id === 'node_ran'),
      [],
    );
    const times_s = journal.of('round').map(({ start_us, end_us }) => (end_us - start_us) / 1e6);
    assert.ok(times_s.length >= 22, times_s.join(' '));
    const seen = journal.of('round').filter(({ wall_j, repeats, start_us, end_us }) => ((wall_j ?? 0) * repeats * 1e6) / (end_us - start_us) > 100); // prettier-ignore
    assert.ok(seen.length > times_s.length / 2, 'the meter saw the CPU work');
  });
}

test.run();
