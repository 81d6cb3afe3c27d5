/* The run: what is written when. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "line.h"
#include "scheduling.h"
#include "state.h"

/* From the call of run to tick 0: time for every thread to be waiting. */
#define LEAD_US 10000

/* How long a GPU's thread is waited for: a period and a driver call. */
#define JOIN_S 2

/* Three clocks are read together; a reading that took longer than this was interrupted, and is made again. */
#define TOGETHER_US 50
#define ATTEMPTS 3

static const char head[] = IRENE_LOGGER_BEGINS
    "#run,first_us,utc_us,boot_id,period_us,cpu_threads,ticks_per_s,check\n"
    "#scheduling,policy,priority,memory_locked,check\n"
    "#device,gpu,uuid,name,driver,check\n"
    "#host,tick,mono_us,utc_us,raw_us,cpu_busy_ticks,cpu_total_ticks,mem_total_kib,mem_available_kib,"
    "cpu_energy_uj,dram_energy_uj,check\n"
    "#gpu,tick,gpu,mono_us,took_us,gpu_energy_uj,gpu_power_mw,gpu_pct,gpu_mem_pct,gpu_clk_mhz,gpu_mem_clk_mhz,"
    "gpu_temperature_c,gpu_mem_used_kib,gpu_mem_total_kib,throttle_bits,nvml_error,check\n"
    "#end,mono_us,ticks,missed_ticks,lost_lines,late_p50_us,late_p99_us,late_max_us,cpu_us,peak_rss_kib,check\n";

struct stamps {
    uint64_t mono_us;
    uint64_t utc_us;
    uint64_t raw_us;
};

/* Three clocks at one moment. */
static struct stamps stamps_now(void) {
    struct stamps stamps;
    uint64_t first_us = clock_us(CLOCK_MONOTONIC), mono_us = first_us, after_us;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        stamps.utc_us = clock_us(CLOCK_REALTIME);
        stamps.raw_us = clock_us(CLOCK_MONOTONIC_RAW);
        after_us = clock_us(CLOCK_MONOTONIC);
        if (after_us - mono_us <= TOGETHER_US) break;
        mono_us = after_us;
    }
    /* The line is stamped with the moment of waking; the other clocks are told for it. */
    stamps.mono_us = first_us;
    stamps.utc_us -= mono_us - first_us;
    stamps.raw_us -= mono_us - first_us;
    return stamps;
}

static void write_line(struct irene_logger *logger, struct line *line) {
    line_end(line);
    output_write(&logger->output, line->bytes, line->length);
}

static void write_host(struct irene_logger *logger, uint64_t tick, struct stamps stamps) {
    struct line line;
    struct proc_cpu cpu = proc_read_cpu(&logger->proc);
    struct proc_memory memory = proc_read_memory(&logger->proc);
    struct rapl_energy energy = rapl_read(&logger->rapl);
    line_begin(&line, "host");
    line_number(&line, tick);
    line_number(&line, stamps.mono_us);
    line_number(&line, stamps.utc_us);
    line_number(&line, stamps.raw_us);
    const struct field fields[] = {cpu.busy_ticks,       cpu.total_ticks,    memory.total_kib,
                                   memory.available_kib, energy.packages_uj, energy.dram_uj};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) line_field(&line, fields[i]);
    write_line(logger, &line);
}

static void write_start(struct irene_logger *logger) {
    struct line line;
    struct stamps now = stamps_now();
    output_write(&logger->output, head, sizeof head - 1);
    line_begin(&line, "run");
    line_number(&line, logger->ticker.first_us);
    line_number(&line, now.utc_us + (logger->ticker.first_us - now.mono_us));
    line_text(&line, logger->boot_id);
    line_number(&line, logger->config.period_us);
    line_number(&line, (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    line_number(&line, (uint64_t)sysconf(_SC_CLK_TCK));
    write_line(logger, &line);
    for (size_t i = 0; i < logger->gpu_count; i++) gpu_describe(&logger->gpus[i], logger->driver);
}

static void write_end(struct irene_logger *logger) {
    struct line line;
    const struct irene_logger_summary *summary = &logger->summary;
    line_begin(&line, "end");
    line_number(&line, clock_us(CLOCK_MONOTONIC));
    const uint64_t numbers[] = {summary->ticks,       summary->missed_ticks, summary->lost_lines, summary->late_p50_us,
                                summary->late_p99_us, summary->late_max_us,  summary->cpu_us};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) line_number(&line, numbers[i]);
    line_field(&line, summary->peak_rss_kib > 0 ? field_of(summary->peak_rss_kib) : field_absent());
    write_line(logger, &line);
}

static void sample_host(struct irene_logger *logger) {
    uint64_t tick;
    struct ticker *ticker = &logger->ticker;
    while (ticker_wait(ticker, &logger->stop, &tick)) {
        if (logger->config.ticks > 0 && tick >= logger->config.ticks) return;
        struct stamps stamps = stamps_now();
        lateness_add(&logger->lateness, stamps.mono_us - (ticker->first_us + tick * ticker->period_us));
        write_host(logger, tick, stamps);
        logger->summary.ticks++;
        /* Not after another wait: the last tick ends the run, and so does a pipe that nobody reads any more. */
        if (ticker->next == logger->config.ticks || irene_logger_lost_errno(logger) == EPIPE) return;
    }
}

static void join_gpus(struct irene_logger *logger, size_t started) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += JOIN_S;
    for (size_t i = 0; i < started; i++) {
        if (!gpu_join(&logger->gpus[i], &until)) logger->summary.hung_gpus++;
    }
}

static void summarise(struct irene_logger *logger, uint64_t since_us, uint64_t cpu_since_us) {
    struct irene_logger_summary *summary = &logger->summary;
    struct field peak_rss_kib = proc_peak_rss_kib();
    summary->elapsed_us = clock_us(CLOCK_MONOTONIC) - since_us;
    summary->missed_ticks = logger->ticker.missed;
    summary->lost_lines = atomic_load(&logger->output.lost_lines);
    summary->late_p50_us = lateness_quantile_us(&logger->lateness, 500);
    summary->late_p99_us = lateness_quantile_us(&logger->lateness, 990);
    summary->late_max_us = logger->lateness.max_us;
    summary->cpu_us = clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_since_us;
    summary->peak_rss_kib = peak_rss_kib.known ? peak_rss_kib.value : 0;
}

/* Of this thread alone, once the GPUs' are running: a driver's call must not keep the machine from its work. */
static void go_first(struct irene_logger *logger) {
    char text[128];
    struct line line;
    struct scheduling scheduling = scheduling_obtain(logger->config.scheduling);
    line_begin(&line, "scheduling");
    line_text(&line, scheduling.policy);
    line_number(&line, scheduling.priority);
    line_number(&line, scheduling.memory_locked);
    write_line(logger, &line);
    if (scheduling.error == 0 || logger->config.scheduling != IRENE_LOGGER_REALTIME || !logger->config.note) return;
    snprintf(text, sizeof text, "SCHED_FIFO: %s; it goes on without (root's, or of who has CAP_SYS_NICE)",
             strerror(scheduling.error));
    logger->config.note(text);
}

int irene_logger_run(struct irene_logger *logger) {
    uint64_t since_us = clock_us(CLOCK_MONOTONIC), cpu_since_us = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    size_t started = 0;
    int error = 0;
    /* By default the kernel may end a sleep 50 µs late to save power; threads started from here have it too. */
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    logger->ticker = (struct ticker){.first_us = since_us + LEAD_US, .period_us = logger->config.period_us};
    write_start(logger);
    for (; started < logger->gpu_count && error == 0; started += error == 0) {
        logger->gpus[started].ticker = logger->ticker;
        error = gpu_start(&logger->gpus[started]);
    }
    if (error == 0) go_first(logger);
    if (error == 0) sample_host(logger);
    irene_logger_stop(logger);
    join_gpus(logger, started);
    summarise(logger, since_us, cpu_since_us);
    write_end(logger);
    logger->summary.lost_lines = atomic_load(&logger->output.lost_lines); /* that line may be lost too */
    if (error != 0) return IRENE_LOGGER_ESYSTEM;
    return logger->summary.lost_lines > 0 ? IRENE_LOGGER_ELOST : IRENE_LOGGER_OK;
}

void irene_logger_stop(struct irene_logger *logger) {
    atomic_store(&logger->stop, true);
}

int irene_logger_lost_errno(const struct irene_logger *logger) {
    return atomic_load(&logger->output.last_errno);
}
