/*
 * Loaded before everything else (LD_PRELOAD), moves the UTC that a process reads: somebody set the clock, or NTP slews it
 * against the clocks that are not disciplined. Monotonic clocks stay. Test only.
 *
 *   UTC_SHIM  a file of three 64-bit numbers, read at each reading of the clock: µs that UTC is ahead, and from a moment
 *             of CLOCK_MONOTONIC in µs on so many parts in 10^9 more
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct utc {
  int64_t ahead_us;
  int64_t since_us;
  int64_t slew_ppb;
};

static const volatile struct utc *utc;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("UTC_SHIM");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *found = mmap(NULL, sizeof *utc, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (found != MAP_FAILED) utc = found;
}

static int64_t ahead_ns(void) {
  struct timespec now;
  if (!utc) return 0;
  if (utc->slew_ppb == 0) return utc->ahead_us * 1000;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  int64_t passed_us = now.tv_sec * 1000000 + now.tv_nsec / 1000 - utc->since_us;
  return utc->ahead_us * 1000 + passed_us * utc->slew_ppb / 1000000;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int status = (int)syscall(SYS_clock_gettime, clock, now);
  if (status != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return status;
  int64_t ns = (int64_t)now->tv_sec * 1000000000 + now->tv_nsec + ahead_ns();
  *now = (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
  return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec found;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &found);
  *now = (struct timeval){.tv_sec = found.tv_sec, .tv_usec = found.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *now) {
  struct timespec found;
  clock_gettime(CLOCK_REALTIME, &found);
  if (now) *now = found.tv_sec;
  return found.tv_sec;
}
