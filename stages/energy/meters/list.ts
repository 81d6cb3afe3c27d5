/** Every type of meter: a file and a line each. */
import { emonlib } from './emonlib.js';
import { emonpi } from './emonpi.js';
import type { MeterType } from './meter.js';
import { pzem004t } from './pzem004t.js';
import { simulated } from './simulated.js';

const types: readonly MeterType[] = [
  emonpi, //
  emonlib,
  pzem004t,
  simulated,
];

export const meterTypes: Readonly<Record<string, MeterType>> = Object.fromEntries(types.map((type) => [type.name, type])); // prettier-ignore
