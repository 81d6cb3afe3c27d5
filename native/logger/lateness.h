/* How late the stamps are: quantiles of any number of delays in a fixed, small amount of memory. */
#ifndef IRENE_LATENESS_H
#define IRENE_LATENESS_H

#include <stdint.h>

/* Bins per doubling: a quantile is told at most 1/16 too high. */
#define LATENESS_STEPS 16
#define LATENESS_BINS (61 * LATENESS_STEPS)

struct lateness {
    uint64_t bins[LATENESS_BINS];
    uint64_t count;
    uint64_t max_us;
};

void lateness_add(struct lateness *lateness, uint64_t late_us);

/* The least delay that a share of `per_mille` of all do not exceed, rounded up to its bin's end; 0 where there is none.
 */
uint64_t lateness_quantile_us(const struct lateness *lateness, unsigned per_mille);

#endif
