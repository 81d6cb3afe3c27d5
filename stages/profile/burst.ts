/**
 * The sync burst: on-steps and the standby after each, in ms. Between 2 and 5 s, no two alike and no pattern, because a
 * periodic burst would let the clock's estimate lock one step off (METHODS 6). Ours, written down once, for the replay
 * and for live sessions alike.
 */
export const burstOn_ms: readonly number[] = [
  3170, 4730, 2290, 3910, 2630, 4410, 3490, 2050, 4970, 3050, 2450, 4190, 3670, 2170, 4570, 2870, 3310, 4870, 2710,
  4030,
];
export const burstOff_ms: readonly number[] = [
  2530, 3790, 4310, 2110, 3370, 2930, 4790, 3130, 2350, 4090, 3610, 2750, 4690, 3250, 2030, 3850, 4450, 2210, 4930,
  2990,
];
