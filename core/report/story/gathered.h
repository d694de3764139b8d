/* SPDX-License-Identifier: MIT */
/* What was gathered of a capture to tell it as a story. */
#ifndef GATHERED_H
#define GATHERED_H

#include "alloc.h"
#include "capan/report.h"
#include "text.h"
#include "unread.h"
#include "words.h"

/* How a frame's octets divide. */
struct capan_layers {
    uint32_t frame_len, link, pppoe, ip, tcp, payload, padding; /* link: without what is PPPoE's */
};

/* A segment with what its callback alone knew. */
struct capan_step {
    struct capan_segment segment;
    struct capan_endpoint client, server;
    size_t acks_at;
    uint32_t acks_count;
};

/* A SACK block as on the wire. */
struct capan_sack {
    uint64_t serial; /* of its segment */
    uint32_t left, right;
};

/* What has its own part of the memory: none of them takes it from the others. Pages are with connections. */
enum capan_gathered {
    CAPAN_GATHERED_SEGMENTS,
    CAPAN_GATHERED_EXCHANGES,
    CAPAN_GATHERED_CONNECTIONS,
    CAPAN_GATHERED_COUNT
};

struct capan_story {
    struct capan_out out;
    struct capan_text text;
    struct capan_counter memory[CAPAN_GATHERED_COUNT]; /* on libc's */
    uint64_t most;                                     /* octets of each */
    uint32_t frame;                                    /* tell this one with its whole proof; 0: tell all */
    int64_t origin_ns;
    enum capan_result kept;        /* CAPAN_END: too long, the rest was not kept; CAPAN_NO_MEMORY likewise */
    uint64_t packets, layers_from; /* seen so far; the serial of the first whose layers are kept */
    struct capan_layers *layers;   /* in the order of serials */
    struct capan_step *steps;
    uint32_t *acks;
    struct capan_sack *sacks;
    bool drawn;                        /* SACK blocks are kept, for charts */
    struct capan_exchange **exchanges; /* copies */
    struct capan_connection *connections;
    struct capan_page *pages; /* without what they borrow */
    struct capan_sealed sealed;
    size_t layers_count, layers_capacity, steps_count, steps_capacity, acks_count, acks_capacity, sacks_count,
        sacks_capacity;
    size_t exchanges_count, exchanges_capacity, connections_count, connections_capacity, pages_count, pages_capacity;
};

static inline bool capan_story_within(const struct capan_http_extent *extent, uint32_t frame) {
    return extent->first_frame && frame >= extent->first_frame && frame <= extent->last_frame;
}

#endif
