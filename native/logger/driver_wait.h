/*
 * Watches over the start of NVIDIA's driver from a thread of its own: a call that hangs in the kernel lets no signal in, so
 * that an alarm would never ring. Within two seconds of the program's start a user is told what is waited for; in the end
 * the process is ended.
 */
#ifndef IRENE_DRIVER_WAIT_H
#define IRENE_DRIVER_WAIT_H

#include <pthread.h>
#include <stdbool.h>

struct driver_wait {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool started;
    bool over;
    unsigned limit_s;
    int exit_code;
};

/* Begins to wait; `proc_root` tells how many GPUs the driver has to start. Ends the process with `exit_code` in the end. */
void driver_wait_begin(struct driver_wait *wait, const char *proc_root, int exit_code);

/* The driver has answered. */
void driver_wait_end(struct driver_wait *wait);

#endif
