/*
 * NVIDIA's management library, opened with dlopen: nothing of it is needed to build or to run without a GPU. Symbols
 * are tried newest first and one that a driver lacks only costs its field (NVML API reference,
 * docs.nvidia.com/deploy/nvml-api).
 */
#ifndef IRENE_NVML_H
#define IRENE_NVML_H

#include <stddef.h>

#include "field.h"

/* Return codes of NVML that are told apart. */
enum { NVML_SUCCESS = 0, NVML_NOT_SUPPORTED = 3, NVML_FUNCTION_NOT_FOUND = 13 };

#define NVML_TEXT 96

typedef struct nvmlDevice_st *nvml_device;

struct nvml_utilization {
    unsigned gpu_pct;
    unsigned memory_pct;
};

struct nvml_memory {
    unsigned long long total_bytes;
    unsigned long long free_bytes;
    unsigned long long used_bytes;
};

struct nvml {
    void *library;
    int (*init)(void);
    int (*shutdown)(void);
    const char *(*error_string)(int);
    int (*count)(unsigned *);
    int (*by_index)(unsigned, nvml_device *);
    int (*uuid)(nvml_device, char *, unsigned);
    int (*name)(nvml_device, char *, unsigned);
    int (*driver)(char *, unsigned);
    int (*energy_mj)(nvml_device, unsigned long long *);
    int (*power_mw)(nvml_device, unsigned *);
    int (*utilization)(nvml_device, struct nvml_utilization *);
    int (*clock_mhz)(nvml_device, int, unsigned *);
    int (*temperature_c)(nvml_device, int, unsigned *);
    int (*memory)(nvml_device, struct nvml_memory *);
    int (*throttle_reasons)(nvml_device, unsigned long long *);
};

struct nvml_gpu {
    nvml_device device;
    unsigned index;
    char uuid[NVML_TEXT];
    char name[NVML_TEXT];
};

/* One reading of one GPU: what is not supported or failed is absent. */
struct nvml_sample {
    struct field energy_uj; /* since the driver was loaded */
    struct field power_mw;
    struct field gpu_pct;
    struct field memory_pct; /* of the memory controller's time, not of its room */
    struct field sm_mhz;
    struct field memory_mhz;
    struct field temperature_c;
    struct field used_kib;
    struct field total_kib;
    struct field throttle_bits;
    struct field error; /* NVML's first return code that was neither success nor "not supported" */
};

/* Opens and initialises; 0, or -1 with the reason in `reason`. */
int nvml_open(struct nvml *nvml, const char *path, char *reason, size_t size);

/* How many GPUs there are; absent where NVML does not say. */
struct field nvml_count(const struct nvml *nvml);

/* The GPU of an index; NVML's return code. */
int nvml_gpu_of(const struct nvml *nvml, unsigned index, struct nvml_gpu *gpu);

/* The driver's version, or "". */
void nvml_driver(const struct nvml *nvml, char version[NVML_TEXT]);

const char *nvml_error_text(const struct nvml *nvml, int code);

/* Reads everything, energy and power first, as close to the caller's stamp as can be. */
void nvml_read(const struct nvml *nvml, nvml_device device, struct nvml_sample *sample);

void nvml_close(struct nvml *nvml);

#endif
