#include "line.h"

#include <assert.h>
#include <string.h>

/* Room that every line keeps for its end: comma, four hexadecimal digits, newline. */
#define END_BYTES 6

uint16_t line_check(const char *bytes, size_t length) {
    uint16_t check = 0xFFFF;
    for (size_t i = 0; i < length; i++) {
        check ^= (uint16_t)((unsigned char)bytes[i] << 8);
        for (int bit = 0; bit < 8; bit++) check = (uint16_t)(check & 0x8000 ? check << 1 ^ 0x1021 : check << 1);
    }
    return check;
}

static void append(struct line *line, const char *bytes, size_t length) {
    assert(line->length + length + END_BYTES <= sizeof line->bytes);
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

void line_begin(struct line *line, const char *kind) {
    line->length = 0;
    append(line, kind, strlen(kind));
}

void line_number(struct line *line, uint64_t value) {
    char digits[20];
    size_t first = sizeof digits;
    do digits[--first] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    append(line, ",", 1);
    append(line, digits + first, sizeof digits - first);
}

void line_field(struct line *line, struct field field) {
    if (field.known) line_number(line, field.value);
    else append(line, ",", 1);
}

void line_text(struct line *line, const char *text) {
    append(line, ",", 1);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        append(line, c < ' ' || c == 0x7F || c == ',' ? " " : text, 1);
    }
}

void line_end(struct line *line) {
    static const char hex[] = "0123456789abcdef";
    uint16_t check = line_check(line->bytes, line->length);
    const char end[END_BYTES] = {',', hex[check >> 12], hex[check >> 8 & 15], hex[check >> 4 & 15], hex[check & 15],
                                 '\n'};
    memcpy(line->bytes + line->length, end, END_BYTES);
    line->length += END_BYTES;
}
