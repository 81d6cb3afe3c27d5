#include "gpu.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "line.h"
#include "scan.h"

int gpu_find(const struct nvml *nvml, const char *wanted, struct nvml_gpu *gpu) {
    struct scan scan = scan_of(wanted, strlen(wanted));
    uint64_t index;
    bool by_index = scan_number(&scan, &index);
    if (by_index ? scan.at != scan.end : !scan_word(&scan, "GPU-")) return -1;
    struct field count = nvml_count(nvml);
    for (unsigned i = 0; count.known && i < count.value; i++) {
        /* To ask for another GPU may start it, which takes seconds. */
        if ((by_index && i != index) || nvml_gpu_of(nvml, i, gpu) != NVML_SUCCESS) continue;
        if (by_index || strcmp(gpu->uuid, wanted) == 0) return 1;
    }
    return 0;
}

void gpu_list(const struct nvml *nvml, char *text, size_t size) {
    struct field count = nvml_count(nvml);
    size_t length = (size_t)snprintf(text, size, "%s", count.known && count.value > 0 ? "" : "none");
    for (unsigned i = 0; count.known && i < count.value && length < size; i++) {
        struct nvml_gpu gpu;
        int code = nvml_gpu_of(nvml, i, &gpu);
        const char *separator = i > 0 ? ", " : "";
        length += (size_t)(code == NVML_SUCCESS ? snprintf(text + length, size - length, "%s%u (%s, %s)", separator, i,
                                                           gpu.uuid, gpu.name)
                                                : snprintf(text + length, size - length, "%s%u (does not answer: %s)",
                                                           separator, i, nvml_error_text(nvml, code)));
    }
}

void gpu_describe(const struct gpu_watch *watch, const char *driver) {
    struct line line;
    line_begin(&line, "device");
    line_number(&line, watch->gpu.index);
    line_text(&line, watch->gpu.uuid);
    line_text(&line, watch->gpu.name);
    line_text(&line, driver);
    line_end(&line);
    output_write(watch->output, line.bytes, line.length);
}

static void write_sample(const struct gpu_watch *watch, uint64_t tick) {
    struct nvml_sample sample;
    struct line line;
    uint64_t mono_us = clock_us(CLOCK_MONOTONIC);
    nvml_read(watch->nvml, watch->gpu.device, &sample);
    uint64_t took_us = clock_us(CLOCK_MONOTONIC) - mono_us;
    line_begin(&line, "gpu");
    line_number(&line, tick);
    line_number(&line, watch->gpu.index);
    line_number(&line, mono_us);
    line_number(&line, took_us);
    const struct field fields[] = {
        sample.energy_uj,     sample.power_mw, sample.gpu_pct,   sample.memory_pct,    sample.sm_mhz, sample.memory_mhz,
        sample.temperature_c, sample.used_kib, sample.total_kib, sample.throttle_bits, sample.error,
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) line_field(&line, fields[i]);
    line_end(&line);
    output_write(watch->output, line.bytes, line.length);
}

static void *watch_gpu(void *argument) {
    struct gpu_watch *watch = argument;
    uint64_t tick;
    while (ticker_wait(&watch->ticker, watch->stop, &tick)) write_sample(watch, tick);
    return NULL;
}

int gpu_start(struct gpu_watch *watch) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&watch->thread, NULL, watch_gpu, watch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

bool gpu_join(struct gpu_watch *watch, const struct timespec *until) {
    return pthread_timedjoin_np(watch->thread, NULL, until) == 0;
}
