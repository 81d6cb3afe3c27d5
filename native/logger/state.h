/* What a logger is made of; private to open.c and run.c. */
#ifndef IRENE_STATE_H
#define IRENE_STATE_H

#include "gpu.h"
#include "irene_logger.h"
#include "lateness.h"
#include "nvml.h"
#include "output.h"
#include "proc.h"
#include "rapl.h"
#include "ticker.h"

struct irene_logger {
    struct irene_logger_config config;
    char boot_id[PROC_BOOT_ID + 1];
    struct proc proc;
    struct rapl rapl;
    struct nvml nvml;
    char driver[NVML_TEXT]; /* its version, or "" */
    struct gpu_watch gpus[IRENE_LOGGER_GPUS_MAX];
    size_t gpu_count;
    struct output output;
    atomic_bool stop;
    struct ticker ticker;
    struct lateness lateness;
    struct irene_logger_summary summary;
};

#endif
