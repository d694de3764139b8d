/* SPDX-License-Identifier: MIT */
/* IPv4 (RFC 791), IPv6 (RFC 8200) with its extension headers, and the transports they carry. */
#include "decode.h"

static const struct ip_protocol {
    uint8_t number;
    uint8_t version; /* of IP it rides on; 0 either */
    enum protocol protocol;
    const char *source;
} protocols[] = {
    {6, 0, TCP, "RFC 9293"},
#define ROW(number, protocol, path, source) {number, 0, protocol, source},
    CAPAN_IP_CARRIERS(ROW)
#undef ROW
        {1, 4, ICMP, "RFC 792"},
    {58, 6, ICMP, "RFC 4443"},
    {0, 0, IPV6_OPTIONS, "RFC 8200 4.3"},
    {60, 0, IPV6_OPTIONS, "RFC 8200 4.6"},
    {135, 0, IPV6_OPTIONS, "RFC 6275 6.1"},
    {140, 0, IPV6_OPTIONS, "RFC 5533 5.1"},
    {43, 0, IPV6_ROUTING, "RFC 8200 4.4"},
    {44, 6, IPV6_FRAGMENT, "RFC 8200 4.5"},
    {51, 0, AUTHENTICATION, "RFC 4302"},
};

enum protocol capan_ip_protocol(const struct walk *walk, uint8_t number) {
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        const struct ip_protocol *row = &protocols[i];
        if (row->number == number && (!row->version || row->version == walk->packet.src.version)) return row->protocol;
    }
    return DONE;
}

static void begin_ip(struct walk *walk, uint8_t version) {
    struct capan_packet *packet = &walk->packet;
    uint8_t outer = packet->src.version;
    packet->path = capan_path_inside(packet->path, &packet->src, &packet->dst, version);
    if (outer > version) {
        packet->src = (struct capan_address){0};
        packet->dst = (struct capan_address){0};
    }
    packet->src.version = packet->dst.version = version;
    walk->ip_offset = walk->offset;
}

/* The datagram ends where its IP header says. A host that leaves segmentation to its network card may write 0: then the
 * rest of the frame is the datagram. A length beyond the end of the frame is believed: the frame was cut before it was
 * captured, and the capture does not tell. */
static void limit_datagram(struct walk *walk, uint32_t len) {
    if (len > walk->wire && walk->behind == 0)
        walk->wire = len;
    else if (len)
        walk_limit(walk, len);
}

static enum protocol reassemble(struct walk *walk, const struct capan_fragment *fragment) {
    struct capan_fragments *fragments = &walk->decoder->fragments;
    struct capan_whole whole;
    walk->decoder->datagram = capan_fragments_hash(fragments, &fragment->key) | 1;
    walk->decoder->waits = false;
    /* A fragment captured in part cannot be put together with others, but the first one has the transport's header. */
    if (walk->at.len < walk->wire) return fragment->offset == 0 ? capan_ip_protocol(walk, walk->next_header) : DONE;
    uint64_t lost = fragments->lost;
    bool complete = capan_fragments_add(fragments, fragment, &whole);
    walk->decoder->totals->fragments_lost += fragments->lost - lost;
    walk->decoder->waits = !complete;
    if (!complete) return DONE;
    walk->at = whole.octets;
    walk->wire = (uint32_t)whole.octets.len;
    walk->behind = 0;
    if (fragment->key.src.version == 6) walk->next_header = whole.next_header;
    return capan_ip_protocol(walk, walk->next_header);
}

static struct capan_fragment fragment_of(const struct walk *walk, uint32_t id, uint32_t offset, bool more) {
    const struct capan_packet *packet = &walk->packet;
    return (struct capan_fragment){
        .key = {.src = packet->src,
                .dst = packet->dst,
                .id = id,
                .path = packet->path,
                .protocol = packet->src.version == 4 ? walk->next_header : 0},
        .time_ns = packet->time_ns,
        .offset = offset,
        .more = more,
        .next_header = walk->next_header,
        .octets = walk->at,
    };
}

/* While a loose or strict source route is not used up, its last address is the destination (RFC 791 3.1). */
static void follow_source_route(struct capan_packet *packet, struct capan_span options) {
    while (options.len >= 2 && options.at[0] != 0) {
        uint32_t len = options.at[0] == 1 ? 1 : options.at[1];
        if (options.at[0] != 1 && (len < 2 || len > options.len)) return;
        bool route = options.at[0] == 131 || options.at[0] == 137;
        if (route && len >= 7 && options.at[2] < len) memcpy(packet->dst.octets, options.at + len - 4, 4);
        options = span_cut(options, len, SIZE_MAX);
    }
}

enum protocol capan_decode_ipv4(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 20 || at[0] >> 4 != 4) return UNREADABLE;
    uint32_t header = (at[0] & 0x0fu) * 4, total = read_be16(at + 2), fragment = read_be16(at + 6);
    if (header < 20 || walk->at.len < header || (total && total < header)) return UNREADABLE;
    struct capan_packet *packet = &walk->packet;
    begin_ip(walk, 4);
    limit_datagram(walk, total);
    memcpy(packet->src.octets, at + 12, 4);
    memcpy(packet->dst.octets, at + 16, 4);
    if (header > 20) follow_source_route(packet, (struct capan_span){at + 20, header - 20});
    packet->ip_id = read_be16(at + 4);
    packet->has_ip_id = true;
    packet->dont_fragment = fragment >> 14 & 1;
    packet->ttl = at[8];
    packet->ecn = at[1] & 3;
    packet->dscp = at[1] >> 2;
    walk->next_header = at[9];
    walk_advance(walk, header);
    enum protocol next = capan_ip_protocol(walk, walk->next_header);
    if (next == DONE || !(fragment & 0x3fff)) return next;
    struct capan_fragment piece = fragment_of(walk, packet->ip_id, (fragment & 0x1fff) * 8, fragment & 0x2000);
    return reassemble(walk, &piece);
}

enum protocol capan_decode_ipv6(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 40 || at[0] >> 4 != 6) return UNREADABLE;
    struct capan_packet *packet = &walk->packet;
    uint32_t payload = read_be16(at + 4);
    begin_ip(walk, 6);
    limit_datagram(walk, payload ? payload + 40 : 0);
    memcpy(packet->src.octets, at + 8, 16);
    memcpy(packet->dst.octets, at + 24, 16);
    packet->ip_id = 0;
    packet->has_ip_id = false;
    packet->dont_fragment = true;
    packet->ttl = at[7];
    packet->ecn = at[1] >> 4 & 3;
    packet->dscp = (uint8_t)((at[0] & 0xf) << 2 | at[1] >> 6);
    walk->next_header = at[6];
    walk_advance(walk, 40);
    return capan_ip_protocol(walk, walk->next_header);
}

/* Takes an extension header off. Its first octet tells what comes next. */
static enum protocol take_extension(struct walk *walk, uint32_t len) {
    if (walk->at.len < len) return UNREADABLE;
    walk->next_header = walk->at.at[0];
    walk_advance(walk, len);
    return capan_ip_protocol(walk, walk->next_header);
}

enum protocol capan_decode_ipv6_options(struct walk *walk) {
    return walk->at.len < 8 ? UNREADABLE : take_extension(walk, (walk->at.at[1] + 1u) * 8);
}

/* While segments are left, the destination is the last of them: it is the one in the pseudo-header (RFC 8200 8.1).
 * Types 0 and 2 list it last (RFC 5095, RFC 6275 6.4), type 4 first (RFC 8754 2). */
enum protocol capan_decode_ipv6_routing(struct walk *walk) {
    if (walk->at.len < 8) return UNREADABLE;
    const uint8_t *at = walk->at.at;
    uint32_t len = (at[1] + 1u) * 8;
    if (walk->at.len >= len && len >= 24 && at[3] > 0) {
        if (at[2] == 0 || at[2] == 2)
            memcpy(walk->packet.dst.octets, at + len - 16, 16);
        else if (at[2] == 4)
            memcpy(walk->packet.dst.octets, at + 8, 16);
    }
    return take_extension(walk, len);
}

/* A whole datagram may have a fragment header: it is not put together with others of its number (RFC 6946 4). */
enum protocol capan_decode_ipv6_fragment(struct walk *walk) {
    if (walk->at.len < 8) return UNREADABLE;
    uint32_t offset = read_be16(walk->at.at + 2), id = read_be32(walk->at.at + 4);
    enum protocol next = take_extension(walk, 8);
    if (next == DONE || !(offset & 0xfff9)) return next;
    struct capan_fragment piece = fragment_of(walk, id, offset & 0xfff8, offset & 1);
    return reassemble(walk, &piece);
}

/* The header's length is in words of four octets, less two (RFC 4302 2.2). */
enum protocol capan_decode_authentication(struct walk *walk) {
    return walk->at.len < 12 ? UNREADABLE : take_extension(walk, (walk->at.at[1] + 2u) * 4);
}

struct capan_packet *capan_walk_end(struct walk *walk) {
    struct capan_packet *packet = &walk->packet;
    packet->octets = walk->at;
    packet->wire_len = walk->wire;
    packet->padding = (uint16_t)min_u32(walk->behind, UINT16_MAX);
    packet->link_header_len = walk->ip_offset;
    packet->ip_header_len = walk->offset - walk->ip_offset;
    return packet;
}

enum protocol capan_decode_tcp(struct walk *walk) {
    const struct capan_capture_sink *sink = walk->decoder->sink;
    if (walk->at.len < 4) return UNREADABLE;
    struct capan_packet *packet = capan_walk_end(walk);
    if (!sink->frame) packet->checksum = (uint8_t)capan_tcp_checksum(packet);
    walk->decoder->totals->tcp++;
    if (sink->tcp) sink->tcp(sink->context, packet);
    return DONE;
}

/* The packet that an error message quotes is not decoded: it is another one than this. */
enum protocol capan_decode_icmp(struct walk *walk) {
    const struct capan_capture_sink *sink = walk->decoder->sink;
    if (walk->at.len < 4) return UNREADABLE;
    walk->decoder->totals->icmp++;
    if (sink->icmp) sink->icmp(sink->context, capan_walk_end(walk));
    return DONE;
}
