/* Tests of the parts, run under the address and undefined sanitizers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lateness.h"
#include "line.h"
#include "options.h"
#include "output.h"
#include "proc.h"
#include "rapl.h"
#include "scan.h"
#include "ticker.h"

static int checks, failures;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        checks++;                                                                                                      \
        if (!(condition)) {                                                                                            \
            failures++;                                                                                                \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
        }                                                                                                              \
    } while (0)

static bool is(struct field field, uint64_t value) {
    return field.known && field.value == value;
}

static struct proc_cpu cpu_of(const char *text) {
    return proc_parse_cpu(text, strlen(text));
}

static void test_cpu(void) {
    struct proc_cpu cpu = cpu_of("cpu  1 2 4 8 16 32 64 128 256 512\ncpu0 1 1 1 1 1 1 1 1\n");
    CHECK(is(cpu.busy_ticks, 1 + 2 + 4 + 32 + 64 + 128));
    CHECK(is(cpu.total_ticks, 255));
    CHECK(is(cpu_of("cpu 0 0 0 0 0 0 0 0\n").total_ticks, 0));
    const char *refused[] = {
        "",
        "cpu",
        "cpu \n",
        "cpu0 1 2 3 4 5 6 7 8\n",
        "cpu  1 2 3 4 5 6 7\n",
        "cpu  1 2 3 4 5 6 7 8", /* the last number may be cut */
        "cpu  1 2 3 4 5 6 7 -8\n",
        "cpu  1 2 x 4 5 6 7 8\n",
        "cpu  1 2 3 4 5 6 7 18446744073709551615\n",
        "cpu  1 2 3 4 5 6 7 18446744073709551616\n",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        CHECK(!cpu_of(refused[i]).busy_ticks.known && !cpu_of(refused[i]).total_ticks.known);
    }
}

static struct proc_memory memory_of(const char *text) {
    return proc_parse_memory(text, strlen(text));
}

static void test_memory(void) {
    struct proc_memory memory = memory_of("MemTotal:       100 kB\nMemFree:  7 kB\nMemAvailable:    40 kB\n");
    CHECK(is(memory.total_kib, 100) && is(memory.available_kib, 40));
    const char *refused[] = {
        "",
        "MemTotal: 100 kB\n",
        "MemTotal: 100 kB\nMemAvailable: 40 kB",
        "MemTotal: 100 kB\nMemAvailable: 101 kB\n",
        "MemTotal: 0 kB\nMemAvailable: 0 kB\n",
        "MemTotal: 100 MB\nMemAvailable: 40 kB\n",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        CHECK(!memory_of(refused[i]).total_kib.known && !memory_of(refused[i]).available_kib.known);
    }
}

static void test_rapl(void) {
    struct rapl_zone zone = {.range_uj = 1000, .last_uj = 900};
    rapl_advance(&zone, 950);
    CHECK(zone.sum_uj == 50);
    rapl_advance(&zone, 30); /* wrapped */
    CHECK(zone.sum_uj == 50 + 50 + 30);
    rapl_advance(&zone, 30);
    CHECK(zone.sum_uj == 130);
    CHECK(is(rapl_parse("262143328850\n", 13), 262143328850));
    CHECK(!rapl_parse("262143328850", 12).known);
    CHECK(!rapl_parse("\n", 1).known && !rapl_parse("-1\n", 3).known && !rapl_parse("1 2\n", 4).known);
}

static void test_line(void) {
    struct line line;
    CHECK(line_check("123456789", 9) == 0x29B1);
    line_begin(&line, "gpu");
    line_number(&line, 0);
    line_number(&line, UINT64_MAX);
    line_field(&line, field_absent());
    line_field(&line, field_of(170000));
    line_text(&line, "A,B\nC");
    line_end(&line);
    const char expected[] = "gpu,0,18446744073709551615,,170000,A B C,";
    CHECK(line.length == sizeof expected - 1 + 5);
    CHECK(memcmp(line.bytes, expected, sizeof expected - 1) == 0);
    char check[6];
    snprintf(check, sizeof check, "%04x\n", line_check(expected, sizeof expected - 2));
    CHECK(memcmp(line.bytes + line.length - 5, check, 5) == 0);
}

static void test_lateness(void) {
    static struct lateness lateness;
    CHECK(lateness_quantile_us(&lateness, 990) == 0);
    for (uint64_t late_us = 1; late_us <= 1000; late_us++) lateness_add(&lateness, late_us);
    uint64_t p50_us = lateness_quantile_us(&lateness, 500), p99_us = lateness_quantile_us(&lateness, 990);
    CHECK(p50_us >= 500 && p50_us <= 500 + 500 / 16);
    CHECK(p99_us >= 990 && p99_us <= 1000);
    CHECK(lateness_quantile_us(&lateness, 20) == 20);
    lateness_add(&lateness, UINT64_MAX);
    CHECK(lateness.max_us == UINT64_MAX && lateness_quantile_us(&lateness, 1000) == UINT64_MAX);
    /* Every delay lies in a bin that ends at most a sixteenth above it. */
    for (uint64_t late_us = 1; late_us < UINT64_C(1) << 40; late_us += 1 + late_us / 7) {
        static struct lateness one;
        memset(&one, 0, sizeof one);
        lateness_add(&one, late_us);
        lateness_add(&one, UINT64_MAX);
        uint64_t told_us = lateness_quantile_us(&one, 500);
        CHECK(told_us >= late_us && told_us - late_us <= late_us / 16);
    }
}

static void test_ticker(void) {
    atomic_bool stop;
    uint64_t tick;
    atomic_init(&stop, false);
    /* Deadlines that passed long ago: the last of them comes at once, those before it are missed. */
    uint64_t now_us = clock_us(CLOCK_MONOTONIC);
    struct ticker ticker = {.first_us = now_us - 10500000, .period_us = 1000000};
    CHECK(ticker_wait(&ticker, &stop, &tick) && tick == 10);
    CHECK(ticker.missed == 10 && ticker.next == 11);
    struct ticker ahead = {.first_us = clock_us(CLOCK_MONOTONIC) + 2000, .period_us = 1000};
    for (uint64_t expected = 0; expected < 3; expected++) {
        CHECK(ticker_wait(&ahead, &stop, &tick) && tick >= expected);
        CHECK(clock_us(CLOCK_MONOTONIC) >= ahead.first_us + tick * ahead.period_us);
    }
    atomic_store(&stop, true);
    CHECK(!ticker_wait(&ahead, &stop, &tick));
}

static const char boot[] = "566cbb42-65c5-4b5d-b1e2-79e1333539e9";
static const char head[] = IRENE_LOGGER_BEGINS "#run,…\nrun,1,2,566cbb42-65c5-4b5d-b1e2-79e1333539e9,3,4,5,abcd\n";

static void test_head(void) {
    char boot_id[PROC_BOOT_ID + 1];
    CHECK(output_parse_head(head, sizeof head - 1, boot_id) == 1 && strcmp(boot_id, boot) == 0);
    CHECK(output_parse_head(head, 7, boot_id) == 0);  /* torn where it begins */
    CHECK(output_parse_head(head, 40, boot_id) == 0); /* torn in the identity */
    CHECK(output_parse_head("time,watts\n", 11, boot_id) == -1);
    const char other[] = IRENE_LOGGER_BEGINS "run,1,2,3,4\n";
    CHECK(output_parse_head(other, sizeof other - 1, boot_id) == -1);
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void check_file(const char *path, const char *expected) {
    char text[1024] = "";
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    if (!file) return;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    CHECK(strcmp(text, expected) == 0);
}

static void test_output(void) {
    char path[] = "/tmp/irene-logger-XXXXXX", expected[1024];
    struct output output, second;
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    CHECK(output_open(&output, path, boot) == OUTPUT_OK);
    CHECK(output_open(&second, path, boot) == OUTPUT_LOCKED);
    output_close(&output);

    write_file(path, "time,watts\n");
    CHECK(output_open(&output, path, boot) == OUTPUT_NOT_A_LOG);
    write_file(path, head);
    CHECK(output_open(&output, path, "00000000-0000-0000-0000-000000000000") == OUTPUT_OTHER_BOOT);

    snprintf(expected, sizeof expected, "%shost,1,2", head);
    write_file(path, expected); /* torn */
    CHECK(output_open(&output, path, boot) == OUTPUT_OK);
    output_write(&output, "one\n", 4);
    output_write(&output, "two\n", 4);
    CHECK(atomic_load(&output.lost_lines) == 0);
    output_close(&output);
    snprintf(expected, sizeof expected, "%shost,1,2\none\ntwo\n", head);
    check_file(path, expected);
    unlink(path);

    CHECK(output_open(&output, "/dev/full", boot) == OUTPUT_OK);
    output_write(&output, "one\n", 4);
    output_write(&output, "two\n", 4);
    CHECK(atomic_load(&output.lost_lines) == 2 && atomic_load(&output.last_errno) == ENOSPC);
    output_close(&output);
    CHECK(output_open(&output, "/no/such/folder/log", boot) == OUTPUT_ERRNO && errno == ENOENT);
}

static int parse(struct options *options, const char *line, char message[IRENE_LOGGER_MESSAGE]) {
    static char text[256];
    char *arguments[16];
    int count = 0;
    snprintf(text, sizeof text, "%s", line);
    for (char *rest = text, *word; (word = strtok_r(rest, " ", &rest));) arguments[count++] = word;
    return options_parse(options, count, arguments, message);
}

static void test_options(void) {
    struct options options;
    char message[IRENE_LOGGER_MESSAGE];
    CHECK(parse(&options, "--output a.log", message) == 0);
    CHECK(options.config.period_us == 170000 && options.config.ticks == 0 && options.config.gpu_count == 0);
    CHECK(parse(&options, "--output - --gpu 1 --gpu GPU-a --period-ms 10 --duration-s 2 --quiet", message) == 0);
    CHECK(options.config.gpu_count == 2 && strcmp(options.config.gpus[1], "GPU-a") == 0 && options.quiet);
    CHECK(options.config.period_us == 10000 && options.config.ticks == 200);
    CHECK(parse(&options, "--output - --samples 7 --realtime", message) == 0 && options.config.ticks == 7);
    CHECK(options.config.scheduling == IRENE_LOGGER_REALTIME);
    CHECK(parse(&options, "--output - --ordinary", message) == 0);
    CHECK(options.config.scheduling == IRENE_LOGGER_ORDINARY);
    CHECK(parse(&options, "--help", message) == 0 && options.help);
    const struct {
        const char *line, *expected;
    } refused[] = {
        {"", "--output: expected a file"},
        {"--output", "--output: expected a value, found nothing"},
        {"--output a --gpu", "--gpu: expected a value, found nothing"},
        {"--output a --period-ms 0", "--period-ms: expected a positive whole number, found 0"},
        {"--output a --period-ms 1001", "--period-ms: expected 1 to 1000"},
        {"--output a --period-ms 17.5", "found 17.5"},
        {"--output a --duration-s -1", "found -1"},
        {"--output a --duration-s 1 --samples 1", "--samples: expected either"},
        {"--output a --colour", "found --colour"},
        {"a.log", "found a.log"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        CHECK(parse(&options, refused[i].line, message) == -1);
        CHECK(strstr(message, refused[i].expected) != NULL);
    }
}

int main(void) {
    test_cpu();
    test_memory();
    test_rapl();
    test_line();
    test_lateness();
    test_ticker();
    test_head();
    test_output();
    test_options();
    printf("%d checks, %d failed\n", checks, failures);
    return failures > 0;
}
