/* SPDX-License-Identifier: MIT */
/* IPv4 (RFC 791), IPv6 (RFC 8200), and what they carry. */
#include "decode.h"
#include "decoder.h"

static enum protocol next_protocol(uint8_t number) {
    switch (number) {
    case 6: return TCP;
    case 1:
    case 58: return ICMP;
    default: return DONE;
    }
}

static void limit_datagram(struct walk *walk, uint32_t len) {
    uint32_t behind = walk->wire > len ? walk->wire - len : 0;
    walk->packet.padding = (uint16_t)min_u32(behind, UINT16_MAX);
    walk_limit(walk, len);
}

enum protocol capan_decode_ipv4(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 20 || at[0] >> 4 != 4) return UNREADABLE;
    uint32_t header = (at[0] & 0x0fu) * 4, total = read_be16(at + 2);
    if (header < 20 || walk->at.len < header || (total && total < header)) return UNREADABLE;
    struct capan_packet *packet = &walk->packet;
    walk->ip_offset = walk->offset;
    /* A host that leaves segmentation to its card may write no length at all. */
    if (total) limit_datagram(walk, total);
    packet->src.version = packet->dst.version = 4;
    memcpy(packet->src.octets, at + 12, 4);
    memcpy(packet->dst.octets, at + 16, 4);
    packet->ip_id = read_be16(at + 4);
    packet->has_ip_id = true;
    packet->dont_fragment = at[6] >> 6 & 1;
    packet->ttl = at[8];
    packet->ecn = at[1] & 3;
    walk_advance(walk, header);
    if (read_be16(at + 6) & 0x3fff) return DONE;
    return next_protocol(at[9]);
}

enum protocol capan_decode_ipv6(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 40 || at[0] >> 4 != 6) return UNREADABLE;
    struct capan_packet *packet = &walk->packet;
    uint32_t len = read_be16(at + 4);
    walk->ip_offset = walk->offset;
    if (len) limit_datagram(walk, len + 40);
    packet->src.version = packet->dst.version = 6;
    memcpy(packet->src.octets, at + 8, 16);
    memcpy(packet->dst.octets, at + 24, 16);
    packet->ip_id = 0;
    packet->has_ip_id = false;
    packet->dont_fragment = true;
    packet->ttl = at[7];
    packet->ecn = at[1] >> 4 & 3;
    walk_advance(walk, 40);
    return next_protocol(at[6]);
}

static void hand_over(struct walk *walk, void (*to)(void *, const struct capan_packet *)) {
    struct capan_packet *packet = &walk->packet;
    packet->octets = walk->at;
    packet->wire_len = walk->wire;
    packet->link_header_len = walk->ip_offset;
    packet->ip_header_len = walk->offset - walk->ip_offset;
    if (to) to(walk->decoder->sink->context, packet);
}

enum protocol capan_decode_tcp(struct walk *walk) {
    walk->decoder->totals->tcp++;
    hand_over(walk, walk->decoder->sink->tcp);
    return DONE;
}

enum protocol capan_decode_icmp(struct walk *walk) {
    walk->decoder->totals->icmp++;
    hand_over(walk, walk->decoder->sink->icmp);
    return DONE;
}
