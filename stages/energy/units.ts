/**
 * Quantities as people write them in a configuration (`20 s`, `595 ms`, `0.3 %`, `1.2 kW`), read into one unit. Used as
 * zod types, so that a wrong one is reported where it stands.
 */
import { z } from 'zod';

const scales = {
  duration: { us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 },
  power: { mW: 1e-3, W: 1, kW: 1e3 },
  voltage: { mV: 1e-3, V: 1, kV: 1e3 },
  current: { mA: 1e-3, A: 1 },
  fraction: { '%': 1e-2, ppm: 1e-6 },
} as const;

const examples = { duration: '20 s', power: '75 W', voltage: '120 V', current: '1 mA', fraction: '0.3 %' } as const;

type Kind = keyof typeof scales;

/** A zod type that reads a quantity of one kind into its base unit (s, W, V, A, plain fraction). */
function quantity(kind: Kind) {
  const units: Readonly<Record<string, number>> = scales[kind];
  const expected = `expected a ${kind} like "${examples[kind]}" (units: ${Object.keys(units).join(', ')})`;
  return z.union([z.string(), z.number()]).transform((value, context) => {
    const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-zµ%]+)\s*$/i.exec(String(value));
    const scale = match ? units[match[2]] : undefined;
    if (value === 0 || value === '0') return 0;
    if (!match || scale === undefined) {
      context.addIssue({ code: 'custom', message: `${expected}, received ${JSON.stringify(value)}` });
      return z.NEVER;
    }
    return Number((Number(match[1]) * scale).toPrecision(15));
  });
}

/** Seconds. */
export const duration = () => quantity('duration');
/** Watts. */
export const powerQuantity = () => quantity('power');
/** Volts. */
export const voltage = () => quantity('voltage');
/** Amperes. */
export const current = () => quantity('current');
/** A plain fraction: `0.3 %` is 0.003, `50 ppm` is 5e-5. */
export const fraction = () => quantity('fraction');
