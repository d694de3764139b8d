/* SPDX-License-Identifier: MIT */
/* IEEE 802.11 data frames, and the headers that capturing drivers put before them. */
#include "decode.h"

#define FCS_LEN 4

/* What the capturing driver's header tells about the frame behind it. */
enum driver { HAS_FCS = 1, BODY_PADDED = 2 };

enum frame_control { TO_DS = 0x01, FROM_DS = 0x02, MORE_FRAGMENTS = 0x04, PROTECTED = 0x40, ORDER = 0x80 };

/* Three addresses, a fourth between access points; QoS control, and with it HT control when the order bit is set
 * (IEEE 802.11 9.2.3, 9.2.4.1.10). */
static uint32_t header_len(uint8_t subtype, uint8_t flags) {
    uint32_t len = 24;
    if ((flags & TO_DS) && (flags & FROM_DS)) len += 6;
    if (subtype & 8) len += flags & ORDER ? 6 : 2;
    return len;
}

/* An A-MSDU's frames: two addresses, a length, LLC; each but the last padded to four octets (9.3.2.2). */
static enum protocol decode_aggregate(struct walk *walk) {
    while (walk->at.len >= 14) {
        struct walk frame = *walk;
        uint32_t len = read_be16(walk->at.at + 12), step = (14 + len + 3) & ~3u;
        walk_advance(&frame, 14);
        walk_limit(&frame, len);
        frame.behind = 0;
        capan_walk_run(&frame, LLC);
        if (step > walk->at.len) break;
        walk_advance(walk, step);
    }
    return DONE;
}

static enum protocol decode_frame(struct walk *walk, int driver) {
    if (driver & HAS_FCS && walk->wire > FCS_LEN) walk_limit(walk, walk->wire - FCS_LEN);
    const uint8_t *at = walk->at.at;
    if (walk->at.len < 24) return walk->at.len < 2 || (at[0] & 0x0c) == 0x08 ? UNREADABLE : DONE;
    uint8_t type = at[0] >> 2 & 3, subtype = at[0] >> 4, flags = at[1];
    /* Only data frames, not encrypted and in one piece. A subtype with this bit carries no data. */
    if (type != 2 || (subtype & 4) || (flags & (PROTECTED | MORE_FRAGMENTS)) || (at[22] & 0x0f)) return DONE;
    uint32_t len = header_len(subtype, flags);
    if (driver & BODY_PADDED) len = (len + 3) & ~3u;
    if (walk->at.len < len) return UNREADABLE;
    bool aggregate = subtype & 8 && at[flags & TO_DS && flags & FROM_DS ? 30 : 24] & 0x80;
    walk_advance(walk, len);
    return aggregate ? decode_aggregate(walk) : LLC;
}

enum protocol capan_decode_wireless(struct walk *walk) {
    return decode_frame(walk, 0);
}

/* Fields come in the order of their bits, aligned: TSFT (bit 0, 8 octets), then flags (bit 1, 1 octet), as
 * https://www.radiotap.org defines them. */
static int radiotap_flags(struct capan_span header) {
    uint32_t present = read_le32(header.at + 4);
    size_t offset = 4;
    do offset += 4;
    while (offset + 4 <= header.len && read_le32(header.at + offset - 4) >> 31);
    if (!(present & 2)) return 0;
    if (present & 1) offset = ((offset + 7) & ~(size_t)7) + 8;
    if (offset >= header.len) return 0;
    uint8_t flags = header.at[offset];
    return (flags & 0x10 ? HAS_FCS : 0) | (flags & 0x20 ? BODY_PADDED : 0);
}

enum protocol capan_decode_radiotap(struct walk *walk) {
    if (walk->at.len < 8 || walk->at.at[0] != 0) return UNREADABLE;
    uint16_t len = read_le16(walk->at.at + 2);
    if (len < 8 || walk->at.len < len) return UNREADABLE;
    int driver = radiotap_flags(span_cut(walk->at, 0, len));
    walk_advance(walk, len);
    return decode_frame(walk, driver);
}

/* A header of Prism, or of AVS where it begins with that one's magic number. Both tell their length. */
enum protocol capan_decode_prism(struct walk *walk) {
    if (walk->at.len < 8) return UNREADABLE;
    const uint8_t *at = walk->at.at;
    bool avs = (read_be32(at) & 0xfffff000) == 0x80211000;
    uint32_t len = avs || read_be32(at) < 0x10000 ? read_be32(at + 4) : read_le32(at + 4);
    if (len < 8 || walk->at.len < len) return UNREADABLE;
    walk_advance(walk, len);
    return decode_frame(walk, 0);
}

/* The 802.11-common field (type 2) has the driver's flags behind its eight octets of time. */
static int ppi_flags(struct capan_span fields) {
    while (fields.len >= 4) {
        uint16_t type = read_le16(fields.at), len = read_le16(fields.at + 2);
        if (type == 2 && len >= 10 && fields.len >= 14) return read_le16(fields.at + 12) & 1 ? HAS_FCS : 0;
        fields = span_cut(fields, 4 + (size_t)len, SIZE_MAX);
    }
    return 0;
}

enum protocol capan_decode_ppi(struct walk *walk) {
    if (walk->at.len < 8) return UNREADABLE;
    uint16_t len = read_le16(walk->at.at + 2);
    uint32_t link_type = read_le32(walk->at.at + 4);
    if (len < 8 || walk->at.len < len) return UNREADABLE;
    int driver = ppi_flags(span_cut(span_cut(walk->at, 0, len), 8, SIZE_MAX));
    walk_advance(walk, len);
    enum protocol protocol = capan_link_type(link_type);
    return protocol == WIRELESS ? decode_frame(walk, driver) : protocol;
}
