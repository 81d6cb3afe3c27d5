/* A number of the log, or the lack of one: what failed or is not supported is absent, never 0. */
#ifndef IRENE_FIELD_H
#define IRENE_FIELD_H

#include <stdbool.h>
#include <stdint.h>

struct field {
    bool known;
    uint64_t value; /* meaningless where not known */
};

static inline struct field field_of(uint64_t value) {
    return (struct field){.known = true, .value = value};
}

static inline struct field field_absent(void) {
    return (struct field){.known = false};
}

#endif
