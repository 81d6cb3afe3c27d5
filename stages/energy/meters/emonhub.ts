/**
 * emonhub's log (research/meters.md): a frame as it came (`NEW FRAME : OK 5 …`), and behind it the same frame's
 * `Timestamp :` in seconds of UTC; the stamp in front of the line is local time and not used.
 */
import { packetOptions, readPacket, type Channel } from './emonpi.js';
import { mains } from './limits.js';
import { logFormat } from './log_format.js';
import { damaged, type Grammar, type Line, other, type Reading } from './reading.js';
import { epochStamps } from './timestamp.js';

const pattern = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} +([A-Z]+) +(\S+) +(.*)$/;
const detail = /^(\d+) +(NEW FRAME|Timestamp|From Node|Values|[A-Za-z ]+?) : (.*)$/;

/** Frames whose stamp has not come yet; a frame that never gets one is forgotten. */
const waitingFrames = 16;

class EmonHubGrammar implements Grammar {
  readonly #frames = new Map<string, Reading>();
  readonly #stamps = epochStamps('s');

  constructor(
    private readonly node: number,
    private readonly channel: Channel,
  ) {}

  read(text: string): Line {
    const match = pattern.exec(text);
    if (!match) return damaged('not a line of emonhub');
    const [, , interfacer, message] = match;
    const told = detail.exec(message);
    if (!told) return other;
    const [, number, name, value] = told;
    const frame = `${interfacer} ${number}`;
    if (name === 'NEW FRAME') return this.#frame(frame, value.trim());
    return name === 'Timestamp' ? this.#stamp(frame, value) : other;
  }

  #frame(frame: string, value: string): Line {
    if (!value.startsWith('OK ')) return other;
    // Frames of a port on the same board have no signal strength behind.
    const line = readPacket(value.endsWith(')') ? value : `${value} (0)`, this.node, this.channel);
    if (line.kind !== 'reading') return line;
    this.#frames.set(frame, line.reading);
    if (this.#frames.size > waitingFrames) this.#frames.delete(this.#frames.keys().next().value!);
    return other;
  }

  #stamp(frame: string, value: string): Line {
    const reading = this.#frames.get(frame);
    if (!reading) return other;
    this.#frames.delete(frame);
    const utc_us = this.#stamps(value);
    return utc_us === undefined
      ? damaged('not a stamp of emonhub')
      : { kind: 'reading', reading: { ...reading, utc_us } };
  }
}

export const emonhub = logFormat({
  name: 'emonhub',
  about: "emonhub's log of an emonPi's frames",
  example: '2016-05-14 10:25:55,593 DEBUG    RFM2Pi     1 NEW FRAME : OK 5 39 0 0 0 39 0 139 90 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (-0)', // prettier-ignore
  limits: mains,
  options: packetOptions,
  grammar: ({ node, channel }) => new EmonHubGrammar(node, channel),
});
