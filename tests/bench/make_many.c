/* SPDX-License-Identifier: MIT */
/* Short connections, each with one exchange, thousands at once, always the same: a server behind clients that keep
 * nothing alive. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

enum {
    AT_ONCE = 2000,
    CLIENTS = 50000,
    ITEMS = 5000,
    ROOM = 4096,
    MSS = 1460,
    WINDOW = 502,
    SHIFT = 7,
    SPACING_US = 8
};

enum step { SYN, SYN_ACK, OPEN, REQUEST, RESPONSE, ANSWERED, CLIENT_FIN, SERVER_FIN, LAST_ACK, STEPS };

struct connection {
    struct wire_end end[2]; /* [0] the client's */
    uint32_t next[2];
    uint16_t ip_id[2];
    uint32_t number;
    int step;
};

struct many {
    FILE *file;
    struct wire_random random;
    struct connection connections[AT_ONCE];
    int64_t time_us;
    uint32_t begun, wanted;
};

static void begin(struct many *many, struct connection *c) {
    c->number = many->begun++;
    c->end[0] = (struct wire_end){0x0a000000u + 256 + wire_random_below(&many->random, CLIENTS),
                                  (uint16_t)(1024 + c->number % 64000)};
    c->end[1] = (struct wire_end){0xc6336401u, 80};
    c->next[0] = (uint32_t)wire_random_next(&many->random);
    c->next[1] = (uint32_t)wire_random_next(&many->random);
    c->step = SYN;
}

static size_t put_request(const struct connection *c, char *text) {
    return (size_t)snprintf(text, ROOM,
                            "GET /items/%u HTTP/1.1\r\nHost: many.example.test\r\nUser-Agent: bench/1.0\r\n"
                            "Accept: */*\r\nConnection: close\r\n\r\n",
                            (unsigned)(c->number % ITEMS));
}

static size_t put_response(const struct connection *c, char *text) {
    const uint32_t item = c->number % ITEMS;
    const size_t content = 100 + item % 1000;
    int len = snprintf(text, ROOM,
                       "HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nETag: \"%x\"\r\n"
                       "Content-Type: text/plain\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
                       (unsigned)item, content);
    memset(text + len, 'a' + (int)(item % 26), content);
    return (size_t)len + content;
}

static void send_step(struct many *many, struct connection *c) {
    static const uint8_t flags[STEPS] = {
        [SYN] = WIRE_SYN,
        [SYN_ACK] = WIRE_SYN | WIRE_ACK,
        [OPEN] = WIRE_ACK,
        [REQUEST] = WIRE_PSH | WIRE_ACK,
        [RESPONSE] = WIRE_PSH | WIRE_ACK,
        [ANSWERED] = WIRE_ACK,
        [CLIENT_FIN] = WIRE_FIN | WIRE_ACK,
        [SERVER_FIN] = WIRE_FIN | WIRE_ACK,
        [LAST_ACK] = WIRE_ACK,
    };
    char text[ROOM];
    const int side = c->step == SYN_ACK || c->step == RESPONSE || c->step == SERVER_FIN;
    const uint8_t set = flags[c->step];
    struct wire_segment segment = {.time_us = many->time_us,
                                   .source = c->end[side],
                                   .target = c->end[!side],
                                   .seq = c->next[side],
                                   .ack = set & WIRE_ACK ? c->next[!side] : 0,
                                   .ip_id = c->ip_id[side]++,
                                   .window = set & WIRE_SYN ? 64240 : WINDOW,
                                   .flags = set,
                                   .payload = (const uint8_t *)text};
    if (c->step == REQUEST) segment.len = put_request(c, text);
    if (c->step == RESPONSE) segment.len = put_response(c, text);
    if (set & WIRE_SYN) {
        wire_option_mss(&segment, MSS);
        wire_option_sack_permitted(&segment);
        wire_option_scale(&segment, SHIFT);
    }
    wire_write(many->file, &segment);
    c->next[side] += (uint32_t)segment.len + (set & (WIRE_SYN | WIRE_FIN) ? 1 : 0);
    c->step++;
}

/* The connection at a random place sends its next segment; one that is over makes room for the next. */
static void converse(struct many *many) {
    uint32_t open = 0;
    while (open < AT_ONCE && many->begun < many->wanted) begin(many, &many->connections[open++]);
    while (open) {
        struct connection *c = &many->connections[wire_random_below(&many->random, open)];
        many->time_us += 1 + wire_random_below(&many->random, 2 * SPACING_US);
        send_step(many, c);
        if (c->step < STEPS) continue;
        if (many->begun < many->wanted)
            begin(many, c);
        else
            *c = many->connections[--open];
    }
}

int main(int count, char **words) {
    static struct many many = {.random = {1}, .time_us = INT64_C(1767225600000000)};
    many.wanted = count == 3 ? (uint32_t)strtoul(words[2], NULL, 10) : 0;
    if (!many.wanted) {
        fputs("usage: make_many FILE CONNECTIONS\n", stderr);
        return 2;
    }
    many.file = fopen(words[1], "wb");
    if (!many.file) {
        perror(words[1]);
        return 1;
    }
    wire_begin(many.file);
    converse(&many);
    if (fclose(many.file) != 0) {
        perror(words[1]);
        return 1;
    }
    return 0;
}
