/* SPDX-License-Identifier: MIT */
/* A web server's capture of any size, always the same: many connections at once, keep-alive, some pipelining, slow
 * start, an ACK for every second segment, a little loss that SACK and a fast retransmission repair, conditional
 * requests of which most are answered 304. Captured at the server: the round trip lies on the client's side. */
#include "wire.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECTIONS = 300, /* at once */
    SERVERS = 8,
    BODY_BLOCK = 1 << 17, /* bodies are cut from one random block */
    SPACING_US = 12,      /* a full segment at 1 Gbit/s */
    SHIFT = 7,
    WINDOW = 502,      /* scaled: 64256 octets */
    MOST_REQUESTS = 4, /* in one segment */
    REQUEST_ROOM = 512,
    RESPONSE_ROOM = 1024 /* a header section and chunk lines */
};
#define START_US INT64_C(1767225600000000)

struct settings {
    const char *path;
    uint64_t octets;
    uint32_t urls, clients, largest; /* largest: body in octets */
};

struct packet {
    int64_t time_us;
    uint32_t seq, ack;    /* relative */
    uint32_t sack[2];     /* relative; 0, 0 is none */
    uint32_t offset, len; /* in the sender's buffer */
    uint32_t number;      /* in the order of adding, which equal times keep */
    uint8_t flags;
    bool from_server;
};

struct connection {
    struct wire_end client, server;
    uint32_t client_number, isn[2], next[2]; /* [0] the client's */
    uint32_t mss, rtt_us, exchanges_left;
    uint16_t ip_id[2];
    bool timestamps, pipelines, closing;
    int64_t time_us;
    uint8_t request[MOST_REQUESTS * REQUEST_ROOM], *response;
    uint32_t request_len, response_len;
    struct packet *packets;
    size_t count, room, at;
};

struct web {
    struct settings settings;
    struct wire_random random;
    struct connection connections[CONNECTIONS];
    struct connection *heap[CONNECTIONS]; /* the one with the next packet on top */
    uint8_t *known;                       /* version of a URL that a client holds, by client and URL; 0 none */
    uint8_t *versions;                    /* of each URL */
    uint8_t block[BODY_BLOCK];
    uint16_t next_port;
};

static void *must(void *memory) {
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static bool chance(struct web *web, uint32_t percent_of_percent) {
    return wire_random_below(&web->random, 10000) < percent_of_percent;
}

static void add(struct connection *c, struct packet packet) {
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        c->packets = must(realloc(c->packets, c->room * sizeof *c->packets));
    }
    packet.number = (uint32_t)c->count;
    c->packets[c->count++] = packet;
}

static void add_bare(struct connection *c, bool from_server, uint8_t flags) {
    add(c, (struct packet){.time_us = c->time_us,
                           .seq = c->next[from_server],
                           .ack = c->next[!from_server],
                           .flags = flags,
                           .from_server = from_server});
}

static void open_connection(struct web *web, struct connection *c) {
    c->client_number = wire_random_below(&web->random, web->settings.clients);
    c->client = (struct wire_end){0x0a000000u + 256 + c->client_number, web->next_port};
    c->server = (struct wire_end){0xc6336401u + wire_random_below(&web->random, SERVERS), 80};
    web->next_port = web->next_port < 65535 ? (uint16_t)(web->next_port + 1) : 10000;
    c->isn[0] = (uint32_t)wire_random_next(&web->random);
    c->isn[1] = (uint32_t)wire_random_next(&web->random);
    c->timestamps = chance(web, 5000);
    c->pipelines = chance(web, 1000);
    c->closing = false;
    c->mss = c->timestamps ? 1448 : 1460;
    c->rtt_us = 2000 + wire_random_below(&web->random, 80000);
    c->exchanges_left = 5 + wire_random_below(&web->random, 60);
    c->next[0] = c->next[1] = 0;
    add_bare(c, false, WIRE_SYN);
    c->next[0] = 1;
    c->time_us += 30;
    add_bare(c, true, WIRE_SYN | WIRE_ACK);
    c->next[1] = 1;
    c->time_us += c->rtt_us;
    add_bare(c, false, WIRE_ACK);
    c->time_us += 200;
}

static void close_connection(struct connection *c) {
    c->closing = true;
    for (int side = 1; side >= 0; side--) {
        add_bare(c, side, WIRE_FIN | WIRE_ACK);
        c->next[side]++;
        c->time_us += side ? c->rtt_us : 30;
        add_bare(c, !side, WIRE_ACK);
        c->time_us += 100;
    }
}

/* The body of a version of a URL: its length, and where in the block it begins. Lengths are spread evenly by magnitude.
 */
static uint32_t body_of(const struct web *web, uint32_t url, uint8_t version, const uint8_t **at) {
    struct wire_random random = {(uint64_t)url << 8 | version};
    uint32_t magnitudes = 1;
    while (200u << magnitudes < web->settings.largest) {
        magnitudes++;
    }
    uint32_t floor_len = 200u << wire_random_below(&random, magnitudes);
    *at = web->block + wire_random_below(&random, BODY_BLOCK / 2);
    uint32_t len = floor_len + wire_random_below(&random, floor_len);
    return len < BODY_BLOCK / 2 ? len : BODY_BLOCK / 2;
}

static void put_text(uint8_t *buffer, uint32_t *len, const char *text, size_t text_len) {
    memcpy(buffer + *len, text, text_len);
    *len += (uint32_t)text_len;
}

static void put_request(struct connection *c, uint32_t url, uint8_t held) {
    char text[REQUEST_ROOM];
    int len = snprintf(text, sizeof text,
                       "GET /objects/%u HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: bench/1.0\r\n"
                       "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en\r\n",
                       (unsigned)url);
    if (held) {
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "If-None-Match: \"%x-%u\"\r\nIf-Modified-Since: Mon, 01 Dec 2025 08:%02u:00 GMT\r\n",
                        (unsigned)url * 2654435761u, held, held % 60u);
    }
    len += snprintf(text + len, sizeof text - (size_t)len, "\r\n");
    put_text(c->request, &c->request_len, text, (size_t)len);
}

static void put_chunks(struct connection *c, const uint8_t *body, uint32_t len) {
    for (uint32_t at = 0; at < len; at += 8192) {
        uint32_t size = len - at < 8192 ? len - at : 8192;
        char line[16];
        int line_len = snprintf(line, sizeof line, "%x\r\n", (unsigned)size);
        put_text(c->response, &c->response_len, line, (size_t)line_len);
        put_text(c->response, &c->response_len, (const char *)body + at, size);
        put_text(c->response, &c->response_len, "\r\n", 2);
    }
    put_text(c->response, &c->response_len, "0\r\n\r\n", 5);
}

static void put_response(struct web *web, struct connection *c, uint32_t url, bool not_modified) {
    uint8_t version = web->versions[url];
    const uint8_t *body;
    uint32_t body_len = body_of(web, url, version, &body);
    bool chunked = url % 7 == 0;
    int64_t second = (c->time_us - START_US) / 1000000;
    char text[RESPONSE_ROOM];
    int len =
        snprintf(text, sizeof text,
                 "HTTP/1.1 %s\r\nServer: bench\r\nDate: Thu, 01 Jan 2026 %02d:%02d:%02d GMT\r\n"
                 "Last-Modified: Mon, 01 Dec 2025 08:%02u:00 GMT\r\nETag: \"%x-%u\"\r\nCache-Control: max-age=60\r\n",
                 not_modified ? "304 Not Modified" : "200 OK", (int)(second / 3600 % 24), (int)(second / 60 % 60),
                 (int)(second % 60), version % 60u, (unsigned)url * 2654435761u, version);
    if (!not_modified && chunked) {
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n");
    } else if (!not_modified) {
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "Content-Type: application/octet-stream\r\nContent-Length: %u\r\n", (unsigned)body_len);
    }
    len += snprintf(text + len, sizeof text - (size_t)len, "\r\n");
    put_text(c->response, &c->response_len, text, (size_t)len);
    if (!not_modified && chunked) {
        put_chunks(c, body, body_len);
    } else if (!not_modified) {
        put_text(c->response, &c->response_len, (const char *)body, body_len);
    }
}

/* A URL that the client holds, or 0xffffffff. Looks at a few places only. */
static uint32_t held_url(struct web *web, const uint8_t *known) {
    uint32_t start = wire_random_below(&web->random, web->settings.urls);
    for (uint32_t n = 0; n < 4096 && n < web->settings.urls; n++) {
        uint32_t url = (start + n) % web->settings.urls;
        if (known[url]) {
            return url;
        }
    }
    return UINT32_MAX;
}

/* One request and its response in the buffers: three in ten ask for what the client holds, with its validators. */
static void converse(struct web *web, struct connection *c) {
    uint8_t *known = web->known + (size_t)c->client_number * web->settings.urls;
    uint32_t url = chance(web, 3300) ? held_url(web, known) : UINT32_MAX;
    bool revalidates = url != UINT32_MAX;
    if (!revalidates) {
        url = wire_random_below(&web->random, web->settings.urls);
    } else if (chance(web, 500)) {
        web->versions[url] = (uint8_t)(web->versions[url] % 250 + 1);
    }
    put_request(c, url, revalidates ? known[url] : 0);
    put_response(web, c, url, revalidates && known[url] == web->versions[url]);
    known[url] = web->versions[url];
}

static void add_data(struct connection *c, int64_t time_us, uint32_t offset, uint32_t base) {
    uint32_t left = c->response_len - offset, len = left < c->mss ? left : c->mss;
    add(c, (struct packet){.time_us = time_us,
                           .seq = base + offset,
                           .ack = c->next[0],
                           .offset = offset,
                           .len = len,
                           .flags = WIRE_ACK | (len == left ? WIRE_PSH : 0),
                           .from_server = true});
}

static void add_ack(struct connection *c, int64_t time_us, uint32_t ack, uint32_t sack_start, uint32_t sack_end) {
    add(c, (struct packet){
               .time_us = time_us, .seq = c->next[0], .ack = ack, .sack = {sack_start, sack_end}, .flags = WIRE_ACK});
}

/* The client's answers to a flight of count segments from offset, of which lost (count: none) never came. Returns when
 * the last one arrives. */
static int64_t answer_flight(struct connection *c, uint32_t offset, uint32_t count, uint32_t lost, uint32_t base) {
    int64_t sent = c->time_us, back = sent + c->rtt_us;
    uint32_t end = offset + count * c->mss < c->response_len ? offset + count * c->mss : c->response_len;
    for (uint32_t n = 1; n <= lost && n < count; n++) {
        if (n % 2 == 0) {
            add_ack(c, back + (n - 1) * SPACING_US, base + offset + n * c->mss, 0, 0);
        }
    }
    if (lost >= count) {
        add_ack(c, back + count * SPACING_US, base + end, 0, 0);
        return back + count * SPACING_US;
    }
    uint32_t hole = offset + lost * c->mss, above = base + hole + c->mss;
    if (lost % 2 == 1) {
        add_ack(c, back + lost * SPACING_US, base + hole, 0, 0);
    }
    for (uint32_t n = lost + 1; n < count; n++) {
        uint32_t sacked = base + offset + (n + 1) * c->mss;
        add_ack(c, back + (n + 1) * SPACING_US, base + hole, above, sacked < base + end ? sacked : base + end);
    }
    int64_t again = back + (lost + 4) * SPACING_US + 20;
    add_data(c, again, hole, base);
    add_ack(c, again + c->rtt_us + (count - lost) * SPACING_US, base + end, 0, 0);
    return again + c->rtt_us + (count - lost) * SPACING_US;
}

/* The response in flights that double; one segment in about 400 is lost, if three follow that report it. */
static void add_response(struct web *web, struct connection *c) {
    uint32_t window = 10, base = c->next[1];
    for (uint32_t offset = 0; offset < c->response_len;) {
        uint32_t left = (c->response_len - offset + c->mss - 1) / c->mss, count = left < window ? left : window;
        uint32_t lost = count > 4 && chance(web, 25 * count) ? wire_random_below(&web->random, count - 4) : count;
        for (uint32_t n = 0; n < count; n++) {
            add_data(c, c->time_us + n * SPACING_US, offset + n * c->mss, base);
        }
        c->time_us = answer_flight(c, offset, count, lost, base) + 15;
        window = lost < count ? window / 2 + 2 : window < 32 ? 2 * window : window;
        offset += count * c->mss;
    }
    c->next[1] += c->response_len;
}

static int by_time(const void *a, const void *b) {
    const struct packet *first = a, *second = b;
    if (first->time_us != second->time_us) {
        return first->time_us < second->time_us ? -1 : 1;
    }
    return first->number < second->number ? -1 : 1;
}

/* The connection's next packets: one exchange, or the end of this connection and the next one in its place. */
static void refill(struct web *web, struct connection *c) {
    c->count = c->at = 0;
    if (c->closing) {
        c->time_us += 1000 + wire_random_below(&web->random, 500000);
        open_connection(web, c);
        return;
    }
    if (c->exchanges_left == 0) {
        close_connection(c);
        return;
    }
    c->request_len = c->response_len = 0;
    uint32_t together = c->pipelines ? 2 + wire_random_below(&web->random, MOST_REQUESTS - 1) : 1;
    for (uint32_t n = 0; n < together && c->exchanges_left; n++, c->exchanges_left--) {
        converse(web, c);
    }
    add_bare(c, false, WIRE_PSH | WIRE_ACK);
    c->packets[0].len = c->request_len;
    c->next[0] += c->request_len;
    c->time_us += 100 + wire_random_below(&web->random, 3000);
    add_response(web, c);
    qsort(c->packets, c->count, sizeof *c->packets, by_time);
    c->time_us += 500 + wire_random_below(&web->random, 200000);
}

static void add_options(const struct connection *c, const struct packet *packet, struct wire_segment *segment) {
    if (packet->flags & WIRE_SYN) {
        wire_option_mss(segment, 1460);
        wire_option_sack_permitted(segment);
        wire_option_scale(segment, SHIFT);
    }
    if (c->timestamps) {
        uint32_t now = (uint32_t)(packet->time_us / 1000);
        wire_option_timestamps(segment, now, packet->flags & WIRE_ACK ? now - c->rtt_us / 1000 : 0);
    }
    if (packet->sack[1]) {
        wire_option_sack(segment, c->isn[1] + packet->sack[0], c->isn[1] + packet->sack[1]);
    }
}

static size_t write_packet(FILE *file, struct connection *c) {
    const struct packet *packet = &c->packets[c->at++];
    int side = packet->from_server;
    struct wire_segment segment = {
        .time_us = packet->time_us,
        .source = side ? c->server : c->client,
        .target = side ? c->client : c->server,
        .seq = c->isn[side] + packet->seq,
        .ack = packet->flags & WIRE_ACK ? c->isn[!side] + packet->ack : 0,
        .ip_id = c->ip_id[side]++,
        .window = packet->flags & WIRE_SYN ? 64240 : WINDOW,
        .flags = packet->flags,
        .payload = (side ? c->response : c->request) + packet->offset,
        .len = packet->len,
    };
    add_options(c, packet, &segment);
    return wire_write(file, &segment);
}

static int64_t next_time(const struct connection *c) {
    return c->packets[c->at].time_us;
}

/* The connection on top has a new time: down to its place. */
static void sift(struct web *web) {
    for (size_t at = 0, child; (child = 2 * at + 1) < CONNECTIONS; at = child) {
        if (child + 1 < CONNECTIONS && next_time(web->heap[child + 1]) < next_time(web->heap[child])) {
            child++;
        }
        if (next_time(web->heap[at]) <= next_time(web->heap[child])) {
            return;
        }
        struct connection *down = web->heap[at];
        web->heap[at] = web->heap[child];
        web->heap[child] = down;
    }
}

static void prepare(struct web *web) {
    web->random.state = 1;
    web->next_port = 10000;
    web->known = must(calloc(web->settings.clients, web->settings.urls));
    web->versions = must(malloc(web->settings.urls));
    memset(web->versions, 1, web->settings.urls);
    for (size_t n = 0; n < sizeof web->block; n++) {
        web->block[n] = (uint8_t)wire_random_next(&web->random);
    }
    for (size_t n = 0; n < CONNECTIONS; n++) {
        struct connection *c = web->heap[n] = &web->connections[n];
        c->response = must(malloc(MOST_REQUESTS * (size_t)(BODY_BLOCK / 2 + RESPONSE_ROOM)));
        c->time_us = START_US + (int64_t)n * 1700;
        open_connection(web, c);
    }
}

static bool read_settings(struct settings *settings, int count, char **words) {
    *settings = (struct settings){.urls = 2000, .clients = 500, .largest = 64 << 10};
    if (count != 3 && count != 6) {
        return false;
    }
    settings->path = words[1];
    settings->octets = strtoull(words[2], NULL, 10) * 1000000;
    if (count == 6) {
        settings->urls = (uint32_t)strtoul(words[3], NULL, 10);
        settings->clients = (uint32_t)strtoul(words[4], NULL, 10);
        settings->largest = (uint32_t)strtoul(words[5], NULL, 10);
    }
    return settings->octets && settings->urls && settings->clients && settings->largest;
}

int main(int count, char **words) {
    static struct web web;
    if (!read_settings(&web.settings, count, words)) {
        fputs("usage: make_web FILE MEGABYTES [URLS CLIENTS LARGEST-BODY]\n", stderr);
        return 2;
    }
    FILE *file = fopen(web.settings.path, "wb");
    if (!file) {
        perror(web.settings.path);
        return 1;
    }
    prepare(&web);
    for (uint64_t written = wire_begin(file); written < web.settings.octets && !ferror(file);) {
        struct connection *c = web.heap[0];
        written += write_packet(file, c);
        if (c->at == c->count) {
            refill(&web, c);
        }
        sift(&web);
    }
    if (fclose(file) != 0) {
        perror(web.settings.path);
        return 1;
    }
    return 0;
}
