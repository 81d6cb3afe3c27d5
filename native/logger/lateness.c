#include "lateness.h"

/* Below 32 µs a bin is one microsecond; above, each doubling has 16 bins. */
static unsigned bin_of(uint64_t late_us) {
    unsigned doublings = 0;
    while (late_us >> doublings >= 2 * LATENESS_STEPS) doublings++;
    return doublings * LATENESS_STEPS + (unsigned)(late_us >> doublings);
}

static uint64_t greatest_in(unsigned bin) {
    unsigned doublings = bin < 2 * LATENESS_STEPS ? 0 : bin / LATENESS_STEPS - 1;
    return ((uint64_t)(bin - doublings * LATENESS_STEPS + 1) << doublings) - 1;
}

void lateness_add(struct lateness *lateness, uint64_t late_us) {
    lateness->bins[bin_of(late_us)]++;
    lateness->count++;
    if (late_us > lateness->max_us) lateness->max_us = late_us;
}

uint64_t lateness_quantile_us(const struct lateness *lateness, unsigned per_mille) {
    uint64_t wanted = (lateness->count * per_mille + 999) / 1000;
    uint64_t seen = 0;
    for (unsigned bin = 0; bin < LATENESS_BINS; bin++) {
        seen += lateness->bins[bin];
        if (seen >= wanted && seen > 0) {
            uint64_t most_us = greatest_in(bin);
            return most_us < lateness->max_us ? most_us : lateness->max_us;
        }
    }
    return lateness->max_us;
}
