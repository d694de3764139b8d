/* SPDX-License-Identifier: MIT */
/* A few downloads side by side that fill the line, always the same: full segments, an ACK for every second one, now and
 * then a loss that SACK reports and a fast retransmission repairs. Captured at the server. */
#include "wire.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    CONNECTIONS = 8,
    MSS = 1448,
    FLIGHT = 40 * MSS, /* octets on the way */
    BLOCK = 1 << 16,   /* the content, again and again */
    LOSS = 400,        /* one segment in so many */
    WINDOW = 4096,
    SHIFT = 7,
    SPACING_US = 12
};

struct connection {
    struct wire_end client, server;
    uint32_t isn[2], requested;
    uint16_t ip_id[2];
    uint64_t sent, acked, length; /* octets of the response */
    uint64_t hole, again_at;      /* a segment that was lost, and what had been sent when it was sent again; 0 none */
    unsigned turn, reports;       /* reports: ACKs that told of the hole */
};

struct bulk {
    FILE *file;
    struct wire_random random;
    struct connection connections[CONNECTIONS];
    uint8_t block[BLOCK + MSS];
    int64_t time_us;
};

static void send_segment(struct bulk *bulk, struct connection *c, struct wire_segment segment, bool from_server) {
    const uint32_t now = (uint32_t)(bulk->time_us / 1000);
    bulk->time_us += 1 + wire_random_below(&bulk->random, 2 * SPACING_US);
    segment.time_us = bulk->time_us;
    segment.source = from_server ? c->server : c->client;
    segment.target = from_server ? c->client : c->server;
    segment.ip_id = c->ip_id[from_server]++;
    segment.window = segment.flags & WIRE_SYN ? 64240 : WINDOW;
    wire_option_timestamps(&segment, now, segment.flags & WIRE_ACK ? now - 1 : 0);
    wire_write(bulk->file, &segment);
}

static void send_opening(struct bulk *bulk, struct connection *c) {
    struct wire_segment syn = {.seq = c->isn[0], .flags = WIRE_SYN};
    wire_option_mss(&syn, MSS + 12);
    wire_option_sack_permitted(&syn);
    wire_option_scale(&syn, SHIFT);
    struct wire_segment answer = syn;
    answer.seq = c->isn[1];
    answer.ack = c->isn[0] + 1;
    answer.flags |= WIRE_ACK;
    send_segment(bulk, c, syn, false);
    send_segment(bulk, c, answer, true);
    send_segment(bulk, c, (struct wire_segment){.seq = c->isn[0] + 1, .ack = c->isn[1] + 1, .flags = WIRE_ACK}, false);
}

static void send_request(struct bulk *bulk, struct connection *c) {
    char text[256];
    c->requested = (uint32_t)snprintf(text, sizeof text, "GET /image-%u HTTP/1.1\r\nHost: bulk.example.test\r\n\r\n",
                                      (unsigned)c->client.port);
    send_segment(bulk, c,
                 (struct wire_segment){.seq = c->isn[0] + 1,
                                       .ack = c->isn[1] + 1,
                                       .flags = WIRE_PSH | WIRE_ACK,
                                       .payload = (const uint8_t *)text,
                                       .len = c->requested},
                 false);
}

/* The response's header section fills the first segment; the content follows. */
static const uint8_t *octets_at(struct bulk *bulk, const struct connection *c, uint64_t at) {
    static char head[MSS + 1];
    if (at) return bulk->block + at % BLOCK;
    const int len = snprintf(head, sizeof head,
                             "HTTP/1.1 200 OK\r\nServer: bench\r\nETag: \"%u\"\r\nContent-Type: application/x-image\r\n"
                             "Content-Length: %llu\r\nX-Fill: ",
                             (unsigned)c->client.port, (unsigned long long)(c->length - MSS));
    snprintf(head + len, sizeof head - (size_t)len, "%0*d\r\n\r\n", (int)(MSS - 4 - len), 0);
    return (const uint8_t *)head;
}

static void send_data(struct bulk *bulk, struct connection *c, uint64_t at) {
    const uint64_t left = c->length - at;
    send_segment(bulk, c,
                 (struct wire_segment){.seq = c->isn[1] + 1 + (uint32_t)at,
                                       .ack = c->isn[0] + 1 + c->requested,
                                       .flags = WIRE_ACK,
                                       .payload = octets_at(bulk, c, at),
                                       .len = left < MSS ? (size_t)left : MSS},
                 true);
}

static bool resends(const struct connection *c) {
    return c->hole && c->reports >= 3 && !c->again_at;
}

static void send_more(struct bulk *bulk, struct connection *c) {
    if (resends(c)) {
        send_data(bulk, c, c->hole);
        c->again_at = c->sent;
        return;
    }
    send_data(bulk, c, c->sent);
    if (!c->hole && c->sent && c->sent + FLIGHT < c->length && wire_random_below(&bulk->random, LOSS) == 0) {
        c->hole = c->sent;
        c->again_at = c->reports = 0;
    }
    c->sent += MSS;
    if (c->sent > c->length) c->sent = c->length;
}

/* The client has got what was sent a flight ago, and what filled a hole. */
static void send_ack(struct bulk *bulk, struct connection *c) {
    const bool over = c->sent == c->length;
    const uint64_t got = over ? c->sent : c->sent > FLIGHT ? c->sent - FLIGHT : 0;
    struct wire_segment ack = {.seq = c->isn[0] + 1 + c->requested, .flags = WIRE_ACK};
    if (c->hole && c->again_at && got >= c->again_at) c->hole = 0;
    if (got <= c->acked) return;
    if (c->hole && got > c->hole + MSS) {
        wire_option_sack(&ack, c->isn[1] + 1 + (uint32_t)(c->hole + MSS), c->isn[1] + 1 + (uint32_t)got);
        c->acked = c->hole;
        c->reports++;
    } else {
        c->acked = c->hole && got > c->hole ? c->hole : got;
    }
    ack.ack = c->isn[1] + 1 + (uint32_t)c->acked;
    send_segment(bulk, c, ack, false);
}

static void begin(struct bulk *bulk, uint64_t packets) {
    for (unsigned n = 0; n < sizeof bulk->block; n++) bulk->block[n] = (uint8_t)wire_random_next(&bulk->random);
    for (unsigned n = 0; n < CONNECTIONS; n++) {
        struct connection *c = &bulk->connections[n];
        *c = (struct connection){
            .client = {0x0a000002u + n, (uint16_t)(40000 + n)},
            .server = {0xc6336401u, 80},
            .isn = {(uint32_t)wire_random_next(&bulk->random), (uint32_t)wire_random_next(&bulk->random)},
            .length = packets * 2 / 3 / CONNECTIONS * MSS + MSS};
        send_opening(bulk, c);
        send_request(bulk, c);
    }
}

/* Each connection in turn, by chance: two segments of data, then an ACK. */
static void transfer(struct bulk *bulk) {
    for (unsigned open = CONNECTIONS; open;) {
        struct connection *c = &bulk->connections[wire_random_below(&bulk->random, open)];
        if (resends(c) || (c->sent < c->length && c->turn++ % 3 < 2))
            send_more(bulk, c);
        else
            send_ack(bulk, c);
        if (c->sent < c->length || (c->hole && !c->again_at)) continue;
        c->again_at = c->hole ? c->sent : 0;
        send_ack(bulk, c);
        *c = bulk->connections[--open];
    }
}

int main(int count, char **words) {
    static struct bulk bulk = {.random = {1}, .time_us = INT64_C(1767225600000000)};
    const unsigned long packets = count == 3 ? strtoul(words[2], NULL, 10) : 0;
    if (!packets) {
        fputs("usage: make_bulk FILE PACKETS\n", stderr);
        return 2;
    }
    bulk.file = fopen(words[1], "wb");
    if (!bulk.file) {
        perror(words[1]);
        return 1;
    }
    wire_begin(bulk.file);
    begin(&bulk, packets);
    transfer(&bulk);
    if (fclose(bulk.file) != 0) {
        perror(words[1]);
        return 1;
    }
    return 0;
}
