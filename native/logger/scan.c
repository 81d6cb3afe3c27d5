#include "scan.h"

#include <string.h>

void scan_blanks(struct scan *scan) {
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t')) scan->at++;
}

bool scan_word(struct scan *scan, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0) return false;
    scan->at += length;
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool scan_number(struct scan *scan, uint64_t *value) {
    const char *at = scan->at;
    uint64_t sum = 0;
    for (; at < scan->end && is_digit(*at); at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (sum > (UINT64_MAX - digit) / 10) return false;
        sum = 10 * sum + digit;
    }
    if (at == scan->at) return false;
    scan->at = at;
    *value = sum;
    return true;
}

bool scan_line_end(struct scan *scan) {
    const char *newline = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));
    scan->at = newline ? newline + 1 : scan->end;
    return newline != NULL;
}

bool scan_cell(struct scan *scan, struct scan *cell) {
    const char *at = scan->at;
    while (at < scan->end && *at != ',' && *at != '\n') at++;
    if (at == scan->end || *at == '\n') return false;
    *cell = (struct scan){.at = scan->at, .end = at};
    scan->at = at + 1;
    return true;
}
