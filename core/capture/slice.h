/* SPDX-License-Identifier: MIT */
/* What the parts of a split capture say of themselves, inside pcapng (draft-ietf-opsawg-pcapng 3.5.1, 4.7): custom
 * options and a custom block, which other readers pass over. Their owner is enterprise 32473, the one for examples
 * (RFC 5612), so "capn" follows it. All numbers are in the byte order of the section. */
#ifndef SLICE_H
#define SLICE_H

#include "bytes.h"
#include "capan/capture.h"

enum {
    CAPAN_SLICE_BLOCK = 0x40000bad, /* not to be copied where packets are changed */
    CAPAN_SLICE_OPTION = 19373,     /* likewise, binary */
    CAPAN_SLICE_ENTERPRISE = 32473,
    CAPAN_SLICE_MARK = 0x6e706163, /* "capn", read as little-endian */
    CAPAN_SLICE_VERSION = 2,
    CAPAN_SLICE_WHOLE = 1,   /* of a section: split came to its end */
    CAPAN_SLICE_UNNAMED = 1, /* of a packet: its interface had no name */
    CAPAN_SLICE_LOST_FRAME = 1,
    CAPAN_SLICE_LOST_FRAGMENTS = 2,
    /* octets of the values */
    CAPAN_SLICE_SECTION_LEN = 52,
    CAPAN_SLICE_PACKET_LEN = 16,
    CAPAN_SLICE_NOTICE_LEN = 16
};

/* Of one packet. */
struct capan_slice_packet {
    uint32_t frame; /* in the capture that was split, from 1 */
    uint16_t file, flags;
};

/* That something was lost, between packets of each part: what reads several parts at once knows it by its number. */
struct capan_slice_notice {
    uint32_t lost;   /* CAPAN_SLICE_LOST_... */
    uint32_t number; /* from 1 */
};

/* Each false when the value is none of ours. */
bool capan_slice_read_section(struct capan_slice *, struct capan_span value, bool big_endian);
bool capan_slice_read_packet(struct capan_slice_packet *, struct capan_span value, bool big_endian);
bool capan_slice_read_notice(struct capan_slice_notice *, struct capan_span value, bool big_endian);

/* Each writes as many octets as the value has, little-endian. */
void capan_slice_write_section(uint8_t *to, const struct capan_slice *);
void capan_slice_write_packet(uint8_t *to, const struct capan_slice_packet *);
void capan_slice_write_notice(uint8_t *to, const struct capan_slice_notice *);

#endif
