#include "driver_wait.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* What is told after a second is told within two of the command that started the logger. */
#define TELL_S 1

/*
 * A GPU that is started takes 1 to 3 s where the driver does not persist (NVIDIA, "Driver Persistence"), and all of them
 * may have to be; users have seen more than 10 s of a single one.
 */
#define LEAST_LIMIT_S 15
#define GPU_S 3

/* The GPUs that the driver knows; 0 where it does not tell. */
static unsigned gpus_below(const char *proc_root) {
    char path[512];
    unsigned count = 0;
    snprintf(path, sizeof path, "%s/driver/nvidia/gpus", proc_root);
    DIR *folder = opendir(path);
    if (!folder) return 0;
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* False where the driver has answered before so many seconds after `since` were over. */
static bool still_waiting(struct driver_wait *wait, struct timespec since, unsigned seconds) {
    int error = 0;
    since.tv_sec += (time_t)seconds;
    while (!wait->over && error != ETIMEDOUT) error = pthread_cond_timedwait(&wait->changed, &wait->mutex, &since);
    return !wait->over;
}

static void *watch(void *argument) {
    struct driver_wait *wait = argument;
    struct timespec since;
    clock_gettime(CLOCK_MONOTONIC, &since);
    pthread_mutex_lock(&wait->mutex);
    if (still_waiting(wait, since, TELL_S)) {
        fprintf(stderr,
                "irene-logger: waiting for NVIDIA's driver, at most %u s: without persistence mode it takes 1 to 3 s a GPU "
                "to start (nvidia-smi -pm 1 mends that)\n",
                wait->limit_s);
    }
    if (still_waiting(wait, since, wait->limit_s)) {
        fprintf(stderr,
                "irene-logger: NVIDIA's driver does not answer within %u s: see dmesg, and whether nvidia-smi hangs too; "
                "mostly only a reboot mends that\n",
                wait->limit_s);
        _exit(wait->exit_code);
    }
    pthread_mutex_unlock(&wait->mutex);
    return NULL;
}

void driver_wait_begin(struct driver_wait *wait, const char *proc_root, int exit_code) {
    unsigned needed_s = GPU_S * gpus_below(proc_root);
    pthread_condattr_t monotonic;
    *wait = (struct driver_wait){.limit_s = needed_s > LEAST_LIMIT_S ? needed_s : LEAST_LIMIT_S, .exit_code = exit_code};
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&wait->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&wait->mutex, NULL);
    wait->started = pthread_create(&wait->thread, NULL, watch, wait) == 0;
}

void driver_wait_end(struct driver_wait *wait) {
    pthread_mutex_lock(&wait->mutex);
    wait->over = true;
    pthread_cond_signal(&wait->changed);
    pthread_mutex_unlock(&wait->mutex);
    if (wait->started) pthread_join(wait->thread, NULL);
    pthread_cond_destroy(&wait->changed);
    pthread_mutex_destroy(&wait->mutex);
}
