/*
 * Every parser of bytes that the logger did not write itself: the first byte of an input picks the parser, the rest is
 * what it reads. Run by libFuzzer (`make fuzz`, clang) or by fuzz_replay.c.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "options.h"
#include "output.h"
#include "proc.h"
#include "rapl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARGUMENTS 8

static void parse_cpu(const char *bytes, size_t length) {
    struct proc_cpu cpu = proc_parse_cpu(bytes, length);
    assert(cpu.busy_ticks.known == cpu.total_ticks.known);
    if (cpu.total_ticks.known) assert(cpu.busy_ticks.value <= cpu.total_ticks.value);
}

static void parse_memory(const char *bytes, size_t length) {
    struct proc_memory memory = proc_parse_memory(bytes, length);
    assert(memory.total_kib.known == memory.available_kib.known);
    if (memory.total_kib.known) assert(memory.available_kib.value <= memory.total_kib.value);
}

static void parse_head(const char *bytes, size_t length) {
    char boot_id[PROC_BOOT_ID + 1];
    int found = output_parse_head(bytes, length, boot_id);
    if (found == 1) assert(boot_id[PROC_BOOT_ID] == '\0');
}

/* Command lines: words between blanks. */
static void parse_options(const char *bytes, size_t length) {
    char text[256], message[IRENE_LOGGER_MESSAGE], *arguments[ARGUMENTS];
    struct options options;
    int count = 0;
    if (length >= sizeof text) length = sizeof text - 1;
    memcpy(text, bytes, length);
    text[length] = '\0';
    for (char *rest = text, *word; count < ARGUMENTS && (word = strtok_r(rest, " ", &rest));) arguments[count++] = word;
    if (options_parse(&options, count, arguments, message) < 0) assert(memchr(message, '\0', sizeof message));
}

/* Whatever a driver calls its GPU, a line stays one line with its number of cells. */
static void write_text(const char *bytes, size_t length) {
    char text[96];
    struct line line;
    if (length >= sizeof text) length = sizeof text - 1;
    memcpy(text, bytes, length);
    text[length] = '\0';
    line_begin(&line, "device");
    line_text(&line, text);
    line_end(&line);
    size_t commas = 0;
    for (size_t i = 0; i < line.length; i++) commas += line.bytes[i] == ',';
    assert(commas == 2 && memchr(line.bytes, '\n', line.length) == line.bytes + line.length - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    /* A copy of just the length, so that a step beyond it is seen. */
    size_t length = size - 1;
    char *bytes = malloc(length > 0 ? length : 1);
    if (!bytes) return 0;
    memcpy(bytes, data + 1, length);
    switch (data[0]) {
        case 'c': parse_cpu(bytes, length); break;
        case 'm': parse_memory(bytes, length); break;
        case 'r': rapl_parse(bytes, length); break;
        case 'h': parse_head(bytes, length); break;
        case 'o': parse_options(bytes, length); break;
        case 't': write_text(bytes, length); break;
        default: break;
    }
    free(bytes);
    return 0;
}
