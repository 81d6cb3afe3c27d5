#include "nvml.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CLOCK_SM = 1, CLOCK_MEMORY = 2, SENSOR_GPU = 0 };

/* A function of `struct nvml`, its names from the newest, and whether there is no reading without it. */
struct symbol {
    size_t offset;
    bool needed;
    const char *names[2];
};

#define MEMBER(member) offsetof(struct nvml, member)

static const struct symbol symbols[] = {
    {MEMBER(init), true, {"nvmlInit_v2", "nvmlInit"}},
    {MEMBER(shutdown), true, {"nvmlShutdown", NULL}},
    {MEMBER(count), true, {"nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"}},
    {MEMBER(by_index), true, {"nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"}},
    {MEMBER(uuid), true, {"nvmlDeviceGetUUID", NULL}},
    {MEMBER(error_string), false, {"nvmlErrorString", NULL}},
    {MEMBER(name), false, {"nvmlDeviceGetName", NULL}},
    {MEMBER(driver), false, {"nvmlSystemGetDriverVersion", NULL}},
    {MEMBER(energy_mj), false, {"nvmlDeviceGetTotalEnergyConsumption", NULL}},
    {MEMBER(power_mw), false, {"nvmlDeviceGetPowerUsage", NULL}},
    {MEMBER(utilization), false, {"nvmlDeviceGetUtilizationRates", NULL}},
    {MEMBER(clock_mhz), false, {"nvmlDeviceGetClockInfo", NULL}},
    {MEMBER(temperature_c), false, {"nvmlDeviceGetTemperature", NULL}},
    {MEMBER(memory), false, {"nvmlDeviceGetMemoryInfo", NULL}},
    {MEMBER(throttle_reasons),
     false,
     {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"}},
};

static bool find_symbol(struct nvml *nvml, const struct symbol *symbol) {
    void *address = NULL;
    for (int i = 0; i < 2 && !address && symbol->names[i]; i++) address = dlsym(nvml->library, symbol->names[i]);
    memcpy((char *)nvml + symbol->offset, &address, sizeof address);
    return address != NULL;
}

const char *nvml_error_text(const struct nvml *nvml, int code) {
    return nvml->error_string ? nvml->error_string(code) : "no text for it";
}

static int give_up(struct nvml *nvml) {
    dlclose(nvml->library);
    nvml->library = NULL;
    return -1;
}

int nvml_open(struct nvml *nvml, const char *path, char *reason, size_t size) {
    *nvml = (struct nvml){.library = dlopen(path, RTLD_NOW | RTLD_LOCAL)};
    if (!nvml->library) {
        snprintf(reason, size, "%s", dlerror());
        return -1;
    }
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (find_symbol(nvml, &symbols[i]) || !symbols[i].needed) continue;
        snprintf(reason, size, "%s has no function %s", path, symbols[i].names[0]);
        return give_up(nvml);
    }
    int code = nvml->init();
    if (code == NVML_SUCCESS) return 0;
    snprintf(reason, size, "it answers error %d (%s)", code, nvml_error_text(nvml, code));
    return give_up(nvml);
}

struct field nvml_count(const struct nvml *nvml) {
    unsigned count;
    return nvml->count(&count) == NVML_SUCCESS ? field_of(count) : field_absent();
}

int nvml_gpu_of(const struct nvml *nvml, unsigned index, struct nvml_gpu *gpu) {
    *gpu = (struct nvml_gpu){.index = index};
    int code = nvml->by_index(index, &gpu->device);
    if (code == NVML_SUCCESS) code = nvml->uuid(gpu->device, gpu->uuid, sizeof gpu->uuid);
    if (code != NVML_SUCCESS) return code;
    if (!nvml->name || nvml->name(gpu->device, gpu->name, sizeof gpu->name) != NVML_SUCCESS) gpu->name[0] = '\0';
    return NVML_SUCCESS;
}

void nvml_driver(const struct nvml *nvml, char version[NVML_TEXT]) {
    if (!nvml->driver || nvml->driver(version, NVML_TEXT) != NVML_SUCCESS) version[0] = '\0';
}

/* Did a call succeed? Its failure is kept, where it is one. */
static bool succeeded(struct nvml_sample *sample, int code) {
    if (code == NVML_SUCCESS) return true;
    bool failed = code != NVML_NOT_SUPPORTED && code != NVML_FUNCTION_NOT_FOUND;
    if (failed && !sample->error.known) sample->error = field_of((uint64_t)(unsigned)code);
    return false;
}

static struct field clock_of(const struct nvml *nvml, nvml_device device, int clock, struct nvml_sample *sample) {
    unsigned mhz;
    bool known = nvml->clock_mhz && succeeded(sample, nvml->clock_mhz(device, clock, &mhz));
    return known ? field_of(mhz) : field_absent();
}

void nvml_read(const struct nvml *nvml, nvml_device device, struct nvml_sample *sample) {
    unsigned value;
    unsigned long long wide;
    struct nvml_utilization utilization;
    struct nvml_memory memory;
    *sample = (struct nvml_sample){0};
    if (nvml->energy_mj && succeeded(sample, nvml->energy_mj(device, &wide))) sample->energy_uj = field_of(wide * 1000);
    if (nvml->power_mw && succeeded(sample, nvml->power_mw(device, &value))) sample->power_mw = field_of(value);
    if (nvml->utilization && succeeded(sample, nvml->utilization(device, &utilization))) {
        sample->gpu_pct = field_of(utilization.gpu_pct);
        sample->memory_pct = field_of(utilization.memory_pct);
    }
    sample->sm_mhz = clock_of(nvml, device, CLOCK_SM, sample);
    sample->memory_mhz = clock_of(nvml, device, CLOCK_MEMORY, sample);
    if (nvml->throttle_reasons && succeeded(sample, nvml->throttle_reasons(device, &wide)))
        sample->throttle_bits = field_of(wide);
    if (nvml->temperature_c && succeeded(sample, nvml->temperature_c(device, SENSOR_GPU, &value)))
        sample->temperature_c = field_of(value);
    if (nvml->memory && succeeded(sample, nvml->memory(device, &memory))) {
        sample->used_kib = field_of(memory.used_bytes / 1024);
        sample->total_kib = field_of(memory.total_bytes / 1024);
    }
}

void nvml_close(struct nvml *nvml) {
    if (!nvml->library) return;
    nvml->shutdown();
    dlclose(nvml->library);
    nvml->library = NULL;
}
