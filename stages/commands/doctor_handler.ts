/** What `pipeline doctor` does: looks, everything at once, and tells. */
import type { Door } from '../../pipeline/cli/command.js';
import { loadConfiguration } from '../../pipeline/config/configuration.js';
import { UnavailableError, UsageError } from '../../pipeline/errors.js';
import { alignColumns, type Terminal } from '../../pipeline/terminal.js';
import type { SourceParams } from '../energy/benches/source.js';
import type { MeterSettings } from '../energy/meters/settings.js';
import type { DoctorArgs } from './doctor.js';
import * as gpus from './doctor/gpus.js';
import { type Item, type Places, system } from './doctor/item.js';
import { logger } from './doctor/logger.js';
import * as machine from './doctor/machine.js';
import * as ports from './doctor/ports.js';
import { torch } from './doctor/torch.js';
import { meterIn } from './meter_argument.js';

/** How long it is looked whether the machine is idle: before anything else makes work. */
const idleLook_ms = 1000;

/** The instruments that a bench is to have: null is lacked on purpose, undefined is not stated. */
export interface Wanted {
  readonly meter?: MeterSettings | null;
  readonly gpu?: string | null;
}

/** Of the configuration of a live bench; of what is named else. Throws a UsageError where it has no such bench. */
async function wantedOf({ config, meter }: DoctorArgs, door: Door): Promise<Wanted> {
  if (config === undefined) return meter === undefined ? {} : { meter: meterIn(meter) };
  if (meter !== undefined) throw new UsageError(`${config} says which meter: leave out --meter`);
  const { bench } = loadConfiguration(config, await door.openRegistry()).settings;
  const { live } = bench as SourceParams;
  if (live) return live;
  throw new UsageError(`${config}: expected a section bench.live: only a live bench is looked at`, 'pipeline init our-box --bench writes one'); // prettier-ignore
}

/** A meter that is named is tried; where none is lacked on purpose, the ports that one may hang on are told. */
async function metering(meter: Wanted['meter'], places: Places, tell: (text: string) => void): Promise<Item[]> {
  if (meter === null) return [ports.noMeter];
  return meter === undefined ? ports.ports(places) : [await ports.meter(meter, tell)];
}

/** Every line, in the order in which a bench is built. */
export async function items(
  { meter, gpu }: Wanted,
  places: Places = system,
  tell: (text: string) => void = () => {},
): Promise<Item[]> {
  const idle = await machine.idle(places, idleLook_ms);
  const [own, set, serial] = await Promise.all([
    logger(tell, gpu),
    gpu === null ? [] : gpus.settings(process.getuid?.() === 0),
    metering(meter, places, tell),
  ]);
  const hasGpu = own.some(({ subject, state }) => /^GPU \d/.test(subject) && state === 'ok');
  const about = [machine.rapl, machine.governor, machine.realtime, machine.battery].map((look) => look(places));
  return [machine.platform(), ...own, ...set, ...serial, ...(await torch(hasGpu)), ...about, idle];
}

function text(all: readonly Item[], { style }: Terminal): string {
  const painted = { ok: style.green, advice: style.yellow, none: style.yellow, 'not ok': style.red };
  const lines = alignColumns(all.map(({ state, subject, found }) => [state, subject, found])).split('\n');
  return all
    .flatMap(({ state, remedy }, i) => {
      const line = painted[state](lines[i].slice(0, state.length)) + lines[i].slice(state.length);
      return remedy === null ? [line] : [line, `        → ${remedy}`];
    })
    .join('\n');
}

export async function handle(args: DoctorArgs, terminal: Terminal, door: Door): Promise<void> {
  if (args.overhead) return (await import('./doctor_overhead.js')).overhead(args, terminal);
  if (args.duration !== 60) throw new UsageError('--duration belongs to --overhead');
  terminal.status('looking');
  const all = await items(await wantedOf(args, door), system, (text) => terminal.warn(text));
  const broken = all.filter(({ state }) => state === 'not ok');
  terminal.print(text(all, terminal));
  terminal.document({ ok: broken.length === 0, items: all });
  if (broken.length === 0) return;
  throw new UnavailableError(`${broken.length} of ${all.length} are not ok: ${broken.map(({ subject }) => subject).join(', ')}`); // prettier-ignore
}
