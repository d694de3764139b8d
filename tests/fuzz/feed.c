/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 20, MILLISECOND = 1000000, WINDOW = 60000, SERVER_PORT = 80, CLIENT_PORT = 40000 };
enum { SAY, SAY_ALSO, HOLE, AGAIN, FIN, RST, ACK, SYN };
enum { BY_SERVER = 0x20, TIME_PASSES = 0x40, IS_LOST = 0x80 };

struct segment {
    unsigned connection, side;
    uint32_t seq;
    uint8_t flags;
    struct capan_span payload;
    bool lost;
};

uint32_t feed_number(struct feed *feed, unsigned octets) {
    uint32_t value = 0;
    while (octets-- > 0) {
        value = value << 8 | (feed->input.len ? feed->input.at[0] : 0);
        feed->input = span_cut(feed->input, 1, SIZE_MAX);
    }
    return value;
}

struct capan_span feed_span(struct feed *feed) {
    return span_take(&feed->input, feed_number(feed, 2));
}

static void write_be(uint8_t *at, uint32_t value, unsigned octets) {
    while (octets-- > 0) *at++ = (uint8_t)(value >> (8 * octets));
}

static void write_header(uint8_t *at, const struct feed *feed, const struct segment *segment) {
    const uint16_t ports[2] = {(uint16_t)(CLIENT_PORT + segment->connection), SERVER_PORT};
    write_be(at, ports[segment->side], 2);
    write_be(at + 2, ports[!segment->side], 2);
    write_be(at + 4, segment->seq, 4);
    write_be(at + 8, segment->flags & CAPAN_TH_ACK ? feed->connections[segment->connection].next[!segment->side] : 0,
             4);
    at[12] = HEADER / 4 << 4;
    at[13] = segment->flags;
    write_be(at + 14, WINDOW, 2);
    write_be(at + 16, 0, 4);
}

/* The octets lie in a block of their size, so that a sanitizer sees each read beyond. */
static void hand_out(struct feed *feed, const struct segment *segment) {
    const size_t len = HEADER + segment->payload.len;
    uint8_t *octets = malloc(len);
    if (!octets) abort();
    write_header(octets, feed, segment);
    if (segment->payload.len) memcpy(octets + HEADER, segment->payload.at, segment->payload.len);
    struct capan_packet packet = {.time_ns = feed->time_ns,
                                  .frame = ++feed->frame,
                                  .src = {4, {192, 0, 2, (uint8_t)(1 + segment->side)}},
                                  .dst = {4, {192, 0, 2, (uint8_t)(2 - segment->side)}},
                                  .octets = {octets, len},
                                  .wire_len = (uint32_t)len,
                                  .ip_header_len = 20,
                                  .link_header_len = 14,
                                  .ip_id = (uint16_t)feed->frame,
                                  .has_ip_id = true,
                                  .ttl = 64,
                                  .ethernet = true,
                                  .frame_len = (uint32_t)len + 34};
    feed->time_ns += MILLISECOND;
    feed->take(feed->context, &packet, segment->lost);
    free(octets);
}

static void send(struct feed *feed, struct segment segment) {
    uint32_t *next = &feed->connections[segment.connection].next[segment.side];
    segment.seq = *next;
    hand_out(feed, &segment);
    *next += (uint32_t)segment.payload.len + !!(segment.flags & CAPAN_TH_SYN) + !!(segment.flags & CAPAN_TH_FIN);
}

static void shake_hands(struct feed *feed, unsigned connection) {
    feed->connections[connection].open = true;
    feed->connections[connection].next[0] = 1000 + 100000 * connection;
    feed->connections[connection].next[1] = UINT32_MAX - 2000;
    send(feed, (struct segment){.connection = connection, .flags = CAPAN_TH_SYN});
    send(feed, (struct segment){.connection = connection, .side = 1, .flags = CAPAN_TH_SYN | CAPAN_TH_ACK});
    send(feed, (struct segment){.connection = connection, .flags = CAPAN_TH_ACK});
}

/* Some of what was sent, or of what was not, once more. */
static void send_again(struct feed *feed, struct segment segment) {
    segment.seq = feed->connections[segment.connection].next[segment.side] - feed_number(feed, 2);
    segment.payload = feed_span(feed);
    hand_out(feed, &segment);
}

static void act(struct feed *feed, unsigned what, struct segment segment) {
    static const uint8_t flags[] = {[FIN] = CAPAN_TH_FIN, [RST] = CAPAN_TH_RST, [SYN] = 0};
    switch (what) {
    case HOLE: feed->connections[segment.connection].next[segment.side] += feed_number(feed, 2); return;
    case AGAIN: send_again(feed, segment); return;
    case SYN: feed->connections[segment.connection].open = false; return;
    case SAY:
    case SAY_ALSO: segment.payload = span_cut(feed_span(feed), 0, FEED_PAYLOAD_MAX); break;
    default: break;
    }
    segment.flags |= flags[what];
    send(feed, segment);
}

bool feed_step(struct feed *feed) {
    if (!feed->input.len) return false;
    const uint32_t code = feed_number(feed, 1);
    const unsigned connection = code >> 3 & (FEED_CONNECTIONS - 1);
    if (code & TIME_PASSES) feed->time_ns += (int64_t)feed_number(feed, 1) * feed_number(feed, 1) * MILLISECOND;
    if (!feed->connections[connection].open) shake_hands(feed, connection);
    act(feed, code & 7,
        (struct segment){
            .connection = connection, .side = !!(code & BY_SERVER), .flags = CAPAN_TH_ACK, .lost = code & IS_LOST});
    return true;
}
