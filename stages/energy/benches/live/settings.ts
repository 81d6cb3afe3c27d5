/**
 * A bench of one's own, `bench.live` of a configuration: the machine, its meter, its GPU, and what its owner states.
 *
 *     bench:
 *       source: [live]
 *       live:
 *         machine: { name: our box, cpu: Ryzen 9 7950X, threads: 32, memory_gib: 64, gpu: RTX 4090 }
 *         meter: { type: emonlib, port: /dev/ttyUSB0, range: 30 A, class: 1, uncertainty: 1 %, calibrated: 2026-01-05 }
 *                                    # none: the joules are the GPU's alone, and no wall's
 *         gpu: GPU-5f0e…             # UUID (nvidia-smi -L) or NVML's index; none: measured on the CPU
 *         clocks: 1800 MHz           # locked at, where permitted; free where it is not stated
 *         standby: 62 W              # measured where it is not stated
 *         mains: 230 V
 */
import { z } from 'zod';
import type { Source } from '../../../../pipeline/stage.js';
import { meterSettings } from '../../meters/settings.js';
import { fraction, powerQuantity, voltage } from '../../units.js';

/** The same as MHz. */
const clock = z
  .string()
  .regex(/^\d{2,5} MHz$/, 'expected a clock like "1800 MHz"')
  .transform((text) => Number.parseInt(text, 10));

/** IrEne 5.2: the machine's load is below 0.1 % before a measurement (check 14). */
const idleLoad = '0.1 %';

const described = z.strictObject({
  machine: z.strictObject({
    name: z.string().min(1, 'expected a name'),
    cpu: z.string().nullable().default(null),
    threads: z.number().int().positive(),
    memory_gib: z.number().positive().nullable().default(null),
    gpu: z.string().nullable().default(null),
  }),
  /** Null: nothing is known at the wall. */
  meter: meterSettings.nullable().default(null),
  gpu: z
    .union([z.string().min(1), z.number().int().min(0).transform(String)])
    .nullable()
    .default(null),
  /** What PyTorch calls it. */
  device: z
    .string()
    .regex(/^(?:cpu|cuda(?::\d+)?)$/, 'expected cpu, cuda or cuda:N')
    .nullable()
    .default(null),
  /** MHz. */
  clocks: clock.nullable().default(null),
  /** Power at the wall when nothing runs, W. */
  standby: powerQuantity().nullable().default(null),
  /** Nominal voltage, V. */
  mains: voltage().nullable().default(null),
  /** Other programs' processor time that still counts as idle, a plain fraction. */
  idle_load: fraction().prefault(idleLoad),
});

export const liveSettings = described.refine(({ meter, gpu }) => meter !== null || gpu !== null, {
  path: ['meter'],
  error: 'expected a power meter or a GPU (gpu: its UUID): without either nothing tells joules',
});

export type LiveSettings = z.output<typeof liveSettings>;

/** Where PyTorch runs the nodes: the GPU that is measured, which alone it is shown, or the CPU. */
export const deviceOf = ({ device, gpu }: LiveSettings): string => device ?? (gpu === null ? 'cpu' : 'cuda:0');

export const liveOf = ({ about }: Source): LiveSettings => about.live as LiveSettings;
