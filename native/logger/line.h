/*
 * One line of the log: cells between commas, the last one a checksum of all before it. A line that was cut short or
 * damaged is known by it; the format is described in irene_logger.h.
 */
#ifndef IRENE_LINE_H
#define IRENE_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "field.h"

/* Twenty cells of the longest numbers, or some names, fit. */
#define LINE_MAX_BYTES 512

struct line {
    char bytes[LINE_MAX_BYTES];
    size_t length;
};

void line_begin(struct line *line, const char *kind);
void line_number(struct line *line, uint64_t value);
void line_field(struct line *line, struct field field); /* an empty cell where it is absent */
void line_text(struct line *line, const char *text);    /* a comma or control character becomes a blank */
void line_end(struct line *line);                       /* the checksum and a newline */

/* CRC-16/CCITT-FALSE: polynomial 0x1021, from 0xFFFF; 0x29B1 for "123456789". */
uint16_t line_check(const char *bytes, size_t length);

#endif
