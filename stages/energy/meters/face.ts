/**
 * `irene-energy/meter`: what one needs to write a meter of one's own. Its module exports what `meterType` gives as its
 * default and stands in a configuration as `meter: { type: ./mine.js, port: /dev/ttyUSB0 }`, on a command line as
 * `--meter ./mine.js:/dev/ttyUSB0`.
 */
export { z } from 'zod';
export * from '../../../pipeline/errors.js';
export type { Connection } from './connection.js';
export { lastDigit, numberOf, numberPattern } from './fields.js';
export { TextFramer, type Framer, type Piece } from './framer.js';
export { mains, type Limits } from './limits.js';
export { meterType, type MeterKind, type MeterType } from './meter.js';
export { damaged, other, readingOf, type Grammar, type Line, type Reading } from './reading.js';
