/**
 * A meter of one's own: a board on the network that sends a line like `#1041 184.2W 120.1V` every 200 ms. Compiled beside
 * a configuration (`npx tsc --module nodenext my_meter.ts`) it is named there, and on command lines by its file:
 *
 *     meter: { type: ./my_meter.js, host: 192.168.1.20, tcp_port: 7000, uncertainty: 1 % }
 *
 * One on a serial port has `baud` in place of `connect`, and its line is all there is to say:
 * `--meter ./my_meter.js:/dev/ttyUSB0`.
 */
import { connect } from 'node:net';
import {
  damaged,
  mains,
  meterType,
  readingOf,
  TextFramer,
  UnavailableError,
  z,
  type Connection,
} from 'irene-energy/meter';

/** Whole lines, from the first character to the last: what fits only in part is damaged. */
const line = /^#(\d+) (\d+\.\d)W (\d+\.\d)V$/;

/** The recorder connects again when this one ends. */
function open(host: string, port: number): Promise<Connection> {
  const socket = connect(port, host);
  return new Promise((resolve, reject) => {
    socket.once('error', ({ message }) => reject(new UnavailableError(`${host}:${port}: ${message}`)));
    socket.once('connect', () =>
      resolve({
        onData: (listener) => void socket.on('data', listener),
        onEnd: (listener) => void socket.once('close', () => listener('the board hung up')),
        send: (bytes) => void socket.write(bytes),
        close: async () => void socket.destroy(),
      }),
    );
  });
}

export default meterType({
  name: 'board',
  about: 'a board on the network: number, watts, volts a line',
  kind: 'window', // a line is the mean since the line before
  period_us: 200_000,
  baud: null,
  example: '#1041 184.2W 120.1V',
  limits: mains,
  options: { host: z.string(), tcp_port: z.number().int() },
  grammar: () => ({
    read(text) {
      const match = line.exec(text);
      if (!match) return damaged('not a line of the board');
      const [seq, real_power_w, voltage_v] = match.slice(1).map(Number);
      return readingOf({ seq, real_power_w, voltage_v });
    },
  }),
  framer: () => new TextFramer(),
  connect: ({ host, tcp_port }) => open(host, tcp_port),
});
