/** The host's clocks, as every log on it is stamped. */
import { readFileSync } from 'node:fs';

/** CLOCK_MONOTONIC in µs: what lengths and joins go by. It starts anew with every boot. */
export const hostClock_us = (): number => Number(process.hrtime.bigint() / 1000n);

/** The same moment for the record; whoever sets the clock moves it. */
export const utc_us = (): number => Date.now() * 1000;

/** Which boot the monotonic clock counts from; empty where the system does not tell. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
