/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <string.h>

enum { ETHERNET = 14, IPV4 = 20, TCP = 20, RECORD = 16, PROTOCOL_TCP = 6 };

static uint8_t *put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value) {
    return put16(put16(at, value >> 16), value & 0xffff);
}

/* Adds octets to a sum of 16-bit words (RFC 1071). Only the last part may be odd. */
static uint64_t sum_words(uint64_t sum, const uint8_t *at, size_t len) {
    size_t n = 0;
    for (; n + 1 < len; n += 2) {
        sum += (uint32_t)at[n] << 8 | at[n + 1];
    }
    return n < len ? sum + ((uint32_t)at[n] << 8) : sum;
}

static uint16_t folded(uint64_t sum) {
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

static void put_ethernet(uint8_t *at, const struct wire_segment *segment) {
    static const uint8_t prefix[2] = {0x02, 0x00};
    memcpy(at, prefix, sizeof prefix);
    put32(at + 2, segment->target.address);
    memcpy(at + 6, prefix, sizeof prefix);
    put32(at + 8, segment->source.address);
    put16(at + 12, 0x0800);
}

static void put_ipv4(uint8_t *at, const struct wire_segment *segment, size_t total) {
    put16(at, 0x4500);
    put16(at + 2, (uint32_t)total);
    put16(at + 4, segment->ip_id);
    put32(at + 6, 0x40000000u | 64u << 8 | PROTOCOL_TCP);
    put16(at + 10, 0);
    put32(put32(at + 12, segment->source.address), segment->target.address);
    put16(at + 10, folded(sum_words(0, at, IPV4)));
}

static void put_tcp(uint8_t *at, const struct wire_segment *segment, const uint8_t *addresses) {
    size_t header = TCP + segment->options_len;
    put16(put16(at, segment->source.port), segment->target.port);
    put32(put32(at + 4, segment->seq), segment->ack);
    at[12] = (uint8_t)(header / 4 << 4);
    at[13] = segment->flags;
    put16(at + 14, segment->window);
    put32(at + 16, 0);
    memcpy(at + TCP, segment->options, segment->options_len);
    uint64_t sum = sum_words(PROTOCOL_TCP + header + segment->len, addresses, 8);
    put16(at + 16, folded(sum_words(sum_words(sum, at, header), segment->payload, segment->len)));
}

size_t wire_begin(FILE *file) {
    const uint32_t words[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1};
    return fwrite(words, 1, sizeof words, file);
}

size_t wire_write(FILE *file, const struct wire_segment *segment) {
    uint8_t head[ETHERNET + IPV4 + TCP + WIRE_OPTIONS];
    size_t head_len = ETHERNET + IPV4 + TCP + segment->options_len;
    size_t frame = head_len + segment->len;
    uint32_t record[RECORD / 4] = {(uint32_t)(segment->time_us / 1000000), (uint32_t)(segment->time_us % 1000000),
                                   (uint32_t)frame, (uint32_t)frame};
    put_ethernet(head, segment);
    put_ipv4(head + ETHERNET, segment, frame - ETHERNET);
    put_tcp(head + ETHERNET + IPV4, segment, head + ETHERNET + 12);
    fwrite(record, 1, sizeof record, file);
    fwrite(head, 1, head_len, file);
    fwrite(segment->payload, 1, segment->len, file);
    return sizeof record + frame;
}

static uint8_t *option_room(struct wire_segment *segment, size_t len) {
    uint8_t *at = segment->options + segment->options_len;
    segment->options_len = (uint8_t)(segment->options_len + len);
    return at;
}

void wire_option_mss(struct wire_segment *segment, uint16_t size) {
    put32(option_room(segment, 4), 0x02040000u | size);
}

void wire_option_sack_permitted(struct wire_segment *segment) {
    put32(option_room(segment, 4), 0x01010402);
}

void wire_option_scale(struct wire_segment *segment, uint8_t shift) {
    put32(option_room(segment, 4), 0x01030300u | shift);
}

void wire_option_timestamps(struct wire_segment *segment, uint32_t value, uint32_t echo) {
    put32(put32(put32(option_room(segment, 12), 0x0101080a), value), echo);
}

void wire_option_sack(struct wire_segment *segment, uint32_t start, uint32_t end) {
    put32(put32(put32(option_room(segment, 12), 0x0101050a), start), end);
}

uint64_t wire_random_next(struct wire_random *random) {
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t wire_random_below(struct wire_random *random, uint32_t bound) {
    return (uint32_t)((wire_random_next(random) >> 32) * bound >> 32);
}
