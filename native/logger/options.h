/* The command line of irene-logger. */
#ifndef IRENE_OPTIONS_H
#define IRENE_OPTIONS_H

#include "irene_logger.h"

struct options {
    struct irene_logger_config config;
    bool help;
    bool quiet;           /* no summary at the end */
    bool end_with_parent; /* SIGTERM when the process that started it dies */
};

extern const char options_help[];

/* 0, or -1 with what was expected; `arguments` without the program's name. */
int options_parse(struct options *options, int count, char *const arguments[], char message[IRENE_LOGGER_MESSAGE]);

#endif
