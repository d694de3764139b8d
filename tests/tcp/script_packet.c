/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "script.h"

enum { TOP_SECONDS = 1700000000, TCP_HEADER = 20 };

static void write_be(uint8_t *at, uint64_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; i++) at[i] = (uint8_t)(value >> (8 * (octets - 1 - i)));
}

static uint32_t absolute(const struct script *script, const struct script_variant *variant, unsigned side,
                         int64_t relative) {
    return (uint32_t)((uint64_t)relative + script->isn[side] + variant->isn_shift[side]);
}

static size_t write_option(const struct script *script, const struct script_variant *variant, unsigned peer,
                           const struct script_option *option, uint8_t *at) {
    if (option->kind == SCRIPT_RAW) {
        memcpy(at, option->octets, option->count);
        return option->count;
    }
    const size_t len = option->kind == SCRIPT_SACK ? 8u * option->count : option->count;
    at[0] = option->kind;
    at[1] = (uint8_t)(len + 2);
    memcpy(at + 2, option->octets, option->kind == SCRIPT_SACK ? 0 : len);
    for (unsigned i = 0; option->kind == SCRIPT_SACK && i < option->count; i++) {
        write_be(at + 2 + 8 * i, absolute(script, variant, peer, option->block[i][0]), 4);
        write_be(at + 6 + 8 * i, absolute(script, variant, peer, option->block[i][1]), 4);
    }
    return len + 2;
}

/* Returns the header's length. */
static size_t write_header(const struct script *script, const struct script_segment *segment,
                           const struct script_variant *variant, uint8_t *at) {
    const unsigned side = segment->side;
    size_t len = TCP_HEADER;
    memset(at, 0, 256);
    write_be(at, script->port[side], 2);
    write_be(at + 2, script->port[!side], 2);
    write_be(at + 4, absolute(script, variant, side, segment->seq), 4);
    if (segment->flags & CAPAN_TH_ACK) write_be(at + 8, absolute(script, variant, !side, segment->ack), 4);
    at[13] = segment->flags;
    write_be(at + 14, segment->window, 2);
    write_be(at + 18, segment->urgent, 2);
    for (unsigned i = 0; i < segment->option_count; i++)
        len += write_option(script, variant, !side, &segment->options[i], at + len);
    len = (len + 3) / 4 * 4;
    at[12] = (uint8_t)((segment->data_offset ? segment->data_offset : len / 4) << 4 | segment->accurate_ecn);
    return len;
}

static void write_payload(const struct script_segment *segment, uint8_t *at) {
    if (segment->text) {
        const size_t len = strlen(segment->text);
        memcpy(at, segment->text, len < segment->len ? len : segment->len);
        return;
    }
    for (uint32_t i = 0; i < segment->len; i++)
        at[i] = segment->fill ? (uint8_t)segment->fill : (uint8_t)('a' + (uint64_t)(segment->seq + i) % 23);
}

static struct capan_address address_of(const struct script *script, unsigned end) {
    struct capan_address address = {4, {192, 0, 2, (uint8_t)(end + 1)}};
    if (script->ipv6) address = (struct capan_address){6, {0x20, 0x01, 0x0d, 0xb8, [15] = (uint8_t)(end + 1)}};
    return address;
}

/* Fragmentation needed (RFC 792, RFC 1191 4), or packet too big (RFC 4443 3.2); quotes the IP header and eight octets
 * of the segment at seq. mtu 0: it could not be delivered, and the code says why. */
static size_t write_icmp(const struct script *script, const struct script_segment *segment,
                         const struct script_variant *variant, uint8_t *at) {
    const size_t ip_len = script->ipv6 ? 40 : 20;
    uint8_t *ip = at + 8;
    const unsigned from = segment->side ^ (variant->mirror ? 1 : 0);
    const struct capan_address src = address_of(script, from), dst = address_of(script, !from);
    memset(at, 0, 8 + ip_len + 8);
    at[0] = script->ipv6 ? (segment->mtu ? 2 : 1) : 3;
    at[1] = (uint8_t)(segment->mtu ? (script->ipv6 ? 0 : 4) : segment->code);
    write_be(at + 4, segment->mtu, 4);
    ip[0] = script->ipv6 ? 0x60 : 0x45;
    ip[script->ipv6 ? 6 : 9] = 6;
    if (!script->ipv6) write_be(ip + 2, ip_len + 20 + segment->len, 2);
    if (script->ipv6) write_be(ip + 4, 20 + segment->len, 2);
    memcpy(ip + (script->ipv6 ? 8 : 12), src.octets, script->ipv6 ? 16 : 4);
    memcpy(ip + (script->ipv6 ? 24 : 16), dst.octets, script->ipv6 ? 16 : 4);
    write_be(ip + ip_len, script->port[segment->side], 2);
    write_be(ip + ip_len + 2, script->port[!segment->side], 2);
    write_be(ip + ip_len + 4, absolute(script, variant, segment->side, segment->seq), 4);
    return 8 + ip_len + 8;
}

struct capan_packet script_packet(const struct script *script, size_t index, const struct script_variant *variant,
                                  uint8_t buffer[SCRIPT_PACKET]) {
    const struct script_segment *segment = &script->segments[index];
    const unsigned from = segment->side ^ (variant->mirror ? 1 : 0);
    const size_t header_len =
        segment->icmp ? write_icmp(script, segment, variant, buffer) : write_header(script, segment, variant, buffer);
    const uint32_t wire_len = (uint32_t)header_len + (segment->icmp ? 0 : segment->len);
    const uint32_t snap = variant->snap && segment->snap > header_len ? (uint32_t)header_len : segment->snap;
    if (!segment->icmp) write_payload(segment, buffer + header_len);
    struct capan_packet packet = {.time_ns = TOP_SECONDS * INT64_C(1000000000) + segment->time_ns + variant->time_shift,
                                  .frame = (uint32_t)index + 1,
                                  .src = address_of(script, segment->icmp ? !from : from),
                                  .dst = address_of(script, segment->icmp ? from : !from),
                                  .octets = {buffer, wire_len < snap ? wire_len : snap},
                                  .wire_len = wire_len,
                                  .ip_header_len = script->ipv6 ? 40 : 20,
                                  .link_header_len = 14,
                                  .padding = segment->padding,
                                  .ip_id = segment->ip_id,
                                  .ttl = segment->ttl,
                                  .ecn = segment->ecn,
                                  .has_ip_id = !script->ipv6,
                                  .dont_fragment = true,
                                  .ethernet = true,
                                  .checksum = segment->checksum};
    packet.frame_len = 14 + packet.ip_header_len + wire_len + packet.padding;
    return packet;
}
