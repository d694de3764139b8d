/* SPDX-License-Identifier: MIT */
#include "icmp.h"

#include "bytes.h"

enum { QUOTE_AT = 8, TCP = 6, IPV6_HEADER = 40, IPV6_FRAGMENT = 44, FRAGMENT_HEADER = 8, NUMBERS = 8 };

/* Which messages are errors about a packet sent, and which of them say it was too big. */
static const struct error_row {
    uint8_t version, type;
    int code; /* -1 any */
    bool too_big;
    const char *source;
} errors[] = {
    {4, 3, 4, true, "RFC 1191 4"},
    {4, 3, -1, false, "RFC 792"},
    {6, 2, -1, true, "RFC 4443 3.2"},
    {6, 1, -1, false, "RFC 4443 3.1"},
};

static const struct error_row *error_of(uint8_t version, uint8_t type, uint8_t code) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const struct error_row *row = &errors[i];
        if (row->version == version && row->type == type && (row->code < 0 || row->code == code)) return row;
    }
    return NULL;
}

/* The quoted IP header's addresses; what follows it, when that is the beginning of a TCP segment. */
static struct capan_span read_ipv4(struct icmp_quote *quote, struct capan_span ip) {
    size_t header_len = ip.len ? (size_t)(ip.at[0] & 15) * 4 : 0;
    if (ip.len < 20 || header_len < 20 || ip.at[9] != TCP || (read_be16(ip.at + 6) & 0x1fff))
        return (struct capan_span){0};
    quote->from.address.version = quote->to.address.version = 4;
    memcpy(quote->from.address.octets, ip.at + 12, 4);
    memcpy(quote->to.address.octets, ip.at + 16, 4);
    return span_cut(ip, header_len, ip.len);
}

static struct capan_span read_ipv6(struct icmp_quote *quote, struct capan_span ip) {
    if (ip.len < IPV6_HEADER) return (struct capan_span){0};
    size_t header_len = IPV6_HEADER;
    uint8_t next = ip.at[6];
    if (next == IPV6_FRAGMENT && ip.len >= IPV6_HEADER + FRAGMENT_HEADER &&
        !(read_be16(ip.at + IPV6_HEADER + 2) & 0xfff8)) {
        next = ip.at[IPV6_HEADER];
        header_len += FRAGMENT_HEADER;
    }
    if (next != TCP) return (struct capan_span){0};
    quote->from.address.version = quote->to.address.version = 6;
    memcpy(quote->from.address.octets, ip.at + 8, 16);
    memcpy(quote->to.address.octets, ip.at + 24, 16);
    return span_cut(ip, header_len, ip.len);
}

bool capan_icmp_read(struct icmp_quote *quote, const struct capan_packet *packet) {
    struct capan_span message = packet->octets;
    *quote = (struct icmp_quote){0};
    if (message.len < QUOTE_AT + 1) return false;
    const struct error_row *row = error_of(packet->src.version, message.at[0], message.at[1]);
    if (!row) return false;
    struct capan_span ip = span_cut(message, QUOTE_AT, message.len);
    struct capan_span tcp = ip.at[0] >> 4 == 6   ? read_ipv6(quote, ip)
                            : ip.at[0] >> 4 == 4 ? read_ipv4(quote, ip)
                                                 : (struct capan_span){0};
    if (tcp.len < NUMBERS) return false;
    quote->from.port = read_be16(tcp.at);
    quote->to.port = read_be16(tcp.at + 2);
    quote->seq = read_be32(tcp.at + 4);
    quote->too_big = row->too_big;
    if (row->too_big) quote->mtu = row->version == 4 ? read_be16(message.at + 6) : read_be32(message.at + 4);
    return true;
}
