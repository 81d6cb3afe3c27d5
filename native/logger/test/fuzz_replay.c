/*
 * libFuzzer's place where there is only a C compiler: `fuzz_replay COUNT SEED [FOLDER]` feeds COUNT mutations of the
 * inputs in test/corpus (or another folder) to the parsers; the same seed gives the same inputs.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define GREATEST 4096
#define INPUTS 64

struct input {
    uint8_t bytes[GREATEST];
    size_t size;
};

static struct input corpus[INPUTS];
static size_t inputs;
static uint64_t state;

/* xorshift64* (Vigna 2016). */
static uint64_t next_random(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static size_t below(size_t limit) {
    return limit > 0 ? (size_t)(next_random() >> 33) % limit : 0;
}

static int load(const char *folder) {
    DIR *directory = opendir(folder);
    if (!directory) return -1;
    for (struct dirent *entry; (entry = readdir(directory)) && inputs < INPUTS;) {
        char path[512];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        if (!file) continue;
        corpus[inputs].size = fread(corpus[inputs].bytes, 1, GREATEST, file);
        inputs += corpus[inputs].size > 0;
        fclose(file);
    }
    closedir(directory);
    return 0;
}

/* One small change; the first byte, which picks the parser, stays. */
static void mutate(struct input *input) {
    static const char interesting[] = "0123456789,,\n\n :-#\"%\t\xFF";
    size_t room = input->size - 1;
    switch (below(6)) {
        case 0: /* cut */ input->size = 1 + below(room + 1); break;
        case 1: /* one byte is any other */
            if (room > 0) input->bytes[1 + below(room)] = (uint8_t)next_random();
            break;
        case 2: /* one that means something */
            if (room > 0) input->bytes[1 + below(room)] = (uint8_t)interesting[below(sizeof interesting)];
            break;
        case 3: { /* a part comes twice */
            size_t from = 1 + below(room), length = below(room - (from - 1) + 1);
            if (input->size + length > GREATEST) break;
            memmove(input->bytes + from + length, input->bytes + from, input->size - from);
            input->size += length;
            break;
        }
        case 4: { /* a part is lost */
            size_t from = 1 + below(room), length = below(room - (from - 1) + 1);
            memmove(input->bytes + from, input->bytes + from + length, input->size - from - length);
            input->size -= length;
            break;
        }
        default: { /* a greater number than fits */
            static const char huge[] = "18446744073709551616";
            if (room < sizeof huge) break;
            memcpy(input->bytes + 1 + below(room - sizeof huge), huge, sizeof huge - 1);
        }
    }
}

int main(int count, char *arguments[]) {
    uint64_t wanted = count > 1 ? strtoull(arguments[1], NULL, 10) : 0;
    const char *folder = count > 3 ? arguments[3] : "test/corpus";
    state = (count > 2 ? strtoull(arguments[2], NULL, 10) : 0) + UINT64_C(0x9E3779B97F4A7C15);
    if (wanted == 0 || load(folder) < 0 || inputs == 0) {
        fprintf(stderr, "fuzz_replay COUNT SEED [FOLDER]: no count, or no inputs in %s\n", folder);
        return 2;
    }
    for (size_t i = 0; i < inputs; i++) LLVMFuzzerTestOneInput(corpus[i].bytes, corpus[i].size);
    for (uint64_t i = 0; i < wanted; i++) {
        struct input input = corpus[below(inputs)];
        for (size_t changes = 1 + below(8); changes > 0; changes--) mutate(&input);
        LLVMFuzzerTestOneInput(input.bytes, input.size);
    }
    printf("%" PRIu64 " mutations of %zu inputs\n", wanted, inputs);
    return 0;
}
