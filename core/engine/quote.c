/* SPDX-License-Identifier: MIT */
#include "quote.h"

#include "bytes.h"

enum { QUOTE_AT = 8, IPV4_HEADER = 20, IPV6_HEADER = 40, IPV6_FRAGMENT = 44, FRAGMENT_HEADER = 8 };

static void take_ends(struct quote *quote, uint8_t version, const uint8_t *from, size_t len) {
    quote->from.version = quote->to.version = version;
    memcpy(quote->from.octets, from, len);
    memcpy(quote->to.octets, from + len, len);
}

static bool read_ipv4(struct quote *quote, struct capan_span ip) {
    const size_t header_len = (size_t)(ip.at[0] & 15) * 4;
    if (ip.len < IPV4_HEADER || header_len < IPV4_HEADER) return false;
    take_ends(quote, 4, ip.at + 12, 4);
    quote->protocol = ip.at[9];
    if (!(read_be16(ip.at + 6) & 0x1fff)) quote->octets = span_cut(ip, header_len, ip.len);
    return true;
}

static bool read_ipv6(struct quote *quote, struct capan_span ip) {
    if (ip.len < IPV6_HEADER) return false;
    take_ends(quote, 6, ip.at + 8, 16);
    quote->protocol = ip.at[6];
    quote->octets = span_cut(ip, IPV6_HEADER, ip.len);
    if (quote->protocol != IPV6_FRAGMENT || quote->octets.len < FRAGMENT_HEADER) return true;
    const bool first = !(read_be16(quote->octets.at + 2) & 0xfff8);
    quote->protocol = quote->octets.at[0];
    quote->octets = first ? span_cut(quote->octets, FRAGMENT_HEADER, ip.len) : (struct capan_span){0};
    return true;
}

bool capan_quote_read(struct quote *quote, struct capan_span message) {
    const struct capan_span ip = span_cut(message, QUOTE_AT, message.len);
    *quote = (struct quote){0};
    if (!ip.len) return false;
    switch (ip.at[0] >> 4) {
    case 4: return read_ipv4(quote, ip);
    case 6: return read_ipv6(quote, ip);
    default: return false;
    }
}
