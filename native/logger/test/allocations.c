/*
 * Loaded before a program (LD_PRELOAD): counts its allocations after the first line that begins with "host" was
 * written, and writes the count to the file that IRENE_ALLOCATIONS names when the program ends.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_bool counting;
static atomic_long allocations;

static void seen(void) {
    if (atomic_load(&counting)) atomic_fetch_add(&allocations, 1);
}

void *malloc(size_t size) {
    seen();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    seen();
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    seen();
    return __libc_realloc(old, size);
}

/* The logger writes its lines with writev, the line itself last; the `end` line is the last thing that counts. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    const struct iovec *line = &parts[count - 1];
    if (line->iov_len > 4 && memcmp(line->iov_base, "host", 4) == 0) atomic_store(&counting, true);
    if (line->iov_len > 4 && memcmp(line->iov_base, "end,", 4) == 0) atomic_store(&counting, false);
    return syscall(SYS_writev, fd, parts, count);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("IRENE_ALLOCATIONS");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", atomic_load(&allocations));
    fclose(file);
}
