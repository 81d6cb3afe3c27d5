/** What energy costs: kilowatt-hours and money for a million inputs. */

export const joulesPerKwh = 3.6e6;
const million = 1e6;

/** What the paper's Table 3 calculates with. */
export const defaultPriceUsdPerKwh = 0.1319;

/** kWh for a million inputs, where a batch of `batchSize` takes `batchJ` joules. */
export const kwhPerMillion = (batchJ: number, batchSize: number): number =>
  ((batchJ / batchSize) * million) / joulesPerKwh;
