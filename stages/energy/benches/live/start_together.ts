/** Starts instruments at once, so that all that is missing is told in one message, and soon. */
import { PipelineError, UnavailableError } from '../../../../pipeline/errors.js';

export type Tell = (text: string) => void;

/** Starts one instrument; it tells where it has to wait for something, within a second. */
export type Start<Started> = (tell: Tell) => Promise<Started>;

/**
 * What they give. Where one cannot be had, throws what all say of whom that is known by then: nobody waits for one that
 * said that it takes long. Those are neither waited for nor ended: that is their owner's.
 */
export async function startTogether<Started extends readonly unknown[]>(
  starts: { readonly [K in keyof Started]: Start<Started[K]> },
  tell: Tell,
): Promise<Started> {
  const reasons = new Map<Start<unknown>, Error>();
  const open = new Set(starts);
  let known: (value?: undefined) => void;
  const enough = new Promise<undefined>((resolve) => (known = resolve));
  const settled = (start: Start<unknown>, reason?: Error): void => {
    if (reason) reasons.set(start, reason);
    open.delete(start);
    if (reasons.size > 0 && open.size === 0) known();
  };
  const starting = starts.map((start) => {
    const waits = (text: string): void => (tell(text), settled(start));
    const started = start(waits);
    started.then(() => settled(start), (reason: Error) => settled(start, reason)); // prettier-ignore
    return started;
  });
  await Promise.race([Promise.allSettled(starting), enough]);
  if (reasons.size > 0) throw notThere(starts.flatMap((start) => reasons.get(start) ?? []));
  return (await Promise.all(starting)) as unknown as Started;
}

/** All that is missing, in one message. An error that nobody expected goes first. */
function notThere(reasons: readonly Error[]): Error {
  const bug = reasons.find((reason) => !(reason instanceof PipelineError));
  if (bug || reasons.length === 1) return bug ?? reasons[0];
  const hints = reasons.flatMap((reason) => (reason as PipelineError).hint ?? []);
  return new UnavailableError(reasons.map(({ message }) => message).join('\n'), hints.join('\n  → ') || undefined);
}
