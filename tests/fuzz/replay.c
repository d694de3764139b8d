/* SPDX-License-Identifier: MIT */
/* Replays files to a fuzz target under any compiler: each old crash stays a test. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 1 << 20 };

/* Gives the target a block of exactly the file's size, so that a sanitizer sees each read beyond. */
static int replay(const char *path, const uint8_t *octets, size_t len) {
    uint8_t *exact = malloc(len ? len : 1);
    if (!exact) return 1;
    for (size_t i = 0; i < len; i++) exact[i] = octets[i];
    fprintf(stderr, "%s: %zu octets\n", path, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    return 0;
}

static int replay_file(const char *path) {
    static uint8_t octets[LONGEST];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    const size_t len = fread(octets, 1, sizeof octets, file);
    fclose(file);
    return replay(path, octets, len);
}

int main(int argc, char **argv) {
    int failed = argc < 2;
    for (int i = 1; i < argc; i++) failed |= replay_file(argv[i]);
    return failed;
}
