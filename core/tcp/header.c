/* SPDX-License-Identifier: MIT */
#include "header.h"

#include <string.h>

#include "bytes.h"

enum {
    SHORTEST = 20, /* octets of a header without options (RFC 9293 3.1) */
    ENOUGH = 14,   /* octets up to and including the flags */
    WINDOW_SCALE_MAX = 14,
    END_OF_OPTIONS = 0,
    NO_OPERATION = 1,
    SACK = 5,
    TIMESTAMP = 8,
    TIMESTAMPS = 12, /* octets of options, padded */
    ONE_SACK = 10,   /* with one block */
    FAST_OPEN_EXPERIMENT = 0xf989
};

static void read_mss(struct capan_tcp_header *header, struct capan_span value) {
    header->has_mss = true;
    header->mss = read_be16(value.at);
}

static void read_window_scale(struct capan_tcp_header *header, struct capan_span value) {
    header->has_window_scale = true;
    header->window_scale = value.at[0] < WINDOW_SCALE_MAX ? value.at[0] : WINDOW_SCALE_MAX;
}

static void read_sack_permitted(struct capan_tcp_header *header, struct capan_span value) {
    (void)value;
    header->sack_permitted = true;
}

static void read_sack(struct capan_tcp_header *header, struct capan_span value) {
    for (size_t at = 0; at + 8 <= value.len && header->sack_count < CAPAN_SACK_MAX; at += 8) {
        header->sack[header->sack_count].left = read_be32(value.at + at);
        header->sack[header->sack_count++].right = read_be32(value.at + at + 4);
    }
}

static void read_timestamps(struct capan_tcp_header *header, struct capan_span value) {
    header->has_timestamps = true;
    header->ts_val = read_be32(value.at);
    header->has_ts_ecr = value.len >= 8;
    if (header->has_ts_ecr) header->ts_ecr = read_be32(value.at + 4);
}

/* A cookie of another length is ignored, not an error (RFC 7413 4.1.1). */
static void read_fast_open(struct capan_tcp_header *header, struct capan_span cookie) {
    if (cookie.len != 0 && (cookie.len < 4 || cookie.len > 16 || cookie.len % 2 != 0)) return;
    header->has_fast_open = true;
    header->fast_open_len = (uint8_t)cookie.len;
}

static void read_experiment(struct capan_tcp_header *header, struct capan_span value) {
    if (value.len >= 2 && read_be16(value.at) == FAST_OPEN_EXPERIMENT)
        read_fast_open(header, span_cut(value, 2, SIZE_MAX));
}

/* The most frequent options first. A value has shortest + n * step octets, at most longest; what only a SYN may carry
 * means nothing elsewhere. */
static const struct option {
    uint8_t kind, shortest, longest, step;
    bool syn_only;
    void (*read)(struct capan_tcp_header *, struct capan_span value);
    const char *source;
} options[] = {
    {TIMESTAMP, 8, 8, 1, false, read_timestamps, "RFC 7323 3.2"},
    {SACK, 8, 32, 8, false, read_sack, "RFC 2018 3"},
    {2, 2, 2, 1, true, read_mss, "RFC 9293 3.2"},
    {3, 1, 1, 1, true, read_window_scale, "RFC 7323 2.2"},
    {4, 0, 0, 1, true, read_sack_permitted, "RFC 2018 2"},
    {34, 0, 38, 1, true, read_fast_open, "RFC 7413 4.1.1"},
    {254, 0, 38, 1, true, read_experiment, "RFC 7413 A.1, RFC 6994 3"},
};

static const struct option *find_option(uint8_t kind) {
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].kind == kind) return &options[i];
    return NULL;
}

static void read_option(struct capan_tcp_header *header, uint8_t kind, struct capan_span value) {
    const struct option *option = find_option(kind);
    if (!option) return;
    if (value.len < option->shortest || value.len > option->longest ||
        (value.len - option->shortest) % option->step != 0) {
        header->malformed = true;
        return;
    }
    if (option->syn_only && !(header->flags & CAPAN_TH_SYN)) return;
    option->read(header, value);
}

/* What is there of an option that the capture cut: whole SACK blocks, the first timestamp. */
static void read_cut_option(struct capan_tcp_header *header, uint8_t kind, struct capan_span value) {
    if (kind == SACK) read_sack(header, value);
    if (kind == TIMESTAMP && value.len >= 4) read_timestamps(header, value);
}

/* What begins at octet at of the options lies beyond what was captured. Behind the handshake only SACK blocks take so
 * much room, but for timestamps (RFC 7323 3.2, RFC 2018 3). */
static void guess_sack(struct capan_tcp_header *header, struct capan_span octets, size_t space, size_t at) {
    const bool known = at + 1 < octets.len, sack = known && octets.at[at] == SACK;
    const size_t used = known ? at + octets.at[at + 1] : at <= 2 ? TIMESTAMPS : at;
    const bool room = used < space && space - used >= ONE_SACK;
    header->sack_cut = !(header->flags & CAPAN_TH_SYN) && header->sack_count == 0 && (sack || room);
}

/* space: octets the options have by the data offset; octets: those captured. */
static void read_options(struct capan_tcp_header *header, struct capan_span octets, size_t space) {
    size_t at = 0;
    while (at < octets.len && octets.at[at] != END_OF_OPTIONS) {
        if (octets.at[at] == NO_OPERATION) {
            at++;
            continue;
        }
        if (at + 1 >= octets.len) {
            header->malformed |= at + 1 >= space;
            break;
        }
        size_t len = octets.at[at + 1];
        if (len < 2 || len > space - at) {
            header->malformed = true;
            return;
        }
        if (len > octets.len - at) {
            read_cut_option(header, octets.at[at], span_cut(octets, at + 2, SIZE_MAX));
            break;
        }
        read_option(header, octets.at[at], span_cut(octets, at + 2, len - 2));
        at += len;
    }
    if (octets.len < space) guess_sack(header, octets, space, at);
}

bool capan_tcp_header_parse(struct capan_tcp_header *header, const struct capan_packet *packet) {
    const struct capan_span octets = packet->octets;
    memset(header, 0, sizeof *header);
    if (octets.len < ENOUGH) return false;
    header->src_port = read_be16(octets.at);
    header->dst_port = read_be16(octets.at + 2);
    header->seq = read_be32(octets.at + 4);
    header->ack = read_be32(octets.at + 8);
    header->header_len = (uint8_t)(octets.at[12] >> 4 << 2);
    header->flags = octets.at[13];
    header->accurate_ecn = octets.at[12] & 1;
    if (octets.len >= 16) header->window = read_be16(octets.at + 14);
    if (octets.len >= SHORTEST) header->urgent = read_be16(octets.at + 18);
    if (header->header_len < SHORTEST || header->header_len > packet->wire_len) {
        header->malformed = true;
        return true;
    }
    header->options_cut = octets.len < header->header_len;
    read_options(header, span_cut(octets, SHORTEST, header->header_len - SHORTEST), header->header_len - SHORTEST);
    header->payload_len = packet->wire_len - header->header_len;
    header->payload = span_cut(octets, header->header_len, header->payload_len);
    return true;
}
