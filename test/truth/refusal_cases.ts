/** Benches that are not as they are described: what is wrong with each, and what is said of it. */
import type { ProcessRig } from './process_rig.js';

export interface Refusal {
  readonly name: string;
  readonly prepare?: (rig: ProcessRig) => Promise<void> | void;
  readonly set?: readonly string[];
  readonly code: number;
  readonly says: RegExp;
}

const plugged = (rig: ProcessRig): Promise<void> => rig.plug();

export const refusals: readonly Refusal[] = [
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
    name: 'a meter that says nothing',
    prepare: (rig) => (rig.hang(true), rig.plug()),
    code: 4,
    says: /is silent: no byte came in [01]\.\d s[^]*is the meter on/,
  },
  {
    name: 'a port that is not there, beside a driver that hangs and is not waited for',
    prepare: (rig) => rig.driverHangs(),
    code: 4,
    says: /waiting for NVIDIA's driver[^]*there is no port/,
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
