/*
 * Loaded before everything else (LD_PRELOAD), counts what a process does to the files below a folder and, at one of
 * those operations, kills its process group or lets the operation fail. Test only.
 *
 *   FAULTS_FOLDER  the folder, absolute and resolved
 *   FAULTS_KINDS   which operations count: some of the letters
 *                  w write  s fsync  m rename  l link  u unlink  d mkdir  o open for writing  r read
 *   FAULTS_LOG     a file outside of the folder: gets one line for each that counts, "w /path"
 *   FAULTS_AT      the operation it happens at, from 1; 0 or absent: never
 *   FAULTS_DO      kill, or the number of an errno; an errno holds from there on, a kill needs no more.
 *                  A write is half done before: that is what a full disk and a kill leave
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folder, *kinds;
static long at;
static int error; /* 0: kill */
static int log_fd = -1;
static atomic_long count;

__attribute__((constructor)) static void begin(void) {
  const char *log = getenv("FAULTS_LOG"), *what = getenv("FAULTS_DO"), *when = getenv("FAULTS_AT");
  folder = getenv("FAULTS_FOLDER");
  kinds = getenv("FAULTS_KINDS");
  at = when ? atol(when) : 0;
  error = what && strcmp(what, "kill") != 0 ? atoi(what) : 0;
  if (log) log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int is_below(const char *path) {
  size_t n = strlen(folder);
  return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == 0);
}

/* Whether the operation goes wrong now; 2 where it is the first that does. */
static int strikes(char kind, const char *path) {
  if (!folder || !kinds || !strchr(kinds, kind) || !is_below(path)) return 0;
  long now = atomic_fetch_add(&count, 1) + 1;
  if (log_fd >= 0) {
    char line[PATH_MAX + 4];
    int n = snprintf(line, sizeof line, "%c %s\n", kind, path);
    syscall(SYS_write, log_fd, line, (size_t)n);
  }
  if (at == 0 || now < at) return 0;
  return now == at ? 2 : 1;
}

static void die(void) {
  kill(-getpgrp(), SIGKILL);
  for (;;) pause();
}

/* -1 with errno where the operation on this path must fail; does not return where it kills. */
static int refuse(char kind, const char *path) {
  int struck = strikes(kind, path);
  if (!struck) return 0;
  if (!error) die();
  errno = error;
  return -1;
}

static const char *of_fd(int fd, char *into) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, into, PATH_MAX - 1);
  into[n < 0 ? 0 : n] = 0;
  return into;
}

/* Absolute, its folder's "." and ".." left alone: node and DuckDB give plain paths. */
static const char *of_path(int dir, const char *path, char *into) {
  if (path[0] == '/') snprintf(into, PATH_MAX, "%s", path);
  else {
    char base[PATH_MAX];
    if (dir == AT_FDCWD) { if (!getcwd(base, sizeof base)) base[0] = 0; }
    else of_fd(dir, base);
    if (snprintf(into, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) into[0] = 0;
  }
  return into;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITES(name, parameters, arguments, half)                          \
  ssize_t name parameters {                                                \
    char path[PATH_MAX];                                                   \
    int struck = strikes('w', of_fd(fd, path));                            \
    if (!struck) return REAL(name) arguments;                              \
    if (struck == 2 && n > 1) {                                            \
      ssize_t done = half;                                                 \
      if (error) return done;                                              \
    }                                                                      \
    if (!error) die();                                                     \
    errno = error;                                                         \
    return -1;                                                             \
  }

WRITES(write, (int fd, const void *bytes, size_t n), (fd, bytes, n), REAL(write)(fd, bytes, n / 2))
WRITES(pwrite, (int fd, const void *bytes, size_t n, off_t from), (fd, bytes, n, from),
       REAL(pwrite)(fd, bytes, n / 2, from))
WRITES(pwrite64, (int fd, const void *bytes, size_t n, off64_t from), (fd, bytes, n, from),
       REAL(pwrite64)(fd, bytes, n / 2, from))
WRITES(writev, (int fd, const struct iovec *parts, int n), (fd, parts, n), REAL(writev)(fd, parts, n / 2))
WRITES(pwritev, (int fd, const struct iovec *parts, int n, off_t from), (fd, parts, n, from),
       REAL(pwritev)(fd, parts, n / 2, from))
WRITES(pwritev64, (int fd, const struct iovec *parts, int n, off64_t from), (fd, parts, n, from),
       REAL(pwritev64)(fd, parts, n / 2, from))
WRITES(copy_file_range, (int from, off64_t *from_at, int fd, off64_t *at, size_t n, unsigned flags),
       (from, from_at, fd, at, n, flags), REAL(copy_file_range)(from, from_at, fd, at, n / 2, flags))

/* Node copies a file by the number of that system call; whatever is called so has six words at most. */
long syscall(long number, ...) {
  long word[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) word[i] = va_arg(rest, long);
  va_end(rest);
  if (number != SYS_copy_file_range)
    return REAL(syscall)(number, word[0], word[1], word[2], word[3], word[4], word[5]);
  return copy_file_range((int)word[0], (off64_t *)word[1], (int)word[2], (off64_t *)word[3], (size_t)word[4],
                         (unsigned)word[5]);
}

#define OF_FD(type, name, kind, parameters, arguments)                     \
  type name parameters {                                                   \
    char path[PATH_MAX];                                                   \
    return refuse(kind, of_fd(fd, path)) ? -1 : REAL(name) arguments;      \
  }

OF_FD(ssize_t, read, 'r', (int fd, void *bytes, size_t n), (fd, bytes, n))
OF_FD(ssize_t, pread, 'r', (int fd, void *bytes, size_t n, off_t from), (fd, bytes, n, from))
OF_FD(ssize_t, pread64, 'r', (int fd, void *bytes, size_t n, off64_t from), (fd, bytes, n, from))
OF_FD(int, fsync, 's', (int fd), (fd))
OF_FD(int, fdatasync, 's', (int fd), (fd))

#define OF_PATH(name, kind, parameters, arguments, dir, named)             \
  int name parameters {                                                    \
    char path[PATH_MAX];                                                   \
    return refuse(kind, of_path(dir, named, path)) ? -1 : REAL(name) arguments; \
  }

OF_PATH(rename, 'm', (const char *from, const char *to), (from, to), AT_FDCWD, to)
OF_PATH(link, 'l', (const char *from, const char *to), (from, to), AT_FDCWD, to)
OF_PATH(unlink, 'u', (const char *file), (file), AT_FDCWD, file)
OF_PATH(unlinkat, 'u', (int at_dir, const char *file, int flags), (at_dir, file, flags), at_dir, file)
OF_PATH(rmdir, 'u', (const char *file), (file), AT_FDCWD, file)
OF_PATH(mkdir, 'd', (const char *file, mode_t mode), (file, mode), AT_FDCWD, file)

static int opens(int dir, const char *file, int flags) {
  char path[PATH_MAX];
  return (flags & O_ACCMODE) != O_RDONLY && refuse('o', of_path(dir, file, path));
}

#define OPENS(name, parameters, dir, arguments)                            \
  int name parameters {                                                    \
    va_list rest;                                                          \
    va_start(rest, flags);                                                 \
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;      \
    va_end(rest);                                                          \
    return opens(dir, file, flags) ? -1 : REAL(name) arguments;            \
  }

OPENS(open, (const char *file, int flags, ...), AT_FDCWD, (file, flags, mode))
OPENS(open64, (const char *file, int flags, ...), AT_FDCWD, (file, flags, mode))
OPENS(openat, (int at_dir, const char *file, int flags, ...), at_dir, (at_dir, file, flags, mode))
OPENS(openat64, (int at_dir, const char *file, int flags, ...), at_dir, (at_dir, file, flags, mode))
