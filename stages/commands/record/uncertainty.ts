/**
 * Standard uncertainties of a recorded energy, by the Guide to the Expression of Uncertainty in Measurement (JCGM
 * 100:2008): what is only known to lie within ± a has a/√3 (4.3.7); independent ones add by their squares (5.1.2).
 */

/** Printed uncertainties are this many standard ones, about 95 %. */
export const coverageFactor = 2;

/**
 * NVML's power is within 5 % "on Fermi and Kepler GPUs" (NVML API Reference, nvmlDeviceGetPowerUsage); of newer ones
 * NVIDIA states nothing, so that this is the least that must be allowed for.
 */
export const nvmlWithin = 0.05;

export const within = (a: number): number => Math.abs(a) / Math.sqrt(3);

export const together = (...parts: readonly number[]): number => Math.hypot(...parts);

/** Of a mean of values that are independent; 0 for a single one. */
export function ofMean(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
