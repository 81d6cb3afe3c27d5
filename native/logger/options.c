#include "options.h"

#include <stdio.h>
#include <string.h>

#include "scan.h"

const char options_help[] =
    "irene-logger --output resources.log --gpu 0\n"
    "\n"
    "Logs what the machine does, a sample every 170 ms, until it is stopped (Ctrl-C, SIGTERM): CPU ticks, memory and "
    "RAPL\n"
    "of the host; utilisation, memory, clocks, power, energy, temperature and throttle reasons of each GPU that is "
    "named.\n"
    "\n"
    "  --output FILE        the log, appended to; - is standard output\n"
    "  --gpu GPU            an NVML index, a UUID (GPU-…) or all; may be repeated (default: no GPU)\n"
    "  --period-ms N        distance of two samples, 1 to 1000 (default 170)\n"
    "  --duration-s N       ends after so many seconds\n"
    "  --samples N          ends after so many ticks\n"
    "  --realtime           says where SCHED_FIFO (root's, or of who has CAP_SYS_NICE) is not permitted; it is taken "
    "where\n"
    "                       it may be, else nice is lowered, so that stamps are in time on a busy machine\n"
    "  --ordinary           neither\n"
    "  --end-with-parent    ends when the process that started it does\n"
    "  --quiet              says nothing where nothing is wrong\n"
    "  --proc DIR           instead of /proc\n"
    "  --rapl DIR           instead of /sys/class/powercap\n"
    "  --nvml FILE          instead of libnvidia-ml.so.1\n"
    "  --help\n"
    "\n"
    "What the log's lines hold is said in irene_logger.h.\n"
    "Exit codes: 0 stopped, 1 no thread or memory, 2 the command line, 4 a GPU, NVML, /proc or the file is not there "
    "or not\n"
    "usable, 5 lines were lost because the log could not be written.\n";

#define GREATEST_NUMBER 1000000000

static int wrong(char *message, const char *option, const char *expected, const char *found) {
    snprintf(message, IRENE_LOGGER_MESSAGE, "%s: expected %s, found %s%.200s", option, expected, found ? "" : "nothing",
             found ? found : "");
    return -1;
}

/* A positive whole number. */
static int number(const char *option, const char *text, uint64_t *value, char *message) {
    struct scan scan = scan_of(text ? text : "", text ? strlen(text) : 0);
    bool whole = scan_number(&scan, value) && scan.at == scan.end;
    if (whole && *value > 0 && *value <= GREATEST_NUMBER) return 0;
    return wrong(message, option, "a positive whole number", text);
}

static int text(const char *option, const char *found, const char **value, char *message) {
    if (!found || !*found) return wrong(message, option, "a value", NULL);
    *value = found;
    return 0;
}

static int add_gpu(struct irene_logger_config *config, const char *found, char *message) {
    if (config->gpu_count == IRENE_LOGGER_GPUS_MAX) return wrong(message, "--gpu", "no more than 16 of them", found);
    return text("--gpu", found, &config->gpus[config->gpu_count++], message);
}

/* Ticks, from seconds once the period is known. */
struct limits {
    uint64_t period_ms;
    uint64_t duration_s;
};

/* An option that takes a value: 1, or 0 where there is none of that name, or -1. */
static int with_value(struct options *options, struct limits *limits, const char *name, const char *value,
                      char *message) {
    struct irene_logger_config *config = &options->config;
    int status;
    if (strcmp(name, "--output") == 0) status = text(name, value, &config->output, message);
    else if (strcmp(name, "--gpu") == 0) status = add_gpu(config, value, message);
    else if (strcmp(name, "--period-ms") == 0) status = number(name, value, &limits->period_ms, message);
    else if (strcmp(name, "--duration-s") == 0) status = number(name, value, &limits->duration_s, message);
    else if (strcmp(name, "--samples") == 0) status = number(name, value, &config->ticks, message);
    else if (strcmp(name, "--proc") == 0) status = text(name, value, &config->proc_root, message);
    else if (strcmp(name, "--rapl") == 0) status = text(name, value, &config->rapl_root, message);
    else if (strcmp(name, "--nvml") == 0) status = text(name, value, &config->nvml_path, message);
    else return 0;
    return status < 0 ? -1 : 1;
}

static bool scheduled(struct irene_logger_config *config, enum irene_logger_scheduling scheduling) {
    config->scheduling = scheduling;
    return true;
}

static bool flag(struct options *options, const char *name) {
    if (strcmp(name, "--realtime") == 0) return scheduled(&options->config, IRENE_LOGGER_REALTIME);
    if (strcmp(name, "--ordinary") == 0) return scheduled(&options->config, IRENE_LOGGER_ORDINARY);
    if (strcmp(name, "--help") == 0) return options->help = true;
    if (strcmp(name, "--quiet") == 0) return options->quiet = true;
    if (strcmp(name, "--end-with-parent") == 0) return options->end_with_parent = true;
    return false;
}

int options_parse(struct options *options, int count, char *const arguments[], char message[IRENE_LOGGER_MESSAGE]) {
    struct limits limits = {0};
    *options = (struct options){.config = irene_logger_defaults()};
    for (int i = 0; i < count; i++) {
        if (flag(options, arguments[i])) continue;
        int status = with_value(options, &limits, arguments[i], i + 1 < count ? arguments[i + 1] : NULL, message);
        if (status < 0) return -1;
        if (status == 0) return wrong(message, "command line", "an option (see --help)", arguments[i]);
        i++;
    }
    if (options->help) return 0;
    if (!options->config.output) return wrong(message, "--output", "a file, or - for standard output", NULL);
    if (limits.period_ms > 1000) return wrong(message, "--period-ms", "1 to 1000", "more");
    if (limits.period_ms > 0) options->config.period_us = (uint32_t)limits.period_ms * 1000;
    if (limits.duration_s > 0 && options->config.ticks > 0)
        return wrong(message, "--samples", "either it or --duration-s", "both");
    if (limits.duration_s > 0) {
        uint64_t ticks = limits.duration_s * 1000000 / options->config.period_us;
        options->config.ticks = ticks > 0 ? ticks : 1;
    }
    return 0;
}
