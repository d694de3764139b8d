/* SPDX-License-Identifier: MIT */
/* The internet checksum (RFC 1071) as TCP has it: over a pseudo-header and the segment (RFC 9293 3.1). */
#include "bytes.h"
#include "capan/packet.h"

enum { PROTOCOL_TCP = 6, FIELD_AT = 16 };

/* One's complement: what is carried out of 16 bits is added again (RFC 1071 1). */
static uint16_t fold(uint64_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* Both addresses and the protocol (RFC 9293 3.1, RFC 8200 8.1), without the length. */
static uint64_t pseudo_header_sum(const struct capan_packet *packet) {
    uint64_t sum = PROTOCOL_TCP;
    for (int i = 0; i < (packet->src.version == 4 ? 4 : 16); i += 4)
        sum += (uint64_t)read_be32(packet->src.octets + i) + read_be32(packet->dst.octets + i);
    return sum;
}

/* By 32 bits in the machine's own order, which gives the same sum with its octets exchanged (RFC 1071 2, B and C); the
 * rest of fewer than four as if zeros followed. Compilers add several at once. */
static uint16_t octets_sum(struct capan_span octets) {
    uint64_t sum = 0;
    size_t at = 0;
    uint32_t four;
    for (; octets.len - at >= sizeof four; at += sizeof four) {
        memcpy(&four, octets.at + at, sizeof four);
        sum += four;
    }
    four = 0;
    if (at < octets.len) memcpy(&four, octets.at + at, octets.len - at);
    const uint16_t folded = fold(sum + four);
    return read_be16((const uint8_t *)&folded);
}

enum capan_checksum capan_tcp_checksum(const struct capan_packet *packet) {
    if (packet->octets.len < FIELD_AT + 2) return CAPAN_CHECKSUM_UNKNOWN;
    uint64_t without_len = pseudo_header_sum(packet), with_len = without_len + packet->wire_len;
    uint16_t field = read_be16(packet->octets.at + FIELD_AT);
    bool whole = packet->octets.len == packet->wire_len;
    if (whole && fold(with_len + octets_sum(packet->octets)) == 0xffff) return CAPAN_CHECKSUM_GOOD;
    if (field == fold(with_len) || field == fold(without_len)) return CAPAN_CHECKSUM_PARTIAL;
    return whole ? CAPAN_CHECKSUM_BAD : CAPAN_CHECKSUM_UNKNOWN;
}
