/*
 * irene_logger.h: what a machine does while its energy is measured, a sample every 170 ms. This header is the manual.
 *
 *     struct irene_logger_config config = irene_logger_defaults();
 *     config.output = "resources.log";
 *     config.gpus[config.gpu_count++] = "0";
 *     struct irene_logger *logger;
 *     char message[IRENE_LOGGER_MESSAGE];
 *     int status = irene_logger_open(&logger, &config, message);   // all memory and files: from here on nothing is
 * allocated if (status < 0) return fprintf(stderr, "%s\n", message), status; status = irene_logger_run(logger); //
 * until irene_logger_stop or `config.ticks` irene_logger_close(logger, &summary);
 *
 * THE CLOCK. Tick k is due at first_us + k · period_us on CLOCK_MONOTONIC, whatever the ticks before it took. A stamp
 * is taken when the logger wakes, before it reads anything. A tick that the machine came too late for is left out, and
 * its number is missing in the log; nothing is filled in.
 *
 * THREADS. The caller's thread reads /proc and RAPL. Each GPU has a thread of its own, because a driver call may take
 * long: it delays that GPU's next line, and no other.
 *
 * THE LOG. Text, a line per record, cells between commas, appended by one write(2) a line. A line that begins with # is
 * the header of a kind of line. The last cell of every other line is a checksum of all before its comma, four
 * hexadecimal digits (CRC-16/CCITT-FALSE): a line that is cut or damaged is known by it. A cell is empty where its
 * value is not supported or could not be read, never 0. A process that is killed leaves whole lines and at most one
 * torn one; the next start on the same file ends it and appends. A log is of one boot, and has one writer.
 *
 *     run     a start: first_us and utc_us of tick 0, boot_id, period_us, cpu_threads, ticks_per_s of the CPU's
 * counters device  a GPU that is watched: its index, uuid and name, the driver's version host    a sample of the
 * machine: tick, mono_us, utc_us (UTC at the same moment), raw_us (CLOCK_MONOTONIC_RAW, which nobody slews),
 * cpu_busy_ticks and cpu_total_ticks since boot, of all threads (busy: neither idle nor waiting for a disk),
 * mem_total_kib, mem_available_kib, cpu_energy_uj and dram_energy_uj (RAPL, summed over packages, since the start) gpu
 * a sample of one GPU: tick, gpu (index), mono_us before its first call, took_us for all calls together, gpu_energy_uj
 * since the driver was loaded, gpu_power_mw, gpu_pct, gpu_mem_pct (of the time of its memory's controller),
 * gpu_clk_mhz, gpu_mem_clk_mhz, gpu_temperature_c, gpu_mem_used_kib, gpu_mem_total_kib, throttle_bits (NVML's),
 * nvml_error (its code where a call failed, else empty) end     a stop that was asked for: mono_us and the summary
 * below, from ticks to peak_rss_kib scheduling  what was permitted to the thread that samples: policy (fifo, nice or
 * ordinary), priority (of SCHED_FIFO, or by how much nice was lowered), memory_locked (1 or 0)
 *
 * Errors are negative; `message` then says what was expected, what was found and what to do.
 */
#ifndef IRENE_LOGGER_H
#define IRENE_LOGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a log begins; the number is that of its format. */
#define IRENE_LOGGER_BEGINS "#irene-logger,1\n"

/* The number of the cell of a `run` line that holds the boot's identity, counted from 1 after the kind. */
#define IRENE_LOGGER_BOOT_CELL 3

#define IRENE_LOGGER_GPUS_MAX 16
#define IRENE_LOGGER_MESSAGE 2048 /* bytes */

enum {
    IRENE_LOGGER_OK = 0,
    IRENE_LOGGER_EINVAL = -1,  /* the configuration: a value out of its range, a GPU named twice */
    IRENE_LOGGER_EPROC = -2,   /* /proc/stat, /proc/meminfo or the boot's identity cannot be read */
    IRENE_LOGGER_ENVML = -3,   /* GPUs are asked for, and NVML is absent or refuses */
    IRENE_LOGGER_EGPU = -4,    /* a GPU that is asked for is not there */
    IRENE_LOGGER_EOUTPUT = -5, /* the log cannot be opened, is another logger's, another boot's, or no log */
    IRENE_LOGGER_ESYSTEM = -6, /* no memory or no thread at the start */
    IRENE_LOGGER_ELOST = -7,   /* from run: lines were lost, because the log could not be written */
};

enum irene_logger_scheduling {
    IRENE_LOGGER_FIRST,    /* before all others (SCHED_FIFO), else nice lowered, else as any other: what is permitted */
    IRENE_LOGGER_REALTIME, /* the same, and `note` is told where SCHED_FIFO is not permitted */
    IRENE_LOGGER_ORDINARY, /* as any other */
};

struct irene_logger_config {
    /* The log, appended to; "-" is standard output. No default. */
    const char *output;
    /* Distance of two samples: 1 000 to 1 000 000 µs; default 170 000. */
    uint32_t period_us;
    /* Stops after so many ticks, those that were missed too; default 0: never. */
    uint64_t ticks;
    /* How soon the caller's thread runs when a tick is due, of which stamps on a busy machine depend; default first. */
    enum irene_logger_scheduling scheduling;
    /* GPUs by NVML's index (the order on the PCI bus, which need not be CUDA's) or by UUID, or "all"; default none. */
    const char *gpus[IRENE_LOGGER_GPUS_MAX];
    size_t gpu_count;
    /* Where the system's files lie, other than by default for tests alone. */
    const char *proc_root; /* "/proc" */
    const char *rapl_root; /* "/sys/class/powercap" */
    const char *nvml_path; /* "libnvidia-ml.so.1" */
    /* Is told what is not as one might expect, but no error: RAPL or SCHED_FIFO that are root's alone. May be NULL. */
    void (*note)(const char *text);
};

/* What a run was like, and what it cost the machine. */
struct irene_logger_summary {
    uint64_t elapsed_us;
    uint64_t ticks;        /* sampled */
    uint64_t missed_ticks; /* of the host's lines */
    uint64_t lost_lines;   /* that could not be written */
    uint64_t late_p50_us;  /* stamp minus deadline of the host's lines, at most 1/16 too high */
    uint64_t late_p99_us;
    uint64_t late_max_us;
    uint64_t cpu_us;       /* processor time of the process since irene_logger_run */
    uint64_t peak_rss_kib; /* greatest resident memory of the process; 0: Linux does not tell */
    unsigned hung_gpus;    /* whose driver did not return in time for the end */
};

struct irene_logger;

struct irene_logger_config irene_logger_defaults(void);

/* Opens everything, allocates everything, writes nothing. On failure `*logger` is NULL and `message` is a sentence or
 * two. */
int irene_logger_open(struct irene_logger **logger, const struct irene_logger_config *config,
                      char message[IRENE_LOGGER_MESSAGE]);

/* Logs until it is stopped; 0, or IRENE_LOGGER_ELOST. Once for each open. */
int irene_logger_run(struct irene_logger *logger);

/* Ends the run after the tick it is at; may be called from a signal handler. */
void irene_logger_stop(struct irene_logger *logger);

/* Why lines were lost, as errno; 0 where none was. */
int irene_logger_lost_errno(const struct irene_logger *logger);

/*
 * Frees everything; or nothing, where a GPU's thread hangs in its driver for longer than two seconds after the end: end
 * the process with _exit then. `summary` may be NULL.
 */
void irene_logger_close(struct irene_logger *logger, struct irene_logger_summary *summary);

#endif
