/* From a configuration to open files and found GPUs, and back. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state.h"

#define LEAST_PERIOD_US 1000
#define GREATEST_PERIOD_US 1000000

struct irene_logger_config irene_logger_defaults(void) {
    return (struct irene_logger_config){
        .period_us = 170000,
        .proc_root = "/proc",
        .rapl_root = "/sys/class/powercap",
        .nvml_path = "libnvidia-ml.so.1",
    };
}

__attribute__((format(printf, 3, 4))) static int fail(char *message, int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, IRENE_LOGGER_MESSAGE, format, arguments);
    va_end(arguments);
    return status;
}

static int check_config(const struct irene_logger_config *config, char *message) {
    if (!config->output || !*config->output) return fail(message, IRENE_LOGGER_EINVAL, "no output is named");
    if (config->period_us < LEAST_PERIOD_US || config->period_us > GREATEST_PERIOD_US)
        return fail(message, IRENE_LOGGER_EINVAL, "the period is %u µs, expected %u to %u", config->period_us,
                    LEAST_PERIOD_US, GREATEST_PERIOD_US);
    if (config->gpu_count > IRENE_LOGGER_GPUS_MAX)
        return fail(message, IRENE_LOGGER_EINVAL, "%zu GPUs, expected at most %u", config->gpu_count,
                    IRENE_LOGGER_GPUS_MAX);
    return IRENE_LOGGER_OK;
}

static int open_proc(struct irene_logger *logger, char *message) {
    const char *root = logger->config.proc_root, *failed;
    if (proc_open(&logger->proc, root, &failed) < 0)
        return fail(message, IRENE_LOGGER_EPROC, "%s/%s: %s", root, failed, strerror(errno));
    if (!proc_read_cpu(&logger->proc).busy_ticks.known)
        return fail(message, IRENE_LOGGER_EPROC, "%s/stat: expected a line `cpu` with eight counters", root);
    if (!proc_read_memory(&logger->proc).total_kib.known)
        return fail(message, IRENE_LOGGER_EPROC, "%s/meminfo: expected MemTotal and MemAvailable (Linux 3.14)", root);
    if (proc_boot_id(root, logger->boot_id) < 0)
        return fail(message, IRENE_LOGGER_EPROC, "%s/sys/kernel/random/boot_id: %s", root, strerror(errno));
    return IRENE_LOGGER_OK;
}

static void open_rapl(struct irene_logger *logger) {
    char text[512];
    if (rapl_open(&logger->rapl, logger->config.rapl_root) == 0 || !logger->config.note) return;
    snprintf(text, sizeof text, "RAPL below %s: %s; the CPU's energy stays empty (its counters are root's alone)",
             logger->config.rapl_root, strerror(errno));
    logger->config.note(text);
}

static int add_gpu(struct irene_logger *logger, const struct nvml_gpu *gpu, char *message) {
    for (size_t i = 0; i < logger->gpu_count; i++) {
        if (logger->gpus[i].gpu.index == gpu->index)
            return fail(message, IRENE_LOGGER_EINVAL, "GPU %u (%s) is named twice", gpu->index, gpu->uuid);
    }
    if (logger->gpu_count == IRENE_LOGGER_GPUS_MAX)
        return fail(message, IRENE_LOGGER_EINVAL, "more than %u GPUs: name those to log", IRENE_LOGGER_GPUS_MAX);
    logger->gpus[logger->gpu_count++] =
        (struct gpu_watch){.gpu = *gpu, .nvml = &logger->nvml, .output = &logger->output, .stop = &logger->stop};
    return IRENE_LOGGER_OK;
}

static int no_gpu(const struct irene_logger *logger, const char *wanted, char *message) {
    char found[IRENE_LOGGER_MESSAGE / 2];
    gpu_list(&logger->nvml, found, sizeof found);
    return fail(message, IRENE_LOGGER_EGPU, "GPU %s is not there; found: %s", wanted, found);
}

static int add_all_gpus(struct irene_logger *logger, char *message) {
    struct field count = nvml_count(&logger->nvml);
    if (!count.known || count.value == 0) return no_gpu(logger, "all", message);
    for (unsigned i = 0; i < count.value; i++) {
        struct nvml_gpu gpu;
        if (nvml_gpu_of(&logger->nvml, i, &gpu) != NVML_SUCCESS) return no_gpu(logger, "all", message);
        int status = add_gpu(logger, &gpu, message);
        if (status < 0) return status;
    }
    return IRENE_LOGGER_OK;
}

static int add_named_gpu(struct irene_logger *logger, const char *wanted, char *message) {
    struct nvml_gpu gpu;
    if (strcmp(wanted, "all") == 0) return add_all_gpus(logger, message);
    switch (gpu_find(&logger->nvml, wanted, &gpu)) {
        case 1: return add_gpu(logger, &gpu, message);
        case 0: return no_gpu(logger, wanted, message);
        default:
            return fail(message, IRENE_LOGGER_EINVAL, "GPU \"%s\": expected an index, a UUID (GPU-…) or all", wanted);
    }
}

static int open_gpus(struct irene_logger *logger, char *message) {
    const struct irene_logger_config *config = &logger->config;
    char reason[512];
    if (config->gpu_count == 0) return IRENE_LOGGER_OK;
    if (nvml_open(&logger->nvml, config->nvml_path, reason, sizeof reason) < 0)
        return fail(message, IRENE_LOGGER_ENVML, "NVML (%s): %s; it comes with NVIDIA's driver: does nvidia-smi work?",
                    config->nvml_path, reason);
    nvml_driver(&logger->nvml, logger->driver);
    for (size_t i = 0; i < config->gpu_count; i++) {
        int status = add_named_gpu(logger, config->gpus[i], message);
        if (status < 0) return status;
    }
    return IRENE_LOGGER_OK;
}

static int open_output(struct irene_logger *logger, char *message) {
    const char *path = logger->config.output;
    switch (output_open(&logger->output, path, logger->boot_id)) {
        case OUTPUT_OK: return IRENE_LOGGER_OK;
        case OUTPUT_LOCKED: return fail(message, IRENE_LOGGER_EOUTPUT, "%s: another logger writes it", path);
        case OUTPUT_NOT_A_LOG:
            return fail(message, IRENE_LOGGER_EOUTPUT, "%s: it is no log of this logger; it was not touched", path);
        case OUTPUT_OTHER_BOOT:
            return fail(message, IRENE_LOGGER_EOUTPUT,
                        "%s: it is the log of another boot, whose clock began elsewhere; name another file", path);
        case OUTPUT_ERRNO: break;
    }
    return fail(message, IRENE_LOGGER_EOUTPUT, "%s: %s", path, strerror(errno));
}

int irene_logger_open(struct irene_logger **opened, const struct irene_logger_config *config,
                      char message[IRENE_LOGGER_MESSAGE]) {
    *opened = NULL;
    int status = check_config(config, message);
    if (status < 0) return status;
    struct irene_logger *logger = calloc(1, sizeof *logger);
    if (!logger) return fail(message, IRENE_LOGGER_ESYSTEM, "no memory");
    logger->config = *config;
    logger->proc = (struct proc){-1, -1};
    logger->output.fd = -1;
    status = open_proc(logger, message);
    if (status < 0) goto out;
    open_rapl(logger);
    status = open_gpus(logger, message);
    if (status < 0) goto out;
    status = open_output(logger, message); /* last: a mistake leaves no empty file */
    if (status < 0) goto out;
    *opened = logger;
out:
    if (status < 0) irene_logger_close(logger, NULL);
    return status;
}

void irene_logger_close(struct irene_logger *logger, struct irene_logger_summary *summary) {
    if (summary) *summary = logger->summary;
    if (logger->summary.hung_gpus > 0) return; /* their threads still use what is freed here */
    output_close(&logger->output);
    nvml_close(&logger->nvml);
    rapl_close(&logger->rapl);
    proc_close(&logger->proc);
    free(logger);
}
