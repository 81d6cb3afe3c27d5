/** How long a meter's first reading is waited for: what its period and its port need, and no longer. */
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { firstWait, waitsFor } from '../../../../stages/energy/meters/first_wait.js';
import { meterSettings } from '../../../../stages/energy/meters/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'ports-'));
const port = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, '');
  return path;
};

const waits = (settings: object): [seconds: number, reading_s: number, why: string | null] => {
  const { byte_us, reading_us, why } = firstWait(meterSettings.parse(settings));
  return [byte_us / 1e6, reading_us / 1e6, why];
};

test('a quick meter on a port that restarts no board is known at once', () => {
  assert.equal(waits({ type: 'emonlib', port: port('ttyAMA0') }), [0.6, 0.6, null]);
  assert.equal(waits({ type: 'simulated' }), [0.6, 0.6, null]);
});

test('a board on a USB port has the time to restart, whatever the port is called', () => {
  const restarts = 'a board on a USB port restarts when it is opened';
  assert.equal(waits({ type: 'emonlib', port: port('ttyUSB0') }), [3.6, 3.6, restarts]);
  const byId = join(folder, 'usb-FTDI_FT232R_USB_UART-if00-port0');
  symlinkSync(port('ttyACM3'), byId);
  assert.equal(waits({ type: 'emonlib', port: byId }), [3.6, 3.6, restarts]);
});

test('a slow meter is waited for as its period demands, and that is told', () => {
  assert.equal(waits({ type: 'emonpi', port: port('ttyS0') }), [7.5, 12.5, 'it prints every 5 s']);
  const asked = meterSettings.parse({ type: 'pzem004t', port: port('ttyUSB1') });
  assert.equal(waits(asked), [1.5, 2.5, 'it prints every 1 s']);
  assert.is(
    waitsFor(asked, firstWait(asked)),
    `waiting for the meter at ${asked.port}, at most 2.5 s: it prints every 1 s`,
  );
});

test.run();
