#include "rapl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"

void rapl_advance(struct rapl_zone *zone, uint64_t now_uj) {
    bool wrapped = now_uj < zone->last_uj;
    zone->sum_uj += wrapped ? zone->range_uj - zone->last_uj + now_uj : now_uj - zone->last_uj;
    zone->last_uj = now_uj;
}

struct field rapl_parse(const char *bytes, size_t length) {
    struct scan scan = scan_of(bytes, length);
    uint64_t value;
    bool whole = scan_number(&scan, &value) && scan_word(&scan, "\n");
    return whole ? field_of(value) : field_absent();
}

static int open_file(const char *root, const char *zone, const char *name) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s/%s", root, zone, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, O_RDONLY | O_CLOEXEC);
}

static struct field counter(int fd) {
    char text[32];
    ssize_t length = pread(fd, text, sizeof text, 0);
    return length > 0 ? rapl_parse(text, (size_t)length) : field_absent();
}

static struct field counter_once(const char *root, const char *zone, const char *name) {
    int fd = open_file(root, zone, name);
    if (fd < 0) return field_absent();
    struct field value = counter(fd);
    close(fd);
    return value;
}

/* Is it a package or its memory? Cores and graphics are parts of a package and would be counted twice. */
static bool wanted(const char *root, const char *zone, bool *dram) {
    char name[32];
    int fd = open_file(root, zone, "name");
    if (fd < 0) return false;
    ssize_t length = read(fd, name, sizeof name);
    close(fd);
    if (length <= 0) return false;
    struct scan scan = scan_of(name, (size_t)length);
    *dram = scan_word(&scan, "dram");
    return *dram || scan_word(&scan, "package-");
}

/* 1 where the zone was added, 0 where it is of no use, -1 with errno where it may not be read. */
static int add_zone(struct rapl *rapl, const char *root, const char *name) {
    struct rapl_zone zone = {.fd = -1};
    if (rapl->count == RAPL_ZONES_MAX || !wanted(root, name, &zone.dram)) return 0;
    struct field range = counter_once(root, name, "max_energy_range_uj");
    if (!range.known) return 0;
    zone.range_uj = range.value;
    zone.fd = open_file(root, name, "energy_uj");
    if (zone.fd < 0) return -1;
    struct field now = counter(zone.fd);
    if (!now.known) {
        close(zone.fd);
        return 0;
    }
    zone.last_uj = now.value;
    rapl->zones[rapl->count++] = zone;
    return 1;
}

int rapl_open(struct rapl *rapl, const char *root) {
    rapl->count = 0;
    DIR *folder = opendir(root);
    if (!folder) return 0;
    int refused = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        /* Not intel-rapl-mmio:0: it shows the same package a second time. */
        if (strncmp(entry->d_name, "intel-rapl:", strlen("intel-rapl:")) != 0) continue;
        if (add_zone(rapl, root, entry->d_name) < 0) refused = errno;
    }
    closedir(folder);
    if (!refused) return 0;
    rapl_close(rapl); /* some of the packages are not the machine */
    errno = refused;
    return -1;
}

/* The sum of one kind of zone. */
static struct field sum_of(const struct rapl *rapl, const bool read[], bool dram) {
    struct field sum = field_absent();
    for (size_t i = 0; i < rapl->count; i++) {
        if (rapl->zones[i].dram != dram) continue;
        if (!read[i]) return field_absent();
        sum = field_of((sum.known ? sum.value : 0) + rapl->zones[i].sum_uj);
    }
    return sum;
}

struct rapl_energy rapl_read(struct rapl *rapl) {
    bool read[RAPL_ZONES_MAX] = {false};
    for (size_t i = 0; i < rapl->count; i++) {
        struct field now = counter(rapl->zones[i].fd);
        read[i] = now.known && now.value <= rapl->zones[i].range_uj;
        if (read[i]) rapl_advance(&rapl->zones[i], now.value);
    }
    return (struct rapl_energy){sum_of(rapl, read, false), sum_of(rapl, read, true)};
}

void rapl_close(struct rapl *rapl) {
    for (size_t i = 0; i < rapl->count; i++) close(rapl->zones[i].fd);
    rapl->count = 0;
}
