/* SPDX-License-Identifier: MIT */
/* IEEE 802: Ethernet and its tags, LLC and SNAP, and the MPLS labels that ride on them. */
#include "decode.h"

/* tag_len: octets of a tag that says nothing of the connection; the next EtherType follows it. */
static const struct ethertype {
    uint16_t type;
    uint8_t tag_len;
    enum protocol protocol;
    const char *source;
} ethertypes[] = {
    {0x0800, 0, IPV4, "RFC 894"},
    {0x86dd, 0, IPV6, "RFC 2464"},
#define ROW(type, protocol, path, source) {type, 0, protocol, source},
    CAPAN_ETHERTYPE_CARRIERS(ROW)
#undef ROW
        {0x8926, 4, TAG, "Cisco VN-Tag"},
    {0x893f, 6, TAG, "IEEE 802.1BR E-TAG"},
    {0x8909, 6, TAG, "Cisco metadata (security group tag)"},
    {0xf1c1, 4, TAG, "IEEE 802.1CB R-TAG"},
    {0x892f, 4, TAG, "IEC 62439-3 HSR"},
};

enum protocol capan_ethertype(struct walk *walk, uint16_t type) {
    if (type <= 1500) {
        walk_limit(walk, type);
        return LLC;
    }
    for (size_t i = 0; i < sizeof ethertypes / sizeof *ethertypes; i++)
        if (ethertypes[i].type == type) {
            walk->tag_len = ethertypes[i].tag_len;
            return ethertypes[i].protocol;
        }
    return DONE;
}

/* header octets, the last two of them an EtherType or a length. */
static enum protocol take_header(struct walk *walk, uint32_t header) {
    if (walk->at.len < header) return UNREADABLE;
    uint16_t type = read_be16(walk->at.at + header - 2);
    walk_advance(walk, header);
    return capan_ethertype(walk, type);
}

/* IEEE 802.3 3.2. */
enum protocol capan_decode_ethernet(struct walk *walk) {
    return take_header(walk, 14);
}

enum protocol capan_decode_vlan(struct walk *walk) {
    walk_path(walk, capan_path_vlan);
    return take_header(walk, 4);
}

enum protocol capan_decode_tag(struct walk *walk) {
    return take_header(walk, walk->tag_len + 2u);
}

/* An I-TAG: flags, 24 bits of service, then the customer's frame. */
enum protocol capan_decode_backbone(struct walk *walk) {
    if (walk->at.len < 4) return UNREADABLE;
    walk_path(walk, capan_path_backbone);
    walk_advance(walk, 4);
    return ETHERNET;
}

/* IEEE 802.2; SNAP with an OUI of zero, or of IEEE 802.1H bridges, holds an EtherType (RFC 1042). */
enum protocol capan_decode_llc(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 3) return UNREADABLE;
    if (at[0] == 0x06 && at[1] == 0x06 && at[2] == 0x03) {
        walk_advance(walk, 3);
        return IPV4;
    }
    if (at[0] != 0xaa || at[1] != 0xaa || at[2] != 0x03) return DONE;
    if (walk->at.len < 8) return UNREADABLE;
    uint32_t oui = read_be24(at + 3);
    return oui == 0x000000 || oui == 0x0000f8 ? take_header(walk, 8) : DONE;
}

/* No field tells what follows the last label. IP is known by its version number. An Ethernet frame may have a control
 * word before it, whose first four bits are 0 (RFC 4385 3, RFC 4928 3): it has one where that gives a known EtherType,
 * or where neither reading does. */
static enum protocol behind_labels(struct walk *walk) {
    if (walk->at.len < 4) return DONE;
    enum protocol ip = walk_ip(walk);
    if (ip != UNREADABLE) return ip;
    if (walk->at.at[0] >> 4 != 0) return DONE;
    struct walk with_word = *walk, without = *walk;
    walk_advance(&with_word, 4);
    bool framed = with_word.at.len >= 14 && capan_ethertype(&with_word, read_be16(with_word.at.at + 12)) > LLC;
    bool bare = without.at.len >= 14 && capan_ethertype(&without, read_be16(without.at.at + 12)) > LLC;
    if (framed || !bare) walk_advance(walk, 4);
    return ETHERNET;
}

/* RFC 3032 2.1. Labels differ by direction and so are no part of the path. */
enum protocol capan_decode_mpls(struct walk *walk) {
    bool bottom = false;
    while (!bottom) {
        if (walk->at.len < 4) return UNREADABLE;
        bottom = walk->at.at[2] & 1;
        walk_advance(walk, 4);
    }
    return behind_labels(walk);
}

/* FabricPath: two octets of forwarding tag and hop count, then the frame. */
enum protocol capan_decode_fabric_path(struct walk *walk) {
    if (walk->at.len < 2) return UNREADABLE;
    walk_advance(walk, 2);
    return ETHERNET;
}

/* TRILL: six octets, among them the number of option words of four octets (bits 5 to 9), the options, then the frame
 * (RFC 6325 3). */
enum protocol capan_decode_trill(struct walk *walk) {
    if (walk->at.len < 6) return UNREADABLE;
    uint32_t header = 6 + (read_be16(walk->at.at) >> 6 & 0x1fu) * 4;
    if (walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return ETHERNET;
}

/* RFC 8300 2.2: the length is in words of four octets. */
enum protocol capan_decode_service_chain(struct walk *walk) {
    static const enum protocol next[] = {DONE, IPV4, IPV6, ETHERNET, SERVICE_CHAIN, MPLS};
    if (walk->at.len < 8) return UNREADABLE;
    uint32_t header = (walk->at.at[1] & 0x3fu) * 4;
    uint8_t number = walk->at.at[3];
    if (header < 8 || walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return number < sizeof next / sizeof *next ? next[number] : DONE;
}

/* FDDI: frame control, two addresses, then LLC (RFC 1390). */
enum protocol capan_decode_fddi(struct walk *walk) {
    if (walk->at.len < 13) return UNREADABLE;
    walk_advance(walk, 13);
    return LLC;
}

/* Token Ring: the first bit of the source address tells that routing information follows, which begins with its own
 * length (RFC 1042). */
enum protocol capan_decode_token_ring(struct walk *walk) {
    if (walk->at.len < 16) return UNREADABLE;
    uint32_t header = 14 + (walk->at.at[8] & 0x80 ? walk->at.at[14] & 0x1fu : 0);
    if (walk->at.len < header) return UNREADABLE;
    walk_advance(walk, header);
    return LLC;
}
