/** What is told of a recording: its logs read back, joules, estimate, warnings. */
import { availableParallelism } from 'node:os';
import type { Terminal } from '../../../pipeline/terminal.js';
import type { CalibratedBench } from '../../energy/benches/bench_file.js';
import { readLoggerLog } from '../../energy/benches/live/logger_log.js';
import { readMeterLog } from '../../energy/meters/read_meter_log.js';
import { identityOf } from '../../energy/meters/settings.js';
import type { RecordArgs } from '../record.js';
import { energiesOf, type Energies, isKnown, type Recorded } from './energies.js';
import { estimateWall, gpuOfBench } from './estimate.js';
import { meterLog, type Recording, resourceLog, type Setup } from './instruments.js';
import { recordText } from './text.js';
import { coverageFactor } from './uncertainty.js';

export interface Outcome {
  readonly args: RecordArgs;
  readonly setup: Setup;
  readonly recording: Recording;
  /** Standby as its owner states it, W. */
  readonly stated_w: number | null;
  /** By which the wall's joules are estimated, where there is no meter. */
  readonly bench: CalibratedBench | null;
}

/** What the instruments wrote is the measurement. */
async function readBack({ setup, recording, stated_w }: Outcome): Promise<Recorded> {
  const { folder, meter, gpus } = setup;
  const log = meter && (await readMeterLog(meterLog(folder), meter.type));
  const uuids = gpus.length === 0 ? [undefined] : gpus.map(({ uuid }) => uuid);
  const read = await Promise.all(uuids.map((uuid) => readLoggerLog(resourceLog(folder), uuid)));
  return {
    logs: {
      meter: meter && log && { identity: identityOf(meter), samples: log.samples },
      resourcePeriod_us: read[0].runs[0].period_us,
      threads: availableParallelism(),
    },
    gpus: read.map(({ device, resources }) => ({ device, resources })),
    ...recording,
    stated_w,
  };
}

function warn(terminal: Terminal, { findings, wall, gpus }: Energies, { bench, recording }: Outcome): void {
  for (const { subject, message, source } of findings) {
    terminal.warn(`${subject.startsWith('standby') ? 'before the program: ' : ''}${message} [${source}]`);
  }
  if (recording.standby && isKnown(wall) && !wall.standby)
    terminal.warn('standby was not measured: it is not subtracted');
  const fittedOn = bench && gpuOfBench(bench);
  const other = gpus.find(({ name }) => fittedOn && !name.includes(fittedOn));
  if (other) terminal.warn(`bench ${bench!.name} was fitted on a ${fittedOn}, here is a ${other.name}: the estimate is of another machine`); // prettier-ignore
}

/** Prints the joules, or the document. */
export async function tell(outcome: Outcome, terminal: Terminal): Promise<void> {
  const { args, recording, bench } = outcome;
  const { start_us, end_us, code } = recording.program;
  const time_s = (end_us - start_us) / 1e6;
  const energies = await energiesOf(await readBack(outcome));
  const estimate = bench && (await estimateWall(bench, energies, time_s));
  warn(terminal, energies, outcome);
  terminal.printBeside(recordText(energies, estimate, time_s));
  terminal.document({ program: args.program, exit_code: code, time_s, coverage_factor: coverageFactor, ...energies, estimate, logs: args.logs ?? null }); // prettier-ignore
}
