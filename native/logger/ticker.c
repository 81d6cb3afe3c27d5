#include "ticker.h"

#include <errno.h>

uint64_t clock_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int sleep_until(uint64_t due_us) {
    struct timespec due = {(time_t)(due_us / 1000000), (long)(due_us % 1000000) * 1000};
    return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

bool ticker_wait(struct ticker *ticker, const atomic_bool *stop, uint64_t *tick) {
    uint64_t now_us = clock_us(CLOCK_MONOTONIC);
    if (now_us > ticker->first_us) {
        uint64_t due = (now_us - ticker->first_us) / ticker->period_us;
        if (due > ticker->next) {
            ticker->missed += due - ticker->next;
            ticker->next = due;
        }
    }
    uint64_t due_us = ticker->first_us + ticker->next * ticker->period_us;
    do {
        if (atomic_load(stop)) return false;
    } while (sleep_until(due_us) == EINTR);
    *tick = ticker->next++;
    return true;
}
