/* SPDX-License-Identifier: MIT */
#include "sighting.h"

#include "bytes.h"

enum { CONTENT_OCTETS = 16 }; /* of data that are looked at: what a short snap length leaves, too */

/* A box that changes sequence numbers changes the blocks or not: only their lengths and distances stay. */
static uint32_t digest_blocks(const struct capan_tcp_header *header) {
    uint32_t digest = 0;
    for (uint8_t i = 0; i < header->sack_count; i++) {
        digest = digest * 31 + (header->sack[i].right - header->sack[i].left);
        if (i) digest = digest * 31 + (header->sack[i].left - header->sack[0].left);
    }
    return header->sack_count ? digest | 1 : 0;
}

/* Which contents have the same digest decides nothing alone: it needs no key. */
static uint32_t digest_content(struct capan_span payload, uint32_t len) {
    if (payload.len < CONTENT_OCTETS || !len) return 0;
    const uint64_t mixed = capan_mix(read_eight(payload.at), read_eight(payload.at + 8));
    return (uint32_t)(mixed ^ mixed >> 32) | 1;
}

static void read_offer(struct sighting *sighting, const struct capan_tcp_header *header) {
    sighting->window_scale = header->has_window_scale ? (int8_t)header->window_scale : -1;
    sighting->mss = header->has_mss ? header->mss : 0;
    sighting->sack_permitted = header->sack_permitted;
}

void capan_sighting_read(struct sighting *sighting, const struct capan_packet *packet,
                         const struct capan_tcp_header *header) {
    *sighting = (struct sighting){.time_ns = packet->time_ns,
                                  .frame = packet->frame,
                                  .protocol = CAPAN_STITCH_TCP,
                                  .seq = header->seq,
                                  .ack = header->flags & CAPAN_TH_ACK ? header->ack : 0,
                                  .len = header->payload_len,
                                  .window = header->window,
                                  .flags = header->flags,
                                  .ip_id = packet->has_ip_id ? packet->ip_id : 0,
                                  .ttl = packet->ttl,
                                  .ecn = packet->ecn,
                                  .dscp = packet->dscp,
                                  .checksum = packet->checksum,
                                  .has_stamp = header->has_timestamps,
                                  .has_echo = header->has_timestamps && header->has_ts_ecr,
                                  .stamp = header->ts_val,
                                  .echo = header->ts_ecr,
                                  .blocks = digest_blocks(header),
                                  .content = digest_content(header->payload, header->payload_len)};
    read_offer(sighting, header);
}

bool capan_sighting_same(const struct sighting *a, const struct sighting *b) {
    const bool contents = a->content == b->content || !a->content || !b->content;
    return a->direction == b->direction && a->seq == b->seq && a->ack == b->ack && a->len == b->len &&
           a->flags == b->flags && a->ip_id == b->ip_id && a->window == b->window && a->stamp == b->stamp &&
           a->echo == b->echo && a->blocks == b->blocks && contents;
}
