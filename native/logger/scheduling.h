/* How soon the thread that samples runs when it is due: as soon as the system permits, or as told. */
#ifndef IRENE_SCHEDULING_H
#define IRENE_SCHEDULING_H

#include "irene_logger.h"

struct scheduling {
    const char *policy; /* "fifo", "nice" or "ordinary" */
    unsigned priority;  /* of SCHED_FIFO; by how much nice was lowered; 0 */
    bool memory_locked; /* no page of it is taken from it */
    int error;          /* errno of what was asked for and is not permitted; 0 */
};

/*
 * For the calling thread alone, but for the memory. Threads that it starts later have it too: a driver's thread must be
 * started before.
 */
struct scheduling scheduling_obtain(enum irene_logger_scheduling wanted);

#endif
