/* SPDX-License-Identifier: MIT */
/* Point-to-point links: PPP over Ethernet, in HDLC framing or bare; Cisco's HDLC; frame relay. */
#include "decode.h"

static const struct ppp {
    uint16_t number;
    enum protocol protocol;
    const char *source;
} numbers[] = {
    {0x0021, IPV4, "RFC 1332 2"},
    {0x0057, IPV6, "RFC 5072 2"},
    {0x0281, MPLS, "RFC 3032 4.3"},
    {0x0283, MPLS, "RFC 3032 4.3"},
    {0x0800, IPV4, "an EtherType where PPP has none"},
    {0x86dd, IPV6, "an EtherType where PPP has none"},
};

enum protocol capan_ppp_protocol(uint16_t number) {
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].number == number) return numbers[i].protocol;
    return DONE;
}

/* RFC 2516 4: version and type 1, code 0 for a session's data. Length covers what PPP holds. */
enum protocol capan_decode_pppoe(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 6 || at[0] != 0x11) return UNREADABLE;
    if (at[1] != 0) return DONE;
    walk_path(walk, capan_path_pppoe);
    walk->packet.pppoe_len = 8; /* its header, and PPP's protocol */
    uint16_t len = read_be16(at + 4);
    walk_advance(walk, 6);
    walk_limit(walk, len);
    return PPP;
}

/* RFC 1662 3.1: address and control may be left out (RFC 1661 6.6), and the protocol's first octet when it is 0 (6.5).
 * Some captures of Cisco's HDLC are marked as PPP. */
enum protocol capan_decode_ppp(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len >= 4 && (at[0] == 0x0f || at[0] == 0x8f) && at[1] == 0) return CISCO_HDLC;
    if (walk->at.len >= 2 && at[0] == 0xff && at[1] == 0x03) walk_advance(walk, 2);
    at = walk->at.at;
    if (walk->at.len < 2) return UNREADABLE;
    bool compressed = at[0] & 1;
    uint16_t number = compressed ? at[0] : read_be16(at);
    walk_advance(walk, compressed ? 1 : 2);
    return capan_ppp_protocol(number);
}

/* One octet tells who sent the frame. It stands before the frame, or instead of the address. */
enum protocol capan_decode_ppp_direction(struct walk *walk) {
    if (walk->at.len < 2) return UNREADABLE;
    bool instead = walk->at.at[1] == 0x03;
    walk_advance(walk, instead ? 2 : 1);
    return PPP;
}

enum protocol capan_decode_cisco_hdlc(struct walk *walk) {
    if (walk->at.len < 4) return UNREADABLE;
    uint16_t type = read_be16(walk->at.at + 2);
    walk_advance(walk, 4);
    return capan_ethertype(walk, type);
}

/* RFC 2427 3: two octets of address, then a network layer identifier, or an EtherType as Cisco has it. */
enum protocol capan_decode_frame_relay(struct walk *walk) {
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 4) return UNREADABLE;
    if (at[2] != 0x03) {
        uint16_t type = read_be16(at + 2);
        walk_advance(walk, 4);
        return capan_ethertype(walk, type);
    }
    walk_advance(walk, 4);
    return at[3] == 0xcc ? IPV4 : at[3] == 0x8e ? IPV6 : DONE;
}
