#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"

/* Both files have what is wanted in their first lines. */
#define HEAD 512

/* No counter of ticks or KiB comes near; their sums below cannot overflow. */
#define GREATEST (UINT64_MAX / 16)

enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, TICK_COLUMNS };

struct proc_cpu proc_parse_cpu(const char *bytes, size_t length) {
    struct scan scan = scan_of(bytes, length);
    uint64_t ticks[TICK_COLUMNS];
    if (!scan_word(&scan, "cpu ")) return (struct proc_cpu){0};
    for (int i = 0; i < TICK_COLUMNS; i++) {
        scan_blanks(&scan);
        if (!scan_number(&scan, &ticks[i]) || ticks[i] > GREATEST) return (struct proc_cpu){0};
    }
    /* A number may be cut where the bytes end: only a whole line counts. */
    if (!scan_line_end(&scan)) return (struct proc_cpu){0};
    uint64_t busy = ticks[USER] + ticks[NICE] + ticks[SYSTEM] + ticks[IRQ] + ticks[SOFTIRQ] + ticks[STEAL];
    return (struct proc_cpu){field_of(busy), field_of(busy + ticks[IDLE] + ticks[IOWAIT])};
}

/* The value of a line like `MemTotal:  32768 kB`. */
static bool kib_of(struct scan scan, const char *name, struct field *kib) {
    uint64_t value;
    if (!scan_word(&scan, name)) return false;
    scan_blanks(&scan);
    if (!scan_number(&scan, &value) || value > GREATEST || !scan_word(&scan, " kB\n")) return false;
    *kib = field_of(value);
    return true;
}

struct proc_memory proc_parse_memory(const char *bytes, size_t length) {
    struct proc_memory memory = {0};
    struct scan scan = scan_of(bytes, length);
    do {
        if (!memory.total_kib.known) kib_of(scan, "MemTotal:", &memory.total_kib);
        if (!memory.available_kib.known) kib_of(scan, "MemAvailable:", &memory.available_kib);
    } while (scan_line_end(&scan));
    bool sane = memory.total_kib.known && memory.available_kib.known && memory.total_kib.value > 0 &&
                memory.available_kib.value <= memory.total_kib.value;
    return sane ? memory : (struct proc_memory){0};
}

static int open_below(const char *root, const char *name) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", root, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, O_RDONLY | O_CLOEXEC);
}

int proc_open(struct proc *proc, const char *root, const char **failed) {
    *failed = "stat";
    proc->meminfo_fd = -1;
    proc->stat_fd = open_below(root, *failed);
    if (proc->stat_fd < 0) return -1;
    *failed = "meminfo";
    proc->meminfo_fd = open_below(root, *failed);
    if (proc->meminfo_fd >= 0) return 0;
    proc_close(proc);
    return -1;
}

struct proc_cpu proc_read_cpu(const struct proc *proc) {
    char head[HEAD];
    ssize_t length = pread(proc->stat_fd, head, sizeof head, 0);
    return length > 0 ? proc_parse_cpu(head, (size_t)length) : (struct proc_cpu){0};
}

struct proc_memory proc_read_memory(const struct proc *proc) {
    char head[HEAD];
    ssize_t length = pread(proc->meminfo_fd, head, sizeof head, 0);
    return length > 0 ? proc_parse_memory(head, (size_t)length) : (struct proc_memory){0};
}

int proc_boot_id(const char *root, char boot_id[PROC_BOOT_ID + 1]) {
    int fd = open_below(root, "sys/kernel/random/boot_id");
    if (fd < 0) return -1;
    ssize_t length = read(fd, boot_id, PROC_BOOT_ID);
    close(fd);
    boot_id[PROC_BOOT_ID] = '\0';
    if (length == PROC_BOOT_ID) return 0;
    errno = EINVAL;
    return -1;
}

struct field proc_peak_rss_kib(void) {
    char status[4096];
    struct field kib = field_absent();
    int fd = open_below("/proc/self", "status");
    if (fd < 0) return kib;
    ssize_t length = read(fd, status, sizeof status);
    close(fd);
    if (length < 0) return kib;
    struct scan scan = scan_of(status, (size_t)length);
    do kib_of(scan, "VmHWM:", &kib);
    while (scan_line_end(&scan));
    return kib;
}

void proc_close(struct proc *proc) {
    if (proc->stat_fd >= 0) close(proc->stat_fd);
    if (proc->meminfo_fd >= 0) close(proc->meminfo_fd);
    proc->stat_fd = proc->meminfo_fd = -1;
}
