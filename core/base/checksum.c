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

/* By 32 bits at a time, which gives the same sum (RFC 1071 2, C). */
static uint64_t octets_sum(struct capan_span octets) {
    uint64_t sum = 0;
    for (; octets.len >= 4; octets = span_cut(octets, 4, SIZE_MAX)) sum += read_be32(octets.at);
    for (size_t i = 0; i < octets.len; i++) sum += (uint32_t)octets.at[i] << (i % 2 ? 0 : 8);
    return sum;
}

enum capan_checksum capan_tcp_checksum(const struct capan_packet *packet, bool verify) {
    if (packet->octets.len < FIELD_AT + 2) return CAPAN_CHECKSUM_UNKNOWN;
    uint64_t without_len = pseudo_header_sum(packet), with_len = without_len + packet->wire_len;
    uint16_t field = read_be16(packet->octets.at + FIELD_AT);
    bool whole = verify && packet->octets.len == packet->wire_len;
    if (whole && fold(with_len + octets_sum(packet->octets)) == 0xffff) return CAPAN_CHECKSUM_GOOD;
    if (field == fold(with_len) || field == fold(without_len)) return CAPAN_CHECKSUM_PARTIAL;
    return whole ? CAPAN_CHECKSUM_BAD : CAPAN_CHECKSUM_UNKNOWN;
}
