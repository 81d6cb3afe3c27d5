/*
 * Absolute deadlines on CLOCK_MONOTONIC: tick k is due at first + k periods, so that no delay adds up. Every thread has
 * a ticker of its own and all share the deadlines.
 */
#ifndef IRENE_TICKER_H
#define IRENE_TICKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct ticker {
    uint64_t first_us;
    uint64_t period_us;
    uint64_t next;   /* the tick that is waited for next */
    uint64_t missed; /* ticks left out because the work before them took beyond the tick after */
};

uint64_t clock_us(clockid_t clock);

/*
 * Sleeps until the next tick is due: true with its number. A tick that is due already comes at once; of several, the
 * last, and the others are missed. False where `*stop` is set, before the sleep or by a signal that ends it; a sleep
 * that ended by itself gives its tick, so that all threads have the last one.
 */
bool ticker_wait(struct ticker *ticker, const atomic_bool *stop, uint64_t *tick);

#endif
