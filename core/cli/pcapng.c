/* SPDX-License-Identifier: MIT */
#include "pcapng.h"

#include <string.h>

enum {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE = 1,
    ENHANCED_PACKET = 6,
    ETHERNET = 1,
    COMMENT = 1,     /* opt_comment */
    RESOLUTION = 9,  /* if_tsresol */
    NANOSECONDS = 9, /* 10^-9 s */
    ETHERNET_LEN = 14,
    HEADERS_MAX = 54,
    COMMENT_MAX = 1024,
    BLOCK_MAX = 64 /* octets of a block without its packet and its comment */
};

struct block {
    uint8_t at[BLOCK_MAX + COMMENT_MAX + HEADERS_MAX];
    size_t len;
};

static void put(struct block *block, uint64_t value, int octets) {
    for (int i = 0; i < octets; i++) block->at[block->len++] = (uint8_t)(value >> (8 * i));
}

static void put_big(struct block *block, uint32_t value, int octets) {
    for (int i = octets - 1; i >= 0; i--) block->at[block->len++] = (uint8_t)(value >> (8 * i));
}

static void put_octets(struct block *block, const void *octets, size_t len) {
    memcpy(block->at + block->len, octets, len);
    block->len += len;
}

static void pad(struct block *block) {
    while (block->len % 4) block->at[block->len++] = 0;
}

static void put_comment(struct block *block, const char *comment) {
    size_t len = strlen(comment);
    if (!len) return;
    if (len > COMMENT_MAX - 8) len = COMMENT_MAX - 8;
    put(block, COMMENT, 2);
    put(block, len, 2);
    put_octets(block, comment, len);
    pad(block);
    put(block, 0, 4); /* opt_endofopt */
}

/* body: what stands between the two lengths. */
static bool write_block(FILE *file, uint32_t type, const struct block *head, struct capan_span packet,
                        const struct block *tail) {
    static const uint8_t zeros[4] = {0};
    const size_t padding = (4 - (head->len + packet.len) % 4) % 4;
    const size_t len = 12 + head->len + packet.len + padding + tail->len;
    struct block frame = {.len = 0}, end = {.len = 0};
    put(&frame, type, 4);
    put(&frame, len, 4);
    put(&end, len, 4);
    return fwrite(frame.at, 1, frame.len, file) == frame.len && fwrite(head->at, 1, head->len, file) == head->len &&
           fwrite(packet.at ? packet.at : zeros, 1, packet.len, file) == packet.len &&
           fwrite(zeros, 1, padding, file) == padding && fwrite(tail->at, 1, tail->len, file) == tail->len &&
           fwrite(end.at, 1, end.len, file) == end.len;
}

bool pcapng_begin(FILE *file, const char *comment) {
    struct block head = {.len = 0}, tail = {.len = 0};
    put(&head, 0x1a2b3c4d, 4);
    put(&head, 1, 2); /* version 1.0 */
    put(&head, 0, 2);
    put(&head, UINT64_MAX, 8); /* the section's length is not given */
    put_comment(&tail, comment);
    if (!write_block(file, SECTION_HEADER, &head, (struct capan_span){NULL, 0}, &tail)) return false;
    head.len = tail.len = 0;
    put(&head, ETHERNET, 2);
    put(&head, 0, 2);
    put(&head, 0, 4); /* no limit to the length */
    put(&head, RESOLUTION, 2);
    put(&head, 1, 2);
    put(&head, NANOSECONDS, 1);
    pad(&head);
    put(&head, 0, 4);
    return write_block(file, INTERFACE, &head, (struct capan_span){NULL, 0}, &tail);
}

/* Locally administered, one for each end. */
static void put_mac(struct block *frame, const struct capan_address *address) {
    put_big(frame, 0x0200, 2);
    put_big(frame, address->octets[address->version == 4 ? 3 : 15], 4);
}

static void put_ipv4(struct block *frame, const struct capan_packet *packet, bool icmp) {
    const size_t at = frame->len;
    const uint32_t len = 20 + packet->wire_len;
    uint32_t sum = 0;
    put_big(frame, 0x45, 1);
    put_big(frame, (uint32_t)packet->dscp << 2 | packet->ecn, 1);
    put_big(frame, len > UINT16_MAX ? 0 : len, 2); /* 0: cut into segments by the card, later */
    put_big(frame, packet->ip_id, 2);
    put_big(frame, packet->dont_fragment ? 0x4000 : 0, 2);
    put_big(frame, packet->ttl, 1);
    put_big(frame, icmp ? 1 : 6, 1);
    put_big(frame, 0, 2);
    put_octets(frame, packet->src.octets, 4);
    put_octets(frame, packet->dst.octets, 4);
    for (size_t i = 0; i < 20; i += 2) sum += (uint32_t)frame->at[at + i] << 8 | frame->at[at + i + 1];
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    frame->at[at + 10] = (uint8_t)(~sum >> 8);
    frame->at[at + 11] = (uint8_t)~sum;
}

static void put_ipv6(struct block *frame, const struct capan_packet *packet, bool icmp) {
    put_big(frame, 6u << 28 | ((uint32_t)packet->dscp << 2 | packet->ecn) << 20, 4);
    put_big(frame, packet->wire_len > UINT16_MAX ? 0 : packet->wire_len, 2);
    put_big(frame, icmp ? 58 : 6, 1);
    put_big(frame, packet->ttl, 1);
    put_octets(frame, packet->src.octets, 16);
    put_octets(frame, packet->dst.octets, 16);
}

bool pcapng_packet(FILE *file, const struct capan_packet *packet, bool icmp, const char *comment) {
    struct block head = {.len = 0}, tail = {.len = 0}, frame = {.len = 0};
    const bool four = packet->src.version == 4;
    put_mac(&frame, &packet->dst);
    put_mac(&frame, &packet->src);
    put_big(&frame, four ? 0x0800 : 0x86dd, 2);
    (four ? put_ipv4 : put_ipv6)(&frame, packet, icmp);
    put(&head, 0, 4); /* the interface */
    put(&head, (uint64_t)packet->time_ns >> 32, 4);
    put(&head, (uint32_t)packet->time_ns, 4);
    put(&head, frame.len + packet->octets.len, 4);
    put(&head, frame.len + packet->wire_len, 4);
    put_octets(&head, frame.at, frame.len);
    put_comment(&tail, comment);
    return write_block(file, ENHANCED_PACKET, &head, packet->octets, &tail);
}
