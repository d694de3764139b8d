/* SPDX-License-Identifier: MIT */
/* Packets inside packets. Numbers that are the same in both directions (a VXLAN's network, a GRE key) are part of the
 * path; those that each end chooses for itself (GTP, L2TP, PPTP) are not: they would part a connection in two. */
#include "decode.h"

/* A port proves little: each decoder checks its header first. Where the check fails, the datagram is of some other
 * protocol, and the frame does not count as undecoded. */
static const struct port {
    uint16_t number;
    enum protocol protocol;
    const char *source;
} ports[] = {
#define ROW(number, protocol, path, source) {number, protocol, source},
    CAPAN_UDP_CARRIERS(ROW)
#undef ROW
};

static enum protocol find_port(uint16_t number) {
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (ports[i].number == number) return ports[i].protocol;
    return DONE;
}

/* A long header, as the packets have that open a connection, of version 1, 2 or a draft (RFC 9000 17.2, RFC 9369 3.1).
 */
static bool is_quic(struct capan_span payload) {
    if (payload.len < 7 || payload.at[0] >> 6 != 3) return false;
    const uint32_t version = read_be32(payload.at + 1);
    return (version == 1 || version == 0x6b3343cf || version >> 8 == 0xff0000) && payload.at[5] <= 20;
}

static enum protocol pass_over(struct walk *walk) {
    struct capan_capture_totals *totals = walk->decoder->totals;
    totals->udp++;
    totals->quic += is_quic(span_cut(walk->at, 8, SIZE_MAX));
    if (walk->decoder->sink->udp) walk->decoder->sink->udp(walk->decoder->sink->context, capan_walk_end(walk));
    return DONE;
}

enum protocol capan_decode_udp(struct walk *walk) {
    if (walk->at.len < 8) return UNREADABLE;
    const uint8_t *at = walk->at.at;
    uint16_t src = read_be16(at), dst = read_be16(at + 2), len = read_be16(at + 4);
    enum protocol protocol = find_port(dst);
    if (protocol == DONE) protocol = find_port(src);
    if (protocol == DONE) return pass_over(walk);
    walk->guessed = true;
    if (len >= 8) walk_limit(walk, len);
    walk_advance(walk, 8);
    return protocol;
}

/* RFC 7348 5: the I flag; what is reserved is ignored. */
enum protocol capan_decode_vxlan(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 8 || !(at[0] & 0x08)) return UNREADABLE;
    walk_path(walk, capan_path_vxlan);
    walk_advance(walk, 8);
    return ETHERNET;
}

enum protocol capan_decode_vxlan_gpe(struct walk *walk) {
    static const enum protocol next[] = {DONE, IPV4, IPV6, ETHERNET, SERVICE_CHAIN, MPLS};
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 8 || !(at[0] & 0x08) || at[3] >= sizeof next / sizeof *next) return UNREADABLE;
    walk_path(walk, capan_path_vxlan);
    walk_advance(walk, 8);
    return next[at[3]];
}

/* RFC 8926 3.4: version 0, options in words of four octets. */
enum protocol capan_decode_geneve(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 8 || at[0] >> 6 != 0) return UNREADABLE;
    uint32_t header = 8 + (at[0] & 0x3fu) * 4;
    uint16_t type = read_be16(at + 2);
    if (walk->at.len < header || type <= 1500) return UNREADABLE;
    walk_path(walk, capan_path_geneve);
    walk_advance(walk, header);
    return capan_ethertype(walk, type);
}

/* Extension headers tell their length in words of four octets and end with the next one's type (3GPP TS 29.281 5.2). */
static bool skip_gtp_extensions(struct walk *walk, uint8_t type) {
    while (type != 0) {
        uint32_t len = walk->at.len >= 1 ? walk->at.at[0] * 4u : 0;
        if (len == 0 || walk->at.len < len) return false;
        type = walk->at.at[len - 1];
        walk_advance(walk, len);
    }
    return true;
}

/* 3GPP TS 29.281 5.1: version 1, GTP not GTP', a T-PDU. */
enum protocol capan_decode_gtp(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 8 || (at[0] & 0xf0) != 0x30 || at[1] != 0xff) return UNREADABLE;
    bool optional = at[0] & 7;
    uint8_t extension = 0;
    if (optional && walk->at.len < 12) return UNREADABLE;
    if (at[0] & 4) extension = at[11];
    walk_limit(walk, 8u + read_be16(at + 2));
    if (walk->at.len < (optional ? 12u : 8u)) return UNREADABLE;
    walk_advance(walk, optional ? 12 : 8);
    if (!skip_gtp_extensions(walk, extension)) return UNREADABLE;
    return walk_ip(walk);
}

/* RFC 4380 5.1.1: an authentication (0 1, two lengths, nonce, confirmation) and an origin (0 0, six octets) may
 * precede. */
enum protocol capan_decode_teredo(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len >= 4 && at[0] == 0 && at[1] == 1) {
        uint32_t len = 4u + at[2] + at[3] + 9;
        if (walk->at.len < len) return UNREADABLE;
        walk_advance(walk, len);
        at = walk->at.at;
    }
    if (walk->at.len >= 8 && at[0] == 0 && at[1] == 0) walk_advance(walk, 8);
    return walk_ip(walk) == IPV6 ? IPV6 : UNREADABLE;
}

/* RFC 2661 3.1: data, version 2; length, numbers and an offset are optional. */
enum protocol capan_decode_l2tp(struct walk *walk) {
    if (walk->at.len < 6) return UNREADABLE;
    uint16_t flags = read_be16(walk->at.at);
    if ((flags & 0x8000) || (flags & 0x000f) != 2) return DONE;
    uint32_t header = 6 + (flags & 0x4000 ? 2U : 0) + (flags & 0x0800 ? 4U : 0);
    if (flags & 0x0200) {
        if (walk->at.len < header + 2) return UNREADABLE;
        header += 2u + read_be16(walk->at.at + header);
    }
    if (walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return PPP;
}

/* AYIYA: the first two octets have the lengths of the identity (as a power of two) and of the signature (in words of
 * four octets). Operation 1 carries a packet. */
enum protocol capan_decode_ayiya(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 8 || (at[2] & 0x0f) != 1) return UNREADABLE;
    uint32_t header = 8 + (1u << (at[0] >> 4)) + (at[1] >> 4) * 4u;
    if (walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return capan_ip_protocol(walk, at[3]);
}

/* Eight octets, then IP (RFC 9300 5.1). */
enum protocol capan_decode_lisp(struct walk *walk) {
    if (walk->at.len < 9) return UNREADABLE;
    walk_advance(walk, 8);
    return walk_ip(walk);
}

/* TZSP: version 1; type 0 or 1, a received or a sent packet; the kind of frame; then tags up to the end tag (1). All
 * tags but padding (0) and the end have a length. */
enum protocol capan_decode_tzsp(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 5 || at[0] != 1 || at[1] > 1) return UNREADABLE;
    uint16_t kind = read_be16(at + 2);
    walk_advance(walk, 4);
    while (walk->at.len >= 1 && walk->at.at[0] != 1) {
        uint32_t len = walk->at.at[0] == 0 ? 1 : walk->at.len >= 2 ? 2u + walk->at.at[1] : 2;
        if (walk->at.len < len) return UNREADABLE;
        walk_advance(walk, len);
    }
    if (walk->at.len < 1) return UNREADABLE;
    walk_advance(walk, 1);
    return kind == 1 ? ETHERNET : kind == 0x12 ? WIRELESS : DONE;
}

/* RFC 3378 3: version 3, then a frame. */
enum protocol capan_decode_etherip(struct walk *walk) {
    if (walk->at.len < 2 || walk->at.at[0] >> 4 != 3) return UNREADABLE;
    walk_advance(walk, 2);
    return ETHERNET;
}

/* draft-foschiano-erspan: type I has no header at all, type II eight octets, type III twelve and perhaps eight more. */
static enum protocol decode_erspan(struct walk *walk, uint16_t type, bool numbered) {
    uint32_t header = type == CAPAN_GRE_ERSPAN_3 ? 12 : numbered ? 8 : 0;
    if (walk->at.len < header) return UNREADABLE;
    if (header == 12 && walk->at.at[11] & 1) header += 8;
    if (walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return ETHERNET;
}

static enum protocol behind_gre(struct walk *walk, uint16_t type, uint16_t flags) {
    if (type == CAPAN_GRE_ERSPAN_2 || type == CAPAN_GRE_ERSPAN_3)
        return decode_erspan(walk, type, flags & CAPAN_GRE_SEQUENCE);
    if (type >= CAPAN_GRE_ARUBA_MIN && type <= CAPAN_GRE_ARUBA_MAX && !(type & 0x0f)) return WIRELESS;
    if (type == CAPAN_GRE_WCCP) { /* version 2 has a redirect header of four octets, version 1 none */
        if (walk_ip(walk) == UNREADABLE && walk->at.len > 4) walk_advance(walk, 4);
        return walk_ip(walk);
    }
    return type > 1500 ? capan_ethertype(walk, type) : DONE;
}

/* RFC 1701's list of source routes ends with one of no length. */
static bool skip_routes(struct walk *walk) {
    for (;;) {
        if (walk->at.len < 4) return false;
        uint32_t len = walk->at.at[3];
        if (walk->at.len < 4 + len) return false;
        walk_advance(walk, 4 + len);
        if (len == 0) return true;
    }
}

/* RFC 2784 2.1 with the key and number of RFC 2890, the routes of RFC 1701, and version 1 of RFC 2637 4.1, whose key is
 * a length and a call. */
enum protocol capan_decode_gre(struct walk *walk) {
    if (walk->at.len < 4) return UNREADABLE;
    uint16_t flags = read_be16(walk->at.at), type = read_be16(walk->at.at + 2);
    uint32_t header = capan_gre_header_len(flags);
    if ((flags & CAPAN_GRE_VERSION) > 1 || walk->at.len < header) return UNREADABLE;
    walk_path(walk, capan_path_gre);
    walk_advance(walk, header);
    if (flags & CAPAN_GRE_ROUTING && !skip_routes(walk)) return UNREADABLE;
    return behind_gre(walk, type, flags);
}
