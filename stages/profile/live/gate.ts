/** Waits until the machine is as it was at the start: idle, alone, at standby, cool. Where it never is, refuses. */
import { RefusedError } from '../../../pipeline/errors.js';
import type { Instruments } from '../../energy/benches/live/instruments.js';
import { type Broken, broken, longWait_s } from './checks.js';
import { mean, notAlone, notIdle, settled, standbyDrift, tooHot } from './idle_checks.js';
import type { SessionSettings } from './session.js';

/** What a machine is like when nothing runs. */
export interface Standby {
  readonly mono_us: number;
  /** Null where there is no meter. */
  readonly standby_w: number | null;
  /** Of the GPU, by its driver; null where there is none, or it tells none. */
  readonly gpu_standby_w: number | null;
  /** Of the GPU; null where it tells none. */
  readonly temperature_c: number | null;
}

/** So many gates in which the temperature stood still show that it is the room's. */
const settledGates = 6;

const onTime = 'the session goes on from here by the same command, once that is mended';

/** What was waited for, each for how long, s, with what was said of it last. */
class Waits {
  private readonly each = new Map<string, { found: Broken; seconds: number }>();

  add(found: Broken, seconds: number): void {
    const { check } = found.check;
    this.each.set(check, { found, seconds: (this.each.get(check)?.seconds ?? 0) + seconds });
  }

  /** Null where it was no long wait. The check is that which took longest. */
  get long(): Broken | null {
    const all = [...this.each.values()].sort((a, b) => b.seconds - a.seconds);
    const waited_s = all.reduce((sum, { seconds }) => sum + seconds, 0);
    if (waited_s <= longWait_s) return null;
    const parts = all.map(({ found, seconds }) => {
      const { limit } = found.check;
      return `${Math.round(seconds)} s for check ${found.check.check} (limit ${limit}): ${found.message}`;
    });
    const check = { ...all[0].found.check, limit: longWait_s, action: 'warn' } as const;
    return broken(check, waited_s, `waited ${Math.round(waited_s)} s: ${parts.join('; ')}`);
  }
}

export class Gate {
  constructor(
    private readonly settings: SessionSettings,
    private readonly instruments: Instruments,
    private readonly say: (now: string) => void,
    private readonly find: (found: Broken, subject: string) => void,
  ) {}

  /** Waits for an idle machine and measures its standby. `drift` is set where it moved too far from the one before. */
  async standby(before: Standby | null): Promise<{ now: Standby; drift: Broken | null }> {
    const stated_w = this.settings.standby_w;
    await this.until(() => this.idle(before === null ? stated_w : null));
    const { instruments } = this;
    const [from_us, to_us] = [instruments.now_us() - this.settings.protocol.gate * 1e6, instruments.now_us()];
    const standby_w = mean(instruments.power.between(from_us, to_us).map(({ power_w }) => power_w));
    const gpu_w = instruments.gpu.between(from_us, to_us).flatMap(({ gpu_power_mw }) => (gpu_power_mw === null ? [] : gpu_power_mw / 1e3)); // prettier-ignore
    const temperature_c = instruments.gpu.last?.gpu_temperature_c ?? null;
    const now = { mono_us: to_us, standby_w, gpu_standby_w: mean(gpu_w), temperature_c };
    if (before === null || before.standby_w === null || standby_w === null) return { now, drift: null };
    return { now, drift: standbyDrift(before.standby_w, standby_w, (to_us - before.mono_us) / 3.6e9) };
  }

  /**
   * Waits until a measurement may begin. Returns the standby that holds from here on: where the temperature stands still
   * above what it was, the room is warmer, and that is the start from now on.
   */
  async open(standby: Standby): Promise<Standby> {
    let cool = standby;
    await this.until(async () => {
      const busy = await this.idle(standby.standby_w);
      if (busy) return busy;
      const hot = tooHot(this.instruments.gpu.last, cool.temperature_c, this.settings.protocol.hotter_c);
      if (!hot || !this.hasSettled()) return hot;
      cool = { ...cool, temperature_c: this.instruments.gpu.last!.gpu_temperature_c };
      return null;
    });
    return cool;
  }

  private hasSettled(): boolean {
    const { gpu } = this.instruments;
    const span_us = settledGates * this.settings.protocol.gate * 1e6;
    const now_us = this.instruments.now_us();
    const seen = gpu.between(now_us - span_us, now_us);
    return seen.length > 0 && now_us - seen[0].mono_us > 0.9 * span_us && settled(seen);
  }

  /** What keeps the machine from being idle over the length of a gate. */
  private async idle(standby_w: number | null): Promise<Broken | null> {
    const { instruments, settings } = this;
    const { gate, above_standby_w } = settings.protocol;
    const [from_us, own_us] = [instruments.now_us(), instruments.ownCpu_us()];
    await instruments.wait(gate);
    const to_us = instruments.now_us();
    const idle = {
      seconds: gate,
      metered: instruments.meter !== null,
      power: instruments.power.between(from_us, to_us),
      host: instruments.host.between(from_us, to_us),
      own_cpu_us: instruments.ownCpu_us() - own_us,
      threads: instruments.threads,
    };
    return notAlone(await instruments.gpuUsers()) ?? notIdle(idle, standby_w, settings.cpuLimit_pct, above_standby_w);
  }

  private tellWait({ long }: Waits): void {
    if (long) this.find(long, this.settings.session);
  }

  private async until(holds: () => Promise<Broken | null>): Promise<void> {
    const { patience } = this.settings.protocol;
    const began_us = this.instruments.now_us();
    const waits = new Waits();
    for (let looked_us = began_us; ; looked_us = this.instruments.now_us()) {
      const found = await holds();
      if (!found) return this.tellWait(waits);
      waits.add(found, (this.instruments.now_us() - looked_us) / 1e6);
      const waited_s = (this.instruments.now_us() - began_us) / 1e6;
      if (waited_s >= patience) this.tellWait(waits);
      if (waited_s >= patience) throw new RefusedError(`waited ${Math.round(waited_s)} s: ${found.message}`, onTime);
      this.say(`waiting: ${found.message}`);
    }
  }
}
