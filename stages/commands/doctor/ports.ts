/** Serial ports that a meter may hang on, and a meter that is named. */
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipelineError } from '../../../pipeline/errors.js';
import { powerKind, powerOf } from '../../energy/meters/reading.js';
import type { MeterSettings } from '../../energy/meters/settings.js';
import { type Item, none, notOk, ok, type Places } from './item.js';

/** The group that a file belongs to, by name where the system has one. */
function groupOf(file: string): string {
  const gid = statSync(file).gid;
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((group) => group.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? String(gid);
}

function portItem(port: string): Item {
  try {
    accessSync(port, constants.R_OK | constants.W_OK);
    return ok('port', port);
  } catch {
    const remedy = `sudo usermod -aG ${groupOf(port)} $USER, then log in again`;
    return notOk('port', `${port} may not be read and written`, remedy);
  }
}

/** Every serial port; one name each. */
export async function ports({ dev }: Places): Promise<Item[]> {
  const { ports: list } = await import('../../energy/meters/serial_port.js');
  const devices = new Map(list(dev).map((port) => [statSync(port).rdev || port, port]));
  if (devices.size > 0) return [...devices.values()].map(portItem);
  return [notOk('port', 'no serial port: a meter cannot be read', 'plug the meter in; inside a container, hand its device on. A bench without one is described so: pipeline doctor CONFIG')]; // prettier-ignore
}

/** A bench that is described without one. */
export const noMeter: Item = none(
  'meter',
  'joules are the GPU’s, as its driver tells them; none at the wall, no training and no tables. Else: bench.live.meter',
);

/** Does it print what it should? `tell` hears of one that has to be waited for. */
export async function meter(settings: MeterSettings, tell?: (text: string) => void): Promise<Item> {
  const { RecordedMeter } = await import('../../energy/meters/recorded_meter.js');
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const recorded = new RecordedMeter(settings, join(folder, 'meter.log'));
  try {
    const samples = recorded.samples();
    await recorded.open(tell);
    for await (const { reading } of samples) {
      const unit = powerKind(reading) === 'apparent' ? 'VA (it tells no power factor)' : 'W';
      return ok('meter', `${recorded.identity.name}: ${powerOf(reading)} ${unit}`);
    }
    return notOk('meter', 'it ended before its first reading', 'look at its cable');
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return notOk('meter', error.message, error.hint ?? 'see the meters in stages/energy/meters');
  } finally {
    await recorded.close().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}
