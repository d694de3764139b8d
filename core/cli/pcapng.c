/* SPDX-License-Identifier: MIT */
#include "pcapng.h"

#include <string.h>

enum {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE = 1,
    INTERFACE_STATISTICS = 5,
    ENHANCED_PACKET = 6,
    COMMENT = 1,     /* opt_comment */
    NAME = 2,        /* if_name */
    RECEIVED = 4,    /* isb_ifrecv */
    DROPPED = 7,     /* isb_osdrop */
    RESOLUTION = 9,  /* if_tsresol */
    NANOSECONDS = 9, /* 10^-9 s */
    VLAN_TAG = 0x8100,
    HEADERS_MAX = 58,
    COMMENT_MAX = 1024,
    NAME_MAX_LEN = 255,
    BLOCK_MAX = 64 /* octets of a block without its packet and its comment */
};

struct block {
    uint8_t at[BLOCK_MAX + COMMENT_MAX + HEADERS_MAX];
    size_t len;
};

static const struct capan_span nothing = {NULL, 0};

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

static void put_text(struct block *block, int option, const char *text, size_t max) {
    const size_t len = strnlen(text, max);
    if (!len) return;
    put(block, (uint64_t)option, 2);
    put(block, len, 2);
    put_octets(block, text, len);
    pad(block);
}

static void put_end(struct block *block) {
    if (block->len) put(block, 0, 4); /* opt_endofopt */
}

static void put_comment(struct block *block, const char *comment) {
    put_text(block, COMMENT, comment, COMMENT_MAX - 8);
    put_end(block);
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

static bool describe_interface(FILE *file, uint16_t link_type, const char *name) {
    struct block head = {.len = 0}, tail = {.len = 0};
    put(&head, link_type, 2);
    put(&head, 0, 2);
    put(&head, 0, 4); /* no limit to the length */
    put_text(&tail, NAME, name, NAME_MAX_LEN);
    put(&tail, RESOLUTION, 2);
    put(&tail, 1, 2);
    put(&tail, NANOSECONDS, 1);
    pad(&tail);
    put_end(&tail);
    return write_block(file, INTERFACE, &head, nothing, &tail);
}

bool pcapng_begin(FILE *file, const char *comment, uint16_t link_type, const char *interface) {
    struct block head = {.len = 0}, tail = {.len = 0};
    put(&head, 0x1a2b3c4d, 4);
    put(&head, 1, 2); /* version 1.0 */
    put(&head, 0, 2);
    put(&head, UINT64_MAX, 8); /* the section's length is not given */
    put_comment(&tail, comment);
    return write_block(file, SECTION_HEADER, &head, nothing, &tail) && describe_interface(file, link_type, interface);
}

/* What stands before a packet; it is of the interface that was described. */
static void put_packet_head(struct block *head, int64_t time_ns, size_t captured, size_t wire_len) {
    put(head, 0, 4);
    put(head, (uint64_t)time_ns >> 32, 4);
    put(head, (uint32_t)time_ns, 4);
    put(head, captured, 4);
    put(head, wire_len, 4);
}

bool pcapng_frame(FILE *file, int64_t time_ns, struct capan_span octets, uint32_t wire_len) {
    struct block head = {.len = 0}, tail = {.len = 0};
    put_packet_head(&head, time_ns, octets.len, wire_len);
    return write_block(file, ENHANCED_PACKET, &head, octets, &tail);
}

bool pcapng_dropped(FILE *file, int64_t time_ns, uint64_t received, uint64_t dropped) {
    struct block head = {.len = 0}, tail = {.len = 0};
    put(&head, 0, 4);
    put(&head, (uint64_t)time_ns >> 32, 4);
    put(&head, (uint32_t)time_ns, 4);
    put(&tail, RECEIVED, 2);
    put(&tail, 8, 2);
    put(&tail, received, 8);
    put(&tail, DROPPED, 2);
    put(&tail, 8, 2);
    put(&tail, dropped, 8);
    put_end(&tail);
    return write_block(file, INTERFACE_STATISTICS, &head, nothing, &tail);
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

static void put_ethernet(struct block *frame, const struct capan_packet *packet) {
    put_mac(frame, &packet->dst);
    put_mac(frame, &packet->src);
    if (packet->path) put_big(frame, (uint32_t)VLAN_TAG << 16 | (packet->path & 0xfff), 4); /* IEEE 802.1Q 9.6 */
    put_big(frame, packet->src.version == 4 ? 0x0800 : 0x86dd, 2);
}

bool pcapng_packet(FILE *file, const struct capan_packet *packet, bool icmp, const char *comment) {
    struct block head = {.len = 0}, tail = {.len = 0}, frame = {.len = 0};
    const bool four = packet->src.version == 4;
    if (packet->ethernet) put_ethernet(&frame, packet);
    (four ? put_ipv4 : put_ipv6)(&frame, packet, icmp);
    put_packet_head(&head, packet->time_ns, frame.len + packet->octets.len, frame.len + packet->wire_len);
    put_octets(&head, frame.at, frame.len);
    put_comment(&tail, comment);
    return write_block(file, ENHANCED_PACKET, &head, packet->octets, &tail);
}
