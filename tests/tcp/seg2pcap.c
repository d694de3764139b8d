/* SPDX-License-Identifier: MIT */
/* Writes a segment script as a capture that any tool reads: seg2pcap SCRIPT.seg CAPTURE.pcap */
#include <string.h>

#include "script.h"

enum { ETHERNET = 14, IPV4 = 20, IPV6 = 40, CHECKSUM_AT = 16, TCP = 6, ICMP = 1, ICMPV6 = 58 };

static void write_be(uint8_t *at, uint64_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; i++) at[i] = (uint8_t)(value >> (8 * (octets - 1 - i)));
}

/* The sum of 16-bit words, not yet folded (RFC 1071). */
static uint64_t sum(const uint8_t *at, size_t len) {
    uint64_t total = 0;
    for (size_t i = 0; i < len; i++) total += (uint64_t)at[i] << (i % 2 ? 0 : 8);
    return total;
}

static uint16_t fold(uint64_t total) {
    while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
    return (uint16_t)total;
}

static uint8_t protocol_of(const struct capan_packet *packet, bool icmp) {
    return icmp ? packet->src.version == 6 ? ICMPV6 : ICMP : TCP;
}

/* Returns the header's length. */
static size_t write_ip(const struct capan_packet *packet, uint8_t protocol, uint8_t *at) {
    const bool v6 = packet->src.version == 6;
    const size_t len = v6 ? 16 : 4;
    memset(at, 0, IPV6);
    at[0] = v6 ? 0x60 : 0x45;
    at[1] = (uint8_t)(packet->ecn << (v6 ? 4 : 0));
    write_be(at + (v6 ? 4 : 2), packet->wire_len + (v6 ? 0 : IPV4), 2);
    at[v6 ? 7 : 8] = packet->ttl;
    at[v6 ? 6 : 9] = protocol;
    memcpy(at + (v6 ? 8 : 12), packet->src.octets, len);
    memcpy(at + (v6 ? 8 : 12) + len, packet->dst.octets, len);
    if (v6) return IPV6;
    write_be(at + 4, packet->ip_id, 2);
    write_be(at + 6, packet->dont_fragment ? 0x4000 : 0, 2);
    write_be(at + 10, (uint16_t)~fold(sum(at, IPV4)), 2);
    return IPV4;
}

static uint64_t pseudo_header(const struct capan_packet *packet, uint8_t protocol) {
    const size_t len = packet->src.version == 6 ? 16 : 4;
    return sum(packet->src.octets, len) + sum(packet->dst.octets, len) + protocol + packet->wire_len;
}

static void write_checksum(const struct capan_packet *packet, uint8_t protocol, uint8_t *octets) {
    uint8_t *at = octets + (protocol == TCP ? CHECKSUM_AT : 2);
    write_be(at, 0, 2);
    const uint64_t pseudo = protocol == ICMP ? 0 : pseudo_header(packet, protocol);
    const uint16_t good = (uint16_t)~fold(pseudo + sum(octets, packet->wire_len));
    const uint16_t written = packet->checksum == CAPAN_CHECKSUM_PARTIAL ? fold(pseudo)
                             : packet->checksum == CAPAN_CHECKSUM_BAD   ? good ^ 0x5555
                                                                        : good;
    write_be(at, written, 2);
}

/* The file's and the packets' headers are in the writer's byte order (libpcap's savefile format). */
static void write_u32(FILE *file, uint32_t value) {
    fwrite(&value, sizeof value, 1, file);
}

static void write_file_header(FILE *file) {
    const uint16_t version[2] = {2, 4};
    write_u32(file, 0xa1b23c4d);
    fwrite(version, sizeof version, 1, file);
    write_u32(file, 0);
    write_u32(file, 0);
    write_u32(file, 262144);
    write_u32(file, 1);
}

static void write_packet(FILE *file, const struct script *script, size_t index) {
    static const struct script_variant none;
    static uint8_t octets[SCRIPT_PACKET], frame[ETHERNET + IPV6 + SCRIPT_PACKET + UINT16_MAX];
    const struct capan_packet packet = script_packet(script, index, &none, octets);
    const uint8_t protocol = protocol_of(&packet, script->segments[index].icmp);
    const unsigned side = packet.src.octets[packet.src.version == 6 ? 15 : 3];
    write_checksum(&packet, protocol, octets);
    memset(frame, 0, ETHERNET);
    write_be(frame, UINT64_C(0x020000000000) + (3 - side), 6);
    write_be(frame + 6, UINT64_C(0x020000000000) + side, 6);
    write_be(frame + 12, packet.src.version == 6 ? 0x86dd : 0x0800, 2);
    const size_t ip_len = write_ip(&packet, protocol, frame + ETHERNET), header_len = ETHERNET + ip_len;
    memcpy(frame + header_len, octets, packet.wire_len);
    memset(frame + header_len + packet.wire_len, 0, packet.padding);
    const bool whole = packet.octets.len == packet.wire_len;
    write_u32(file, (uint32_t)(packet.time_ns / 1000000000));
    write_u32(file, (uint32_t)(packet.time_ns % 1000000000));
    write_u32(file, (uint32_t)(header_len + packet.octets.len + (whole ? packet.padding : 0)));
    write_u32(file, packet.frame_len);
    fwrite(frame, header_len + packet.octets.len + (whole ? packet.padding : 0), 1, file);
}

int main(int argc, char **argv) {
    struct script script;
    if (argc != 3) {
        fputs("usage: seg2pcap SCRIPT.seg CAPTURE.pcap\n", stderr);
        return 2;
    }
    const bool read = script_read(&script, argv[1]);
    FILE *file = read ? fopen(argv[2], "wb") : NULL;
    if (read && !file) perror(argv[2]);
    if (file) {
        write_file_header(file);
        for (size_t i = 0; i < script.count; i++) write_packet(file, &script, i);
    }
    const bool written = file && fclose(file) == 0;
    script_free(&script);
    return written ? 0 : 1;
}
