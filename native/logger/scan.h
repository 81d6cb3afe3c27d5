/* Reads words and decimal numbers from bytes that need not end in a NUL and may be anything. */
#ifndef IRENE_SCAN_H
#define IRENE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left to read. */
struct scan {
    const char *at;
    const char *end;
};

static inline struct scan scan_of(const char *bytes, size_t length) {
    return (struct scan){.at = bytes, .end = bytes + length};
}

/* Steps over blanks and tabs. */
void scan_blanks(struct scan *scan);

/* Steps over `word` if it comes next. */
bool scan_word(struct scan *scan, const char *word);

/* Steps over a decimal number below 2^64; one that is greater is refused. */
bool scan_number(struct scan *scan, uint64_t *value);

/* Steps over the rest of the line with its newline; false where the bytes end before one. */
bool scan_line_end(struct scan *scan);

/* Steps over the cell up to the next comma, and that comma; false where the line ends before one. */
bool scan_cell(struct scan *scan, struct scan *cell);

#endif
