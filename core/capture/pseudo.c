/* SPDX-License-Identifier: MIT */
/* What capturing systems put in front of a packet instead of a link header; the forms are those of
 * https://www.tcpdump.org/linktypes.html. */
#include "decode.h"

enum protocol capan_decode_raw_ip(struct walk *walk) {
    return walk_ip(walk);
}

static enum protocol take_then_ip(struct walk *walk, uint32_t header) {
    if (walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return walk_ip(walk);
}

static enum protocol take_then(struct walk *walk, uint32_t header, enum protocol next) {
    if (walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return next;
}

/* AF_INET is 2 everywhere; AF_INET6 is a system's own: Linux 10, Windows 23, NetBSD and OpenBSD 24, FreeBSD 28,
 * macOS 30. */
static enum protocol family(uint32_t number) {
    switch (number) {
    case 2: return IPV4;
    case 10:
    case 23:
    case 24:
    case 28:
    case 30: return IPV6;
    default: return UNREADABLE;
    }
}

/* BSD's loopback (NULL, LOOP): the family, in the capturing machine's order or the network's. */
enum protocol capan_decode_loopback(struct walk *walk) {
    if (walk->at.len < 4) return UNREADABLE;
    const uint8_t *at = walk->at.at;
    if (at[0] == 0xff && at[1] == 0x03) return PPP;
    enum protocol protocol = family(read_le32(at));
    if (protocol == UNREADABLE) protocol = family(read_be32(at));
    walk_advance(walk, 4);
    return protocol == UNREADABLE ? DONE : protocol;
}

/* An EtherType, or a small number that Linux made up: 4 is LLC. */
static enum protocol cooked_protocol(struct walk *walk, uint16_t type) {
    if (type > 1500) return capan_ethertype(walk, type);
    return type == 4 ? LLC : DONE;
}

enum protocol capan_decode_cooked(struct walk *walk) {
    if (walk->at.len < 16) return UNREADABLE;
    uint16_t type = read_be16(walk->at.at + 14);
    walk_advance(walk, 16);
    return cooked_protocol(walk, type);
}

enum protocol capan_decode_cooked2(struct walk *walk) {
    if (walk->at.len < 20) return UNREADABLE;
    uint16_t type = read_be16(walk->at.at);
    walk_advance(walk, 20);
    return cooked_protocol(walk, type);
}

/* Finds the attribute that is the packet (9). Attributes have a length, a type and a value, padded to four octets, in
 * the capturing machine's order of octets. */
static bool find_payload(struct capan_span attributes, uint16_t (*read16)(const uint8_t *),
                         struct capan_span *payload) {
    while (attributes.len >= 4) {
        uint16_t len = read16(attributes.at), type = read16(attributes.at + 2);
        if (len < 4) return false;
        *payload = span_cut(attributes, 4, len - 4u);
        if ((type & 0x7fff) == 9) return true;
        attributes = span_cut(attributes, (len + (size_t)3) & ~(size_t)3, SIZE_MAX);
    }
    return false;
}

enum protocol capan_decode_nflog(struct walk *walk) {
    struct capan_span payload;
    if (walk->at.len < 4) return UNREADABLE;
    struct capan_span attributes = span_cut(walk->at, 4, SIZE_MAX);
    if (!find_payload(attributes, read_le16, &payload) && !find_payload(attributes, read_be16, &payload)) return DONE;
    walk_advance(walk, (uint32_t)(payload.at - walk->at.at));
    return walk_ip(walk);
}

/* OpenBSD's firewall: the first octet is the header's length, before padding to four octets. */
enum protocol capan_decode_pflog(struct walk *walk) {
    if (walk->at.len < 4) return UNREADABLE;
    return take_then_ip(walk, (walk->at.at[0] + 3u) & ~3u);
}

/* JunOS: a magic number, then flags (bit 7: extensions with their length follow; bit 1: the frame has no link header).
 */
enum protocol capan_decode_juniper(struct walk *walk) {
    if (walk->at.len < 6 || read_be24(walk->at.at) != 0x4d4743) return UNREADABLE;
    uint8_t flags = walk->at.at[3];
    uint32_t header = flags & 0x80 ? 6u + read_be16(walk->at.at + 4) : 4;
    return flags & 0x02 ? DONE : take_then(walk, header, ETHERNET);
}

enum protocol capan_decode_ipsec_log(struct walk *walk) {
    return take_then_ip(walk, 12);
}

/* macOS: the header's length, a record type, the link type of what follows. */
enum protocol capan_decode_pktap(struct walk *walk) {
    if (walk->at.len < 12) return UNREADABLE;
    uint32_t header = read_le32(walk->at.at), link_type = read_le32(walk->at.at + 8);
    return header < 12 ? UNREADABLE : take_then(walk, header, capan_link_type(link_type));
}

/* InfiniBand's global route header, then an EtherType and two octets (RFC 4391 6). */
enum protocol capan_decode_ipoib(struct walk *walk) {
    if (walk->at.len < 44) return UNREADABLE;
    uint16_t type = read_be16(walk->at.at + 40);
    walk_advance(walk, 44);
    return capan_ethertype(walk, type);
}

/* Two addresses of eight octets, then an EtherType (RFC 2734, as macOS writes it). */
enum protocol capan_decode_ip_1394(struct walk *walk) {
    if (walk->at.len < 18) return UNREADABLE;
    uint16_t type = read_be16(walk->at.at + 16);
    walk_advance(walk, 18);
    return capan_ethertype(walk, type);
}

/* Four octets that the capturing device adds, then the frame. The frame check sequence behind it counts as padding. */
enum protocol capan_decode_netanalyzer(struct walk *walk) {
    return take_then(walk, 4, ETHERNET);
}
