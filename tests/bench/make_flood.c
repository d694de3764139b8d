/* SPDX-License-Identifier: MIT */
/* A SYN flood: each SYN from another address and port, never answered. */
#include "wire.h"

#include <stdlib.h>

int main(int count, char **words) {
    if (count != 3) {
        fputs("usage: make_flood FILE COUNT\n", stderr);
        return 2;
    }
    FILE *file = fopen(words[1], "wb");
    if (!file) {
        perror(words[1]);
        return 1;
    }
    struct wire_random random = {1};
    wire_begin(file);
    for (long left = strtol(words[2], NULL, 10), n = 0; n < left; n++) {
        struct wire_segment syn = {.time_us = INT64_C(1767225600000000) + n * 5,
                                   .source = {(uint32_t)wire_random_next(&random), (uint16_t)wire_random_next(&random)},
                                   .target = {0xc0000250, 80},
                                   .seq = (uint32_t)wire_random_next(&random),
                                   .ip_id = (uint16_t)n,
                                   .window = 64240,
                                   .flags = WIRE_SYN};
        wire_option_mss(&syn, 1460);
        wire_write(file, &syn);
    }
    if (fclose(file) != 0) {
        perror(words[1]);
        return 1;
    }
    return 0;
}
