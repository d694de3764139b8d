/* SPDX-License-Identifier: MIT */
/* Datagrams of UDP (QUIC among it) and ICMP: what tells them from each other though addresses, ports and identifiers
 * are translated on the way. */
#include "bytes.h"
#include "hash.h"
#include "stitching.h"

enum {
    HEADER = 8,     /* octets of either protocol's header: behind it a datagram's own content begins */
    FIRST = 16,     /* of the content: what a short snap length leaves, too */
    FURTHER = 24,   /* behind these: those of QUIC may all begin with the same connection ID (RFC 9000 17.2) */
    V4_REQUEST = 8, /* types of echoes (RFC 792, RFC 4443 4) */
    V4_REPLY = 0,
    V6_REQUEST = 128,
    V6_REPLY = 129
};

/* Of no secret: which contents have the same digest decides nothing alone. */
static uint32_t digest(struct capan_span octets, uint32_t first) {
    uint64_t mixed = first;
    for (; octets.len >= 8; octets = span_cut(octets, 8, SIZE_MAX)) mixed = capan_mix(mixed, read_eight(octets.at));
    for (size_t i = 0; i < octets.len; i++) mixed = capan_mix(mixed, octets.at[i] + UINT64_C(1));
    return (uint32_t)(mixed ^ mixed >> 32) | 1;
}

static bool is_echo(const struct capan_packet *packet) {
    const uint8_t type = packet->octets.at[0];
    return packet->src.version == 6 ? type == V6_REQUEST || type == V6_REPLY : type == V4_REQUEST || type == V4_REPLY;
}

/* Type and code of a message that goes on over either version of IP (RFC 7915 4.2). */
static uint32_t type_of(const struct capan_packet *packet) {
    const uint8_t type = packet->octets.at[0];
    if (packet->src.version == 6 && type == V6_REQUEST) return V4_REQUEST << 8;
    if (packet->src.version == 6 && type == V6_REPLY) return V4_REPLY;
    return (uint32_t)type << 8 | packet->octets.at[1];
}

/* An echo's identifier is as a port (RFC 5508 3): both directions have it, and who translates ports translates it. */
static void read_ends(struct capan_endpoint ends[2], const struct capan_packet *packet, uint8_t protocol) {
    const uint8_t *at = packet->octets.at;
    ends[0] = (struct capan_endpoint){packet->src, 0};
    ends[1] = (struct capan_endpoint){packet->dst, 0};
    if (protocol == CAPAN_STITCH_UDP) {
        ends[0].port = read_be16(at);
        ends[1].port = read_be16(at + 2);
    } else if (is_echo(packet)) {
        ends[0].port = ends[1].port = read_be16(at + 4);
    }
}

/* What an error quotes are headers, which are translated with the packet: but for the quoted one's length, and in IPv4
 * its identification. */
static struct capan_span content_of(const struct capan_packet *packet, uint8_t protocol) {
    const struct capan_span behind = span_cut(packet->octets, HEADER, SIZE_MAX);
    if (protocol == CAPAN_STITCH_UDP || is_echo(packet)) return behind;
    return packet->src.version == 4 ? span_cut(behind, 2, 4) : span_cut(behind, 4, 2);
}

static uint32_t number_of(const struct capan_packet *packet, uint8_t protocol) {
    const uint8_t *at = packet->octets.at;
    const struct capan_span content = content_of(packet, protocol);
    uint32_t first = packet->wire_len << 16;
    if (protocol != CAPAN_STITCH_UDP) first ^= type_of(packet) ^ (is_echo(packet) ? read_be16(at + 6) : 0U) << 8;
    return digest(span_cut(content, 0, FIRST), first);
}

/* 0: too few octets were captured, and others may differ further on. */
static uint32_t further_of(const struct capan_packet *packet, uint8_t protocol) {
    const struct capan_span content = content_of(packet, protocol), further = span_cut(content, FIRST, FURTHER);
    const bool whole = packet->octets.len == packet->wire_len || content.len >= FIRST + FURTHER;
    return whole ? digest(further, number_of(packet, protocol)) : 0;
}

/* The part of UDP's checksum that comes from the content, whatever the ends: what is left when theirs is taken out (RFC
 * 1071 2). Of a host that leaves the sum to its network card it says nothing. */
static uint16_t sum_of(const struct capan_packet *packet, uint8_t protocol) {
    const uint8_t *at = packet->octets.at;
    if (protocol != CAPAN_STITCH_UDP || !read_be16(at + 6)) return 0;
    uint32_t sum = read_be16(at + 6) + (uint32_t)read_be16(at) + read_be16(at + 2);
    for (size_t i = 0; i < sizeof packet->src.octets; i += 2)
        sum += read_be16(packet->src.octets + i) + (uint32_t)read_be16(packet->dst.octets + i);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)(sum ? sum : 0xffff);
}

bool capan_datagram_read(struct sighting *sighting, struct capan_endpoint ends[2], const struct capan_packet *packet,
                         enum capan_stitch_protocol protocol) {
    if (packet->octets.len < HEADER || packet->wire_len < HEADER) return false;
    read_ends(ends, packet, (uint8_t)protocol);
    *sighting = (struct sighting){.time_ns = packet->time_ns,
                                  .frame = packet->frame,
                                  .protocol = (uint8_t)protocol,
                                  .seq = number_of(packet, (uint8_t)protocol),
                                  .len = packet->wire_len - HEADER,
                                  .flags = CAPAN_TH_ACK,
                                  .ip_id = packet->has_ip_id ? packet->ip_id : 0,
                                  .ttl = packet->ttl,
                                  .ecn = packet->ecn,
                                  .dscp = packet->dscp,
                                  .window_scale = -1,
                                  .window = sum_of(packet, (uint8_t)protocol),
                                  .content = further_of(packet, (uint8_t)protocol)};
    return true;
}
