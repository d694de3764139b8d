/* SPDX-License-Identifier: MIT */
#include "slice.h"

#include <string.h>

/* --- reading --- */

struct reading {
    struct capan_span left;
    bool big_endian;
};

static uint64_t take(struct reading *reading, size_t octets) {
    uint64_t number = 0;
    for (size_t i = 0; i < octets; i++) {
        const size_t at = reading->big_endian ? i : octets - 1 - i;
        number = number << 8 | reading->left.at[at];
    }
    reading->left = span_cut(reading->left, octets, SIZE_MAX);
    return number;
}

/* The value begins with who made it. */
static bool is_ours(struct reading *reading, struct capan_span value, size_t len, bool big_endian) {
    *reading = (struct reading){value, big_endian};
    if (value.len < len || take(reading, 4) != CAPAN_SLICE_ENTERPRISE) return false;
    const bool marked = read_le32(reading->left.at) == CAPAN_SLICE_MARK;
    reading->left = span_cut(reading->left, 4, SIZE_MAX);
    return marked;
}

bool capan_slice_read_section(struct capan_slice *slice, struct capan_span value, bool big_endian) {
    struct reading reading;
    if (!is_ours(&reading, value, CAPAN_SLICE_SECTION_LEN, big_endian)) return false;
    if (take(&reading, 2) != CAPAN_SLICE_VERSION) return false;
    slice->whole = take(&reading, 2) & CAPAN_SLICE_WHOLE;
    slice->part = (uint32_t)take(&reading, 4);
    slice->parts = (uint32_t)take(&reading, 4);
    slice->id = take(&reading, 8);
    slice->origin_ns = (int64_t)take(&reading, 8);
    slice->packets = take(&reading, 8);
    slice->frames = take(&reading, 8);
    return slice->part && slice->part <= slice->parts;
}

bool capan_slice_read_packet(struct capan_slice_packet *packet, struct capan_span value, bool big_endian) {
    struct reading reading;
    if (!is_ours(&reading, value, CAPAN_SLICE_PACKET_LEN, big_endian)) return false;
    packet->frame = (uint32_t)take(&reading, 4);
    packet->file = (uint16_t)take(&reading, 2);
    packet->flags = (uint16_t)take(&reading, 2);
    return packet->frame > 0;
}

bool capan_slice_read_notice(struct capan_slice_notice *notice, struct capan_span value, bool big_endian) {
    struct reading reading;
    if (!is_ours(&reading, value, CAPAN_SLICE_NOTICE_LEN, big_endian)) return false;
    notice->lost = (uint32_t)take(&reading, 4);
    notice->number = (uint32_t)take(&reading, 4);
    if (notice->lost == CAPAN_SLICE_LOST_FRAME || notice->lost == CAPAN_SLICE_LOST_FRAGMENTS) return notice->number > 0;
    notice->lost = 0;
    return false;
}

/* --- writing --- */

static uint8_t *put(uint8_t *to, uint64_t number, size_t octets) {
    for (size_t i = 0; i < octets; i++) to[i] = (uint8_t)(number >> (8 * i));
    return to + octets;
}

static uint8_t *put_owner(uint8_t *to) {
    return put(put(to, CAPAN_SLICE_ENTERPRISE, 4), CAPAN_SLICE_MARK, 4);
}

void capan_slice_write_section(uint8_t *to, const struct capan_slice *slice) {
    to = put(put_owner(to), CAPAN_SLICE_VERSION, 2);
    to = put(to, slice->whole ? CAPAN_SLICE_WHOLE : 0, 2);
    to = put(put(to, slice->part, 4), slice->parts, 4);
    to = put(put(to, slice->id, 8), (uint64_t)slice->origin_ns, 8);
    put(put(to, slice->packets, 8), slice->frames, 8);
}

void capan_slice_write_packet(uint8_t *to, const struct capan_slice_packet *packet) {
    put(put(put(put_owner(to), packet->frame, 4), packet->file, 2), packet->flags, 2);
}

void capan_slice_write_notice(uint8_t *to, const struct capan_slice_notice *notice) {
    put(put(put_owner(to), notice->lost, 4), notice->number, 4);
}
