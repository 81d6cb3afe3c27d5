/* One GPU watched by a thread of its own: a `gpu` line every tick, except while the driver takes longer. */
#ifndef IRENE_GPU_H
#define IRENE_GPU_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "nvml.h"
#include "output.h"
#include "ticker.h"

struct gpu_watch {
    struct nvml_gpu gpu;
    const struct nvml *nvml;
    struct output *output;
    const atomic_bool *stop;
    struct ticker ticker;
    pthread_t thread;
};

/*
 * Finds the GPU that `wanted` names by index or UUID: 1, or 0 where it is not there, or -1 where that is no name of
 * one.
 */
int gpu_find(const struct nvml *nvml, const char *wanted, struct nvml_gpu *gpu);

/* Writes the GPUs that there are as text: `0 (GPU-8f…, NVIDIA H100), 1 …`. */
void gpu_list(const struct nvml *nvml, char *text, size_t size);

/* The `device` line. */
void gpu_describe(const struct gpu_watch *watch, const char *driver);

/* 0, or an error number; signals stay with the other threads. */
int gpu_start(struct gpu_watch *watch);

/* Waits for the thread to end until this moment of CLOCK_REALTIME; false where it hangs. */
bool gpu_join(struct gpu_watch *watch, const struct timespec *until);

#endif
