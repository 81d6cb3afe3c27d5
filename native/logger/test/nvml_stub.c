/*
 * A libnvidia-ml.so.1 whose GPUs do what a control file says, named by IRENE_NVML_STUB and read again at every call.
 * Lines, of which the first of a kind counts; what is not listed is not supported:
 *
 *     init CODE [DELAY_MS [deaf]]          nvmlInit_v2; deaf to all signals, as a call that hangs in the kernel is
 *     gpus COUNT
 *     GPU uuid TEXT                        default GPU-00000000-0000-0000-0000-00000000000<GPU>
 *     GPU FIELD CODE VALUE [DELAY_MS]      FIELD: energy (mJ), power (mW), gpu, controller (%), sm, memory_clock (MHz),
 *                                          temperature (°C), used, total (bytes), throttle (bits)
 *     GPU lost                             every call answers 15, GPU is lost
 *     GPU hangs FILE                       power does not return before FILE is there
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, GPU_IS_LOST = 15 };

#define GPUS 16

static int device_of[GPUS];

struct answer {
    int code;
    unsigned long long value;
};

static void sleep_ms(long ms) {
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* The rest of the control file's line that begins with these words. */
static int find(const char *words, char *rest, size_t size) {
    const char *path = getenv("IRENE_NVML_STUB");
    FILE *file = path ? fopen(path, "r") : NULL;
    char line[256];
    int found = 0;
    while (file && !found && fgets(line, sizeof line, file)) {
        size_t length = strlen(words);
        if (strncmp(line, words, length) != 0 || (line[length] != ' ' && line[length] != '\n')) continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(rest, size, "%s", line[length] ? line + length + 1 : "");
        found = 1;
    }
    if (file) fclose(file);
    return found;
}

static int index_of(const void *device) {
    return (int)((const int *)device - device_of);
}

static int is_lost(const void *device) {
    char words[64], rest[256];
    snprintf(words, sizeof words, "%d lost", index_of(device));
    return find(words, rest, sizeof rest);
}

static struct answer answer_of(const void *device, const char *field) {
    char words[64], rest[256];
    struct answer answer = {NOT_SUPPORTED, 0};
    long delay_ms = 0;
    if (is_lost(device)) return (struct answer){GPU_IS_LOST, 0};
    snprintf(words, sizeof words, "%d %s", index_of(device), field);
    if (find(words, rest, sizeof rest)) sscanf(rest, "%d %llu %ld", &answer.code, &answer.value, &delay_ms);
    if (delay_ms > 0) sleep_ms(delay_ms);
    return answer;
}

static int number_of(const void *device, const char *field, unsigned *value) {
    struct answer answer = answer_of(device, field);
    if (answer.code == SUCCESS) *value = (unsigned)answer.value;
    return answer.code;
}

static int wide_of(const void *device, const char *field, unsigned long long *value) {
    struct answer answer = answer_of(device, field);
    if (answer.code == SUCCESS) *value = answer.value;
    return answer.code;
}

EXPORT int nvmlInit_v2(void);
EXPORT int nvmlShutdown(void);
EXPORT const char *nvmlErrorString(int code);
EXPORT int nvmlSystemGetDriverVersion(char *text, unsigned size);
EXPORT int nvmlDeviceGetCount_v2(unsigned *count);
EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device);
EXPORT int nvmlDeviceGetUUID(void *device, char *text, unsigned size);
EXPORT int nvmlDeviceGetName(void *device, char *text, unsigned size);
EXPORT int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *mj);
EXPORT int nvmlDeviceGetPowerUsage(void *device, unsigned *mw);
EXPORT int nvmlDeviceGetUtilizationRates(void *device, unsigned rates[2]);
EXPORT int nvmlDeviceGetClockInfo(void *device, int clock, unsigned *mhz);
EXPORT int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *celsius);
EXPORT int nvmlDeviceGetMemoryInfo(void *device, unsigned long long bytes[3]);
EXPORT int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *bits);

int nvmlInit_v2(void) {
    char rest[256];
    int code = SUCCESS;
    long delay_ms = 0;
    sigset_t blocked, before;
    char deaf[8] = "";
    if (find("init", rest, sizeof rest)) sscanf(rest, "%d %ld %7s", &code, &delay_ms, deaf);
    sigemptyset(&blocked);
    if (*deaf) sigfillset(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    if (delay_ms > 0) sleep_ms(delay_ms);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

int nvmlShutdown(void) {
    return SUCCESS;
}

const char *nvmlErrorString(int code) {
    switch (code) {
        case SUCCESS: return "Success";
        case NOT_SUPPORTED: return "Not Supported";
        case 9: return "Driver Not Loaded";
        case GPU_IS_LOST: return "GPU is lost";
        default: return "Unknown Error";
    }
}

int nvmlSystemGetDriverVersion(char *text, unsigned size) {
    snprintf(text, size, "stub");
    return SUCCESS;
}

int nvmlDeviceGetCount_v2(unsigned *count) {
    char rest[256];
    *count = 0;
    if (find("gpus", rest, sizeof rest)) sscanf(rest, "%u", count);
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
    unsigned count;
    nvmlDeviceGetCount_v2(&count);
    if (index >= count || index >= GPUS) return INVALID_ARGUMENT;
    *device = &device_of[index];
    return is_lost(*device) ? GPU_IS_LOST : SUCCESS;
}

int nvmlDeviceGetUUID(void *device, char *text, unsigned size) {
    char words[64], rest[256];
    snprintf(words, sizeof words, "%d uuid", index_of(device));
    if (find(words, rest, sizeof rest)) snprintf(text, size, "%s", rest);
    else snprintf(text, size, "GPU-00000000-0000-0000-0000-00000000000%d", index_of(device));
    return SUCCESS;
}

int nvmlDeviceGetName(void *device, char *text, unsigned size) {
    snprintf(text, size, "Stub, %d", index_of(device)); /* the comma has to become a blank in the log */
    return SUCCESS;
}

int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *mj) {
    return wide_of(device, "energy", mj);
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *mw) {
    char words[64], rest[256];
    snprintf(words, sizeof words, "%d hangs", index_of(device));
    while (find(words, rest, sizeof rest) && access(rest, F_OK) != 0) sleep_ms(1);
    return number_of(device, "power", mw);
}

int nvmlDeviceGetUtilizationRates(void *device, unsigned rates[2]) {
    int code = number_of(device, "gpu", &rates[0]);
    return code == SUCCESS ? number_of(device, "controller", &rates[1]) : code;
}

int nvmlDeviceGetClockInfo(void *device, int clock, unsigned *mhz) {
    return number_of(device, clock == 1 ? "sm" : "memory_clock", mhz);
}

int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *celsius) {
    return sensor == 0 ? number_of(device, "temperature", celsius) : INVALID_ARGUMENT;
}

int nvmlDeviceGetMemoryInfo(void *device, unsigned long long bytes[3]) {
    int code = wide_of(device, "total", &bytes[0]);
    if (code != SUCCESS) return code;
    code = wide_of(device, "used", &bytes[2]);
    if (code == SUCCESS) bytes[1] = bytes[0] - bytes[2];
    return code;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *bits) {
    return wide_of(device, "throttle", bits);
}
