/*
 * The log's file: appended to by one write(2) a line from any thread, so that a process killed at any moment leaves
 * whole lines and at most one torn one at the end.
 */
#ifndef IRENE_OUTPUT_H
#define IRENE_OUTPUT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "proc.h"

/* What of an old log is looked at before it is appended to. */
#define OUTPUT_HEAD 4096

struct output {
    int fd;
    atomic_bool torn;                /* the next line must begin with a newline */
    atomic_uint_fast64_t lost_lines; /* that could not be written, or not whole */
    atomic_int last_errno;           /* why */
};

enum output_status {
    OUTPUT_OK = 0,
    OUTPUT_ERRNO = -1,      /* errno tells */
    OUTPUT_LOCKED = -2,     /* another logger writes it */
    OUTPUT_NOT_A_LOG = -3,  /* it holds something else */
    OUTPUT_OTHER_BOOT = -4, /* its stamps do not compare with this boot's */
};

/* Which boot a log's first bytes are of: 1 with its identity, 0 where they break off before, -1 where it is no log. */
int output_parse_head(const char *bytes, size_t length, char boot_id[PROC_BOOT_ID + 1]);

/* Opens a file, or takes standard output for "-"; a file may be a log of this boot, and is then appended to. */
enum output_status output_open(struct output *output, const char *path, const char *boot_id);

/* Writes bytes that end in a newline. A loss is counted, and does not spoil what is written next. */
void output_write(struct output *output, const char *bytes, size_t length);

void output_close(struct output *output);

#endif
