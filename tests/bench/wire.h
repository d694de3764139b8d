/* SPDX-License-Identifier: MIT */
/* TCP segments in Ethernet and IPv4, written to a pcap file: what the generators share. */
#ifndef CAPAN_BENCH_WIRE_H
#define CAPAN_BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_RST = 4, WIRE_PSH = 8, WIRE_ACK = 16 };
#define WIRE_OPTIONS 40

struct wire_end {
    uint32_t address; /* host order */
    uint16_t port;
};

struct wire_segment {
    int64_t time_us;
    struct wire_end source, target;
    uint32_t seq, ack;
    uint16_t ip_id, window;
    uint8_t flags, options_len; /* options_len is a multiple of 4 */
    uint8_t options[WIRE_OPTIONS];
    const uint8_t *payload;
    size_t len;
};

/* Writes the file header; a record. Errors stay in ferror(). Return the octets written. */
size_t wire_begin(FILE *file);
size_t wire_write(FILE *file, const struct wire_segment *segment);

/* Put an option at the end of the segment's options. */
void wire_option_mss(struct wire_segment *segment, uint16_t size);
void wire_option_sack_permitted(struct wire_segment *segment);
void wire_option_scale(struct wire_segment *segment, uint8_t shift);
void wire_option_timestamps(struct wire_segment *segment, uint32_t value, uint32_t echo);
void wire_option_sack(struct wire_segment *segment, uint32_t start, uint32_t end);

/* Random numbers, the same on every machine: splitmix64. below() gives 0 to bound - 1. */
struct wire_random {
    uint64_t state;
};
uint64_t wire_random_next(struct wire_random *random);
uint32_t wire_random_below(struct wire_random *random, uint32_t bound);

#endif
