/* CPU ticks and memory of the machine, as Linux tells them in /proc/stat and /proc/meminfo (proc(5)). */
#ifndef IRENE_PROC_H
#define IRENE_PROC_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"

/*
 * Ticks of all hardware threads since boot. Busy is everything but idle and iowait; guests' ticks are part of the user
 * ticks and are not counted twice (as psutil's cpu_percent does it).
 */
struct proc_cpu {
    struct field busy_ticks;
    struct field total_ticks;
};

struct proc_memory {
    struct field total_kib;
    struct field available_kib;
};

/* Length of a boot's identity, a UUID in text, without NUL. */
#define PROC_BOOT_ID 36

/* The files, kept open. */
struct proc {
    int stat_fd;
    int meminfo_fd;
};

/* Absent fields where the bytes are not what proc(5) describes; both of a structure are known, or neither is. */
struct proc_cpu proc_parse_cpu(const char *bytes, size_t length);
struct proc_memory proc_parse_memory(const char *bytes, size_t length);

/* Opens `root`/stat and `root`/meminfo; -1 with errno, and `*failed` is the name of the file that cannot be read. */
int proc_open(struct proc *proc, const char *root, const char **failed);

struct proc_cpu proc_read_cpu(const struct proc *proc);
struct proc_memory proc_read_memory(const struct proc *proc);

/* Which boot this is; a monotonic clock compares within one boot only. -1 with errno. */
int proc_boot_id(const char *root, char boot_id[PROC_BOOT_ID + 1]);

/* Greatest resident memory of this process, from the real /proc; absent where it cannot be read. */
struct field proc_peak_rss_kib(void);

void proc_close(struct proc *proc);

#endif
