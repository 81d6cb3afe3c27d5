/** The benchmarks, in the order in which they are run and printed. */
import { align } from './align.js';
import type { Bench } from './bench.js';
import { logger } from './logger.js';
import { parquet } from './parquet.js';
import { stale } from './stale.js';
import { training } from './training.js';
import { whole } from './whole.js';

export const benches: readonly Bench[] = [whole, align, training, stale, parquet, logger];
