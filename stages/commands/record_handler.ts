/** What `pipeline record` does: instruments, program, instruments' last samples, joules. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UnavailableError, UsageError } from '../../pipeline/errors.js';
import type { Terminal } from '../../pipeline/terminal.js';
import { readCalibratedBench } from '../energy/benches/bench_file.js';
import type { DeviceRecord } from '../energy/benches/live/logger_line.js';
import { duration, powerQuantity } from '../energy/units.js';
import { loggedGpus } from './logged_gpus.js';
import { meterIn } from './meter_argument.js';
import type { RecordArgs } from './record.js';
import { recordAround } from './record/instruments.js';
import { checkProgram, runProgram } from './record/program.js';

interface Standby {
  readonly standby_s: number;
  readonly stated_w: number | null;
}

const positive = (of: z.ZodType<number>) => of.refine((value) => value > 0);

/** `30s` is measured, `61.5W` is stated. */
function standbyIn(text: string | undefined): Standby {
  if (text === undefined) return { standby_s: 0, stated_w: null };
  const time = positive(duration()).safeParse(text);
  if (time.success) return { standby_s: time.data, stated_w: null };
  const power = positive(powerQuantity()).safeParse(text);
  if (power.success) return { standby_s: 0, stated_w: power.data };
  throw new UsageError(`--standby ${text}: expected how long to measure it, like 30s, or what it is, like 61.5W`);
}

function checkArguments({ meter, on, standby, logs, program }: RecordArgs): void {
  checkProgram(program);
  if (meter !== undefined && on !== undefined) throw new UsageError('--on estimates what --meter measures: give one of them'); // prettier-ignore
  if (meter === undefined && /W\s*$/.test(standby ?? '')) throw new UsageError(`--standby ${standby} is of the wall: it needs --meter`); // prettier-ignore
  if (logs !== undefined && existsSync(logs)) throw new UsageError(`--logs ${logs} is there already`, 'name another folder'); // prettier-ignore
}

/** What can be measured at all must be known before the program runs. */
function checkInstruments({ meter, on }: RecordArgs, gpus: readonly DeviceRecord[]): void {
  if (on !== undefined && gpus.length === 0) {
    throw new UnavailableError(
      `--on ${on}: its law needs the GPU’s joules, and no GPU is found`,
      'see pipeline doctor',
    );
  }
  if (meter === undefined && gpus.length === 0) {
    throw new UnavailableError('nothing to measure with: no --meter is given, and no GPU is found', 'name the meter: --meter emonpi:/dev/ttyUSB0; see pipeline doctor'); // prettier-ignore
  }
}

async function measure(args: RecordArgs, folder: string, terminal: Terminal): Promise<number> {
  const settings = args.meter === undefined ? null : meterIn(args.meter);
  const bench = args.on === undefined ? null : readCalibratedBench(args.on);
  const { standby_s, stated_w } = standbyIn(args.standby);
  const gpus = await loggedGpus(args.gpu, (text) => terminal.warn(text));
  checkInstruments(args, gpus);
  const setup = { folder, meter: settings, gpus, standby_s };
  const recording = await recordAround(setup, () => runProgram(args.program, terminal.json), terminal);
  // What reads the logs is loaded when the program has ended: it must not work beside it.
  const { tell } = await import('./record/outcome.js');
  await tell({ args, setup, recording, stated_w, bench }, terminal);
  return recording.program.code;
}

/** Gives the program's exit code. */
export async function handle(args: RecordArgs, terminal: Terminal): Promise<number> {
  checkArguments(args);
  const folder = args.logs ?? mkdtempSync(join(tmpdir(), 'record-'));
  try {
    const code = await measure(args, folder, terminal);
    if (args.logs !== undefined) terminal.say(`logs: ${args.logs}`);
    return code;
  } finally {
    if (args.logs === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
