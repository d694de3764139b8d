/* SPDX-License-Identifier: MIT */
#include "ping.h"

#include "bytes.h"
#include "quote.h"

enum { ECHO_HEADER = 8, ICMP = 1, ICMPV6 = 58 };

/* What a message is to us. */
enum part { OTHER, REQUEST, REPLY, TOO_BIG };

static const struct part_row {
    uint8_t version, type;
    int code; /* -1 any */
    enum part part;
    const char *source;
} parts[] = {
    {4, 8, 0, REQUEST, "RFC 792"},        {4, 0, 0, REPLY, "RFC 792"},        {4, 3, 4, TOO_BIG, "RFC 1191 4"},
    {6, 128, 0, REQUEST, "RFC 4443 4.1"}, {6, 129, 0, REPLY, "RFC 4443 4.2"}, {6, 2, -1, TOO_BIG, "RFC 4443 3.2"},
};

static enum part part_of(uint8_t version, struct capan_span message) {
    if (message.len < ECHO_HEADER) return OTHER;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct part_row *row = &parts[i];
        if (row->version == version && row->type == message.at[0] && (row->code < 0 || row->code == message.at[1]))
            return row->part;
    }
    return OTHER;
}

static bool same_address(const struct capan_address *a, const struct capan_address *b) {
    return a->version == b->version && memcmp(a->octets, b->octets, a->version == 6 ? 16 : 4) == 0;
}

/* The path, moved to the front; NULL when it is not known. */
static struct ping_path *find(struct pings *pings, const struct capan_address *from, const struct capan_address *to) {
    for (unsigned i = 0; i < pings->count; i++) {
        struct ping_path found = pings->at[i];
        if (!same_address(&found.from, from) || !same_address(&found.to, to)) continue;
        memmove(pings->at + 1, pings->at, i * sizeof *pings->at);
        pings->at[0] = found;
        return &pings->at[0];
    }
    return NULL;
}

static struct ping_path *make(struct pings *pings, const struct capan_address *from, const struct capan_address *to) {
    struct ping_path *path = find(pings, from, to);
    if (path) return path;
    if (pings->count < PINGS_MAX) pings->count++;
    memmove(pings->at + 1, pings->at, (pings->count - 1) * sizeof *pings->at);
    pings->at[0] = (struct ping_path){.from = *from, .to = *to};
    return &pings->at[0];
}

static void request(struct pings *pings, const struct capan_packet *packet) {
    if (!packet->dont_fragment) return;
    struct ping_path *path = make(pings, &packet->src, &packet->dst);
    path->waiting = packet->ip_header_len + packet->wire_len;
    path->waiting_frame = packet->frame;
    path->waiting_id = read_be16(packet->octets.at + 4);
    path->waiting_seq = read_be16(packet->octets.at + 6);
}

static void reply(struct pings *pings, const struct capan_packet *packet) {
    struct ping_path *path = find(pings, &packet->dst, &packet->src);
    if (!path || path->waiting <= path->passed) return;
    if (read_be16(packet->octets.at + 4) != path->waiting_id || read_be16(packet->octets.at + 6) != path->waiting_seq)
        return;
    path->passed = path->waiting;
    path->passed_frame = path->waiting_frame;
}

static void too_big(struct pings *pings, const struct capan_packet *packet) {
    const struct capan_span message = packet->octets;
    struct quote quote;
    if (!capan_quote_read(&quote, message) || (quote.protocol != ICMP && quote.protocol != ICMPV6)) return;
    struct ping_path *path = find(pings, &quote.from, &quote.to);
    if (!path || (path->refused && path->waiting >= path->refused)) return;
    path->refused = path->waiting;
    path->refused_frame = packet->frame;
    path->mtu = packet->src.version == 4 ? read_be16(message.at + 6) : read_be32(message.at + 4);
}

void capan_pings_learn(struct pings *pings, const struct capan_packet *packet) {
    switch (part_of(packet->src.version, packet->octets)) {
    case REQUEST: request(pings, packet); break;
    case REPLY: reply(pings, packet); break;
    case TOO_BIG: too_big(pings, packet); break;
    case OTHER: break;
    }
}

static struct capan_ping ping_of(const struct ping_path *path, bool elsewhere) {
    return (struct capan_ping){.to = path->to,
                               .passed = path->passed,
                               .passed_frame = path->passed_frame,
                               .refused = path->refused,
                               .refused_frame = path->refused_frame,
                               .mtu = path->mtu,
                               .elsewhere = elsewhere};
}

bool capan_pings_tell(const struct pings *pings, const struct capan_address *client, const struct capan_address *server,
                      struct capan_ping *ping) {
    const struct ping_path *other = NULL;
    for (unsigned i = 0; i < pings->count; i++) {
        const struct ping_path *path = &pings->at[i];
        if (!same_address(&path->from, client) || !(path->passed || path->refused)) continue;
        if (same_address(&path->to, server)) {
            *ping = ping_of(path, false);
            return true;
        }
        if (!other) other = path;
    }
    if (other) *ping = ping_of(other, true);
    return other != NULL;
}
