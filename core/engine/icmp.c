/* SPDX-License-Identifier: MIT */
#include "icmp.h"

#include "bytes.h"
#include "quote.h"

enum {
    TCP = 6,
    NUMBERS = 8, /* ports and sequence number */
    WHOLE = 16   /* up to the window */
};

/* Which messages are errors about a packet sent, and what they say of it. */
static const struct error_row {
    uint8_t version, type;
    int code; /* -1 any */
    uint8_t kind;
    const char *source;
} errors[] = {
    {4, 3, 4, ICMP_TOO_BIG, "RFC 1191 4"},        {4, 3, -1, ICMP_UNREACHABLE, "RFC 792"},
    {4, 4, -1, ICMP_OTHER_ERROR, "RFC 792"},      {4, 11, -1, ICMP_OTHER_ERROR, "RFC 792"},
    {4, 12, -1, ICMP_OTHER_ERROR, "RFC 792"},     {6, 2, -1, ICMP_TOO_BIG, "RFC 4443 3.2"},
    {6, 1, -1, ICMP_UNREACHABLE, "RFC 4443 3.1"}, {6, 3, -1, ICMP_OTHER_ERROR, "RFC 4443 3.3"},
    {6, 4, -1, ICMP_OTHER_ERROR, "RFC 4443 3.4"},
};

static const struct error_row *error_of(uint8_t version, uint8_t type, uint8_t code) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const struct error_row *row = &errors[i];
        if (row->version == version && row->type == type && (row->code < 0 || row->code == code)) return row;
    }
    return NULL;
}

bool capan_icmp_read(struct icmp_quote *quote, const struct capan_packet *packet) {
    const struct capan_span message = packet->octets;
    struct quote ip;
    *quote = (struct icmp_quote){0};
    if (!capan_quote_read(&ip, message)) return false;
    const struct error_row *row = error_of(packet->src.version, message.at[0], message.at[1]);
    if (!row || ip.protocol != TCP || ip.octets.len < NUMBERS) return false;
    quote->from = (struct capan_endpoint){ip.from, read_be16(ip.octets.at)};
    quote->to = (struct capan_endpoint){ip.to, read_be16(ip.octets.at + 2)};
    quote->seq = read_be32(ip.octets.at + 4);
    quote->kind = row->kind;
    quote->whole = ip.octets.len >= WHOLE;
    if (row->kind == ICMP_TOO_BIG)
        quote->mtu = row->version == 4 ? read_be16(message.at + 6) : read_be32(message.at + 4);
    return true;
}
