/** What is not there, or not as it is described, is said before anything is measured, with what to do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../needs.js';
import { buildRig } from '../stages/commands/bench_rig.js';
import { hasty, ProcessRig } from './process_rig.js';

const [socat, make] = [needs('socat'), needs('make')];

interface Case {
  readonly name: string;
  readonly prepare?: (rig: ProcessRig) => Promise<void> | void;
  readonly set?: readonly string[];
  readonly code: number;
  readonly says: RegExp;
}

const plugged = (rig: ProcessRig): Promise<void> => rig.plug();

const cases: readonly Case[] = [
  { name: 'a port that is not there', code: 4, says: /there is no port .*meter[^]*is the meter plugged in/ },
  {
    name: 'port and GPU that are not there',
    set: ['bench.live.gpu=7'],
    code: 4,
    says: /no port[^]*GPU 7 is not there; found: 0/,
  },
  {
    name: 'a GPU that is not there',
    prepare: plugged,
    set: ['bench.live.gpu=7'],
    code: 4,
    says: /GPU 7 is not there; found: 0/,
  },
  {
    name: 'a meter of another dialect',
    prepare: plugged,
    set: ['bench.live.meter={type: emonpi, port: PORT, period: 30 ms}'],
    code: 4,
    says: /emonlib/,
  },
  {
    name: 'a GPU that somebody uses',
    prepare: (rig) => (rig.gpuUser(true), rig.plug()),
    code: 4,
    says: /the GPU is used by another \(process 4711\)[^]*end it/,
  },
  {
    name: 'PyTorch that is not there',
    prepare: () => void (process.env.IRENE_PYTHON = '/nowhere/python'),
    code: 4,
    says: /IRENE_PYTHON names \/nowhere\/python[^]*native\/torch\/install/,
  },
  {
    name: 'rounds too short for the meter',
    set: ['profile.round=1 s'],
    code: 2,
    says: /1 s have 33 lines .* 60 are needed[^]*expected 2 s or more/,
  },
];

if (socat && make && needs('cc')) {
  const built = buildRig(make);
  for (const { name, prepare, set = [], code, says } of cases) {
    test(`${name} is told`, async () => {
      const rig = new ProcessRig(built, socat, hasty);
      try {
        await prepare?.(rig);
        const options = set.flatMap((one) => ['--set', one.replace('PORT', rig.port)]);
        assert.is(await rig.measure(...options).ended, code, rig.said);
        assert.match(rig.said, says);
        assert.is(rig.journal().includes('"round"'), false);
      } finally {
        await rig.end();
      }
    });
  }
}

test.run();
