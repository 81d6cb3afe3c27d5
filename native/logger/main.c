/* irene-logger, the program: command line in, log and summary out. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "driver_wait.h"
#include "options.h"

/* Exit codes are the pipeline's. */
enum { EXIT_DONE = 0, EXIT_UNEXPECTED = 1, EXIT_USAGE = 2, EXIT_UNAVAILABLE = 4, EXIT_LOST = 5 };

static struct irene_logger *running;

static void on_stop(int signal) {
    (void)signal;
    irene_logger_stop(running);
}

/* Without SA_RESTART: a signal ends a sleep. */
static void handle(int signal, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler};
    sigaction(signal, &action, NULL);
}

static void note(const char *text) {
    fprintf(stderr, "irene-logger: %s\n", text);
}

static int exit_code_of(int status) {
    switch (status) {
        case IRENE_LOGGER_OK: return EXIT_DONE;
        case IRENE_LOGGER_EINVAL: return EXIT_USAGE;
        case IRENE_LOGGER_ESYSTEM: return EXIT_UNEXPECTED;
        case IRENE_LOGGER_ELOST: return EXIT_LOST;
        default: return EXIT_UNAVAILABLE;
    }
}

static void print_summary(const struct irene_logger_summary *summary) {
    fprintf(stderr,
            "irene-logger: %" PRIu64 " samples in %.1f s, %" PRIu64 " ticks missed; late p50 %" PRIu64
            " µs, p99 %" PRIu64 " µs, max %" PRIu64 " µs; %.3f %% of a core, %.1f MiB\n",
            summary->ticks, (double)summary->elapsed_us / 1e6, summary->missed_ticks, summary->late_p50_us,
            summary->late_p99_us, summary->late_max_us, 100.0 * (double)summary->cpu_us / (double)summary->elapsed_us,
            (double)summary->peak_rss_kib / 1024);
}

static int open_logger(const struct options *options, char *message) {
    const struct irene_logger_config *config = &options->config;
    struct driver_wait wait;
    if (config->gpu_count == 0) return irene_logger_open(&running, config, message);
    driver_wait_begin(&wait, config->proc_root, EXIT_UNAVAILABLE);
    int status = irene_logger_open(&running, config, message);
    driver_wait_end(&wait);
    return status;
}

static int run(const struct options *options) {
    char message[IRENE_LOGGER_MESSAGE];
    struct irene_logger_summary summary;
    int status = open_logger(options, message);
    if (status < 0) {
        note(message);
        return exit_code_of(status);
    }
    handle(SIGINT, on_stop);
    handle(SIGTERM, on_stop);
    handle(SIGPIPE, SIG_IGN); /* a lost line like any other */
    status = irene_logger_run(running);
    int lost_errno = irene_logger_lost_errno(running);
    irene_logger_close(running, &summary);
    if (!options->quiet) print_summary(&summary);
    if (summary.lost_lines > 0)
        fprintf(stderr, "irene-logger: %" PRIu64 " lines were lost: %s: %s\n", summary.lost_lines,
                options->config.output, strerror(lost_errno));
    if (summary.hung_gpus > 0) {
        fprintf(stderr, "irene-logger: the driver of %u GPUs did not return\n", summary.hung_gpus);
        _exit(exit_code_of(status));
    }
    return exit_code_of(status);
}

/* From before the driver is opened, which may take long; false where the parent is gone already. */
static bool end_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == parent;
}

int main(int count, char *arguments[]) {
    struct options options;
    char message[IRENE_LOGGER_MESSAGE];
    const pid_t parent = getppid();
    if (options_parse(&options, count - 1, arguments + 1, message) < 0) {
        note(message);
        return EXIT_USAGE;
    }
    if (options.help) return fputs(options_help, stdout) < 0 ? EXIT_UNEXPECTED : EXIT_DONE;
    if (!options.quiet) options.config.note = note;
    if (options.end_with_parent && !end_with(parent)) return EXIT_DONE;
    return run(&options);
}
