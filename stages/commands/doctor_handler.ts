/** What `pipeline doctor` does: looks, everything at once, and tells. */
import { UnavailableError, UsageError } from '../../pipeline/errors.js';
import { alignColumns, type Terminal } from '../../pipeline/terminal.js';
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

/** Every line, in the order in which a bench is built. */
export async function items(
  named: string | undefined,
  places: Places = system,
  tell: (text: string) => void = () => {},
): Promise<Item[]> {
  const settings = named === undefined ? null : meterIn(named);
  const idle = await machine.idle(places, idleLook_ms);
  const [own, set, serial] = await Promise.all([
    logger(tell),
    gpus.settings(process.getuid?.() === 0),
    settings ? ports.meter(settings, tell).then((item) => [item]) : ports.ports(places),
  ]);
  const hasGpu = own.some(({ subject, state }) => /^GPU \d/.test(subject) && state === 'ok');
  const about = [machine.rapl, machine.governor, machine.realtime, machine.battery].map((look) => look(places));
  return [machine.platform(), ...own, ...set, ...serial, ...(await torch(hasGpu)), ...about, idle];
}

function text(all: readonly Item[], { style }: Terminal): string {
  const painted = { ok: style.green, advice: style.yellow, 'not ok': style.red };
  const lines = alignColumns(all.map(({ state, subject, found }) => [state, subject, found])).split('\n');
  return all
    .flatMap(({ state, remedy }, i) => {
      const line = painted[state](lines[i].slice(0, state.length)) + lines[i].slice(state.length);
      return remedy === null ? [line] : [line, `        → ${remedy}`];
    })
    .join('\n');
}

export async function handle(args: DoctorArgs, terminal: Terminal): Promise<void> {
  if (args.overhead) return (await import('./doctor_overhead.js')).overhead(args, terminal);
  if (args.duration !== 60) throw new UsageError('--duration belongs to --overhead');
  terminal.status('looking');
  const all = await items(args.meter, system, (text) => terminal.warn(text));
  const broken = all.filter(({ state }) => state === 'not ok');
  terminal.print(text(all, terminal));
  terminal.document({ ok: broken.length === 0, items: all });
  if (broken.length === 0) return;
  throw new UnavailableError(`${broken.length} of ${all.length} are not ok: ${broken.map(({ subject }) => subject).join(', ')}`); // prettier-ignore
}
