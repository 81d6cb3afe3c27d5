#include "scheduling.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* Between the threads of interrupts (50) and ordinary real-time work; any value runs before what is not real-time. */
#define PRIORITY 49

#define LEAST_NICE (-20)

/* The priority of SCHED_FIFO, or 0: root and CAP_SYS_NICE may have any, others what RLIMIT_RTPRIO allows. */
static unsigned become_fifo(int *error) {
    struct rlimit limit;
    struct sched_param priority = {.sched_priority = PRIORITY};
    *error = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
    if (*error == 0) return PRIORITY;
    if (getrlimit(RLIMIT_RTPRIO, &limit) != 0 || limit.rlim_cur == 0 || limit.rlim_cur >= PRIORITY) return 0;
    priority.sched_priority = (int)limit.rlim_cur;
    if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority) != 0) return 0;
    *error = 0;
    return (unsigned)limit.rlim_cur;
}

/* Linux weighs whole sessions against each other where it has autogroups: the logger's own goes first too. */
static void first_of_sessions(void) {
    int file = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (write(file, "-20", 3) < 0) errno = 0; /* not permitted: then it is one of all sessions */
    close(file);
}

/* By how much nice was lowered, or 0. */
static unsigned lower_nice(void) {
    struct rlimit limit;
    int before = getpriority(PRIO_PROCESS, 0), after;
    if (setpriority(PRIO_PROCESS, 0, LEAST_NICE) != 0 && getrlimit(RLIMIT_NICE, &limit) == 0 && limit.rlim_cur <= 40)
        setpriority(PRIO_PROCESS, 0, 20 - (int)limit.rlim_cur);
    after = getpriority(PRIO_PROCESS, 0);
    if (after >= before) {
        if (after > before) setpriority(PRIO_PROCESS, 0, before);
        return 0;
    }
    first_of_sessions();
    return (unsigned)(before - after);
}

/* Pages as they come to be used: all of libc and of every stack would be megabytes. */
static bool lock_memory(void) {
#ifdef MCL_ONFAULT
    return mlockall(MCL_CURRENT | MCL_ONFAULT) == 0;
#else
    return false;
#endif
}

struct scheduling scheduling_obtain(enum irene_logger_scheduling wanted) {
    struct scheduling found = {.policy = "ordinary"};
    if (wanted == IRENE_LOGGER_ORDINARY) return found;
    found.memory_locked = lock_memory();
    found.priority = become_fifo(&found.error);
    if (found.priority > 0) found.policy = "fifo";
    else if ((found.priority = lower_nice()) > 0) found.policy = "nice";
    return found;
}
