/** A serial port, and what is wrong where it cannot be opened. The port is ours alone while it is open (flock). */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { UnavailableError } from '../../../pipeline/errors.js';
import type { Connection } from './connection.js';

/** Names of ports that meters hang on: USB adapters, boards, the emonPi's own. */
const portName = /^(?:tty(?:USB|ACM|AMA|S)\d+|cu\.(?:usb|SLAB|wch).*)$/;

/** The ports that there are, by name alone: the package's own list() ends the program where udevadm lacks. */
export function ports(folder = '/dev'): string[] {
  const names = (at: string): string[] => {
    try {
      return readdirSync(at);
    } catch {
      return [];
    }
  };
  const byId = join(folder, 'serial', 'by-id');
  return [
    ...names(byId).map((name) => join(byId, name)),
    ...names(folder)
      .filter((name) => portName.test(name))
      .map((name) => join(folder, name)),
  ].sort();
}

/** What the driver's words mean and what to do. */
function unavailable(port: string, message: string): UnavailableError {
  const there = ports();
  const found = there.length > 0 ? `there are ${there.join(', ')}` : 'there is no serial port on this machine';
  if (/lock|busy|temporarily unavailable/i.test(message)) {
    return new UnavailableError(`${port} is in use: another program holds it`, `see which: fuser -v ${port}`);
  }
  if (/no such file/i.test(message)) {
    return new UnavailableError(`there is no port ${port}: ${found}`, 'is the meter plugged in? name its port in meter.port'); // prettier-ignore
  }
  if (/permission|denied/i.test(message)) {
    return new UnavailableError(`${port} may not be opened: ${message}`, 'join the group that owns it (often dialout), and log in again'); // prettier-ignore
  }
  if (/ioctl|not a typewriter|not a tty|baud/i.test(message)) {
    return new UnavailableError(`${port} is no serial port, or not one of this speed: ${message}`, found);
  }
  return new UnavailableError(`${port} cannot be opened: ${message}`, found);
}

/** Opens a port for reading and writing, 8 data bits, no parity. Throws an UnavailableError that says why not. */
export function openSerialPort(path: string, baudRate: number): Promise<Connection> {
  const port = new SerialPort({ path, baudRate, lock: true, autoOpen: false });
  return new Promise((resolve, reject) => {
    port.open((error) => (error ? reject(unavailable(path, error.message)) : resolve(connection(port))));
  });
}

/** How often a port is looked for: one that hung up reads as empty for ever, and the driver's loop would not rest. */
const look_ms = 100;

/** What a path leads to; empty where it leads nowhere. */
function deviceAt(path: string): string {
  const at = statSync(path, { throwIfNoEntry: false });
  return at ? `${at.dev} ${at.ino} ${at.rdev}` : '';
}

function connection(port: SerialPort): Connection {
  let closed = false;
  let end: (reason: string) => void = () => {};
  const device = deviceAt(port.path);
  const ended = (reason: string): void => {
    if (closed) return;
    closed = true;
    clearInterval(looking);
    if (port.isOpen) port.close(() => {});
    end(reason);
  };
  const looking = setInterval(() => {
    if (deviceAt(port.path) !== device) ended('its device is gone');
  }, look_ms);
  port.on('close', (error: Error | null) => ended(error ? error.message : 'closed'));
  port.on('error', (error) => ended(error.message));
  return {
    onData: (listener) => void port.on('data', (bytes: Buffer) => (closed ? undefined : listener(bytes))),
    onEnd: (listener) => (end = listener),
    send: (bytes) => void port.write(bytes),
    close: () => {
      closed = true;
      clearInterval(looking);
      return new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()));
    },
  };
}
