#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "irene_logger.h"
#include "scan.h"

int output_parse_head(const char *bytes, size_t length, char boot_id[PROC_BOOT_ID + 1]) {
    static const char begins[] = IRENE_LOGGER_BEGINS;
    size_t compared = length < strlen(begins) ? length : strlen(begins);
    if (memcmp(bytes, begins, compared) != 0) return -1;
    struct scan scan = scan_of(bytes, length);
    while (scan_line_end(&scan)) {
        struct scan cells = scan, cell;
        if (!scan_word(&cells, "run,")) continue;
        for (int i = 0; i < IRENE_LOGGER_BOOT_CELL; i++) {
            if (!scan_cell(&cells, &cell)) return 0;
        }
        if (cell.end - cell.at != PROC_BOOT_ID) return -1;
        memcpy(boot_id, cell.at, PROC_BOOT_ID);
        boot_id[PROC_BOOT_ID] = '\0';
        return 1;
    }
    return 0;
}

/* May this file be appended to? Notes whether its last line is torn. */
static enum output_status check_old(struct output *output, const char *boot_id) {
    char head[OUTPUT_HEAD], old_boot[PROC_BOOT_ID + 1], last;
    struct stat status;
    if (fstat(output->fd, &status) < 0) return OUTPUT_ERRNO;
    if (!S_ISREG(status.st_mode)) return OUTPUT_OK;
    if (flock(output->fd, LOCK_EX | LOCK_NB) < 0) return errno == EWOULDBLOCK ? OUTPUT_LOCKED : OUTPUT_ERRNO;
    ssize_t length = pread(output->fd, head, sizeof head, 0);
    if (length < 0) return OUTPUT_ERRNO;
    if (length == 0) return OUTPUT_OK;
    int found = output_parse_head(head, (size_t)length, old_boot);
    if (found < 0) return OUTPUT_NOT_A_LOG;
    if (found == 1 && strcmp(old_boot, boot_id) != 0) return OUTPUT_OTHER_BOOT;
    if (pread(output->fd, &last, 1, status.st_size - 1) != 1) return OUTPUT_ERRNO;
    atomic_store(&output->torn, last != '\n');
    return OUTPUT_OK;
}

enum output_status output_open(struct output *output, const char *path, const char *boot_id) {
    atomic_init(&output->torn, false);
    atomic_init(&output->lost_lines, 0);
    atomic_init(&output->last_errno, 0);
    bool standard = strcmp(path, "-") == 0;
    output->fd = standard ? STDOUT_FILENO : open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (output->fd < 0) return OUTPUT_ERRNO;
    if (standard) return OUTPUT_OK;
    enum output_status status = check_old(output, boot_id);
    if (status != OUTPUT_OK) {
        int kept = errno;
        output_close(output);
        errno = kept;
    }
    return status;
}

void output_write(struct output *output, const char *bytes, size_t length) {
    static char newline[] = "\n";
    bool torn = atomic_exchange(&output->torn, false);
    struct iovec parts[] = {{newline, torn ? 1 : 0}, {(char *)(uintptr_t)bytes, length}};
    ssize_t wanted = (ssize_t)(parts[0].iov_len + length);
    ssize_t written;
    do written = writev(output->fd, parts, 2);
    while (written < 0 && errno == EINTR);
    if (written == wanted) return;
    atomic_store(&output->last_errno, written < 0 ? errno : ENOSPC);
    atomic_fetch_add(&output->lost_lines, 1);
    /* Nothing written leaves the file as it was; a part of a line has to be ended by the next. */
    if (torn || written > 0) atomic_store(&output->torn, true);
}

void output_close(struct output *output) {
    if (output->fd >= 0 && output->fd != STDOUT_FILENO) close(output->fd);
    output->fd = -1;
}
