/*
 * Energy counters of CPU packages and memory (Intel's RAPL, AMD's too), as Linux tells them below /sys/class/powercap
 * (Documentation/power/powercap/powercap.rst). Counters wrap; what is told here does not.
 */
#ifndef IRENE_RAPL_H
#define IRENE_RAPL_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"

#define RAPL_ZONES_MAX 32

/* One zone: a package, or a package's memory. */
struct rapl_zone {
    int fd;
    bool dram;
    uint64_t range_uj; /* the greatest value; the counter goes on from 0 */
    uint64_t last_uj;  /* as read last */
    uint64_t sum_uj;   /* since the start */
};

struct rapl {
    struct rapl_zone zones[RAPL_ZONES_MAX];
    size_t count;
};

/* Since the start, summed over all packages; absent where there is no such zone or one of them could not be read. */
struct rapl_energy {
    struct field packages_uj;
    struct field dram_uj;
};

/* `sum_uj` after the counter was found at `now_uj`: it wraps at most once between two readings, 170 ms apart. */
void rapl_advance(struct rapl_zone *zone, uint64_t now_uj);

/* The counter's text, `123456\n`. */
struct field rapl_parse(const char *bytes, size_t length);

/*
 * Opens every zone below `root`. Returns 0 with `count` zones, none where the machine tells no RAPL; -1 with errno
 * where it has zones which may not be read (root's alone since Linux 5.10).
 */
int rapl_open(struct rapl *rapl, const char *root);

struct rapl_energy rapl_read(struct rapl *rapl);

void rapl_close(struct rapl *rapl);

#endif
