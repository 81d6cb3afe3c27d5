/** What Ctrl-C, a termination or a closed terminal does to a command that has something to finish. */
import { exitCodes, InterruptedError } from '../errors.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal often comes twice: from the terminal to the whole group, and once more from `npx`. One that comes later
 * than this after the one before is somebody who will not wait.
 */
const again_ms = 2000;

export interface Interruptible {
  readonly signal: AbortSignal;
  /** What somebody who does not wait gets, unless it is the end at once. */
  readonly again: (handler: () => void) => void;
  /** Stops for another reason. */
  readonly stop: (reason: Error) => void;
  readonly release: () => void;
}

export function interruptible(): Interruptible {
  const controller = new AbortController();
  let heard_ms: number | null = null;
  let impatient = () => process.exit(exitCodes.interrupted);
  const interrupt = () => {
    const now_ms = performance.now();
    if (heard_ms !== null && now_ms - heard_ms <= again_ms) return;
    const isFirst = heard_ms === null;
    heard_ms = now_ms;
    if (isFirst) controller.abort(new InterruptedError());
    else impatient();
  };
  for (const name of signals) process.on(name, interrupt);
  return {
    signal: controller.signal,
    again: (handler) => (impatient = handler as typeof impatient),
    stop: (reason) => controller.abort(reason),
    release: () => signals.forEach((name) => process.off(name, interrupt)),
  };
}
