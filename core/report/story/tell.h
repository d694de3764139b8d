/* SPDX-License-Identifier: MIT */
/* What a story holds, and how it is told. */
#ifndef TELL_H
#define TELL_H

#include "alloc.h"
#include "capan/report.h"
#include "text.h"
#include "words.h"

/* How a frame's octets divide. */
struct capan_layers {
    uint32_t frame_len, link, ip, tcp, payload, padding;
};

/* A segment with what its callback alone knew. */
struct capan_step {
    struct capan_segment segment;
    struct capan_endpoint client, server;
    size_t acks_at;
    uint32_t acks_count;
};

struct capan_story {
    struct capan_out out;
    struct capan_text text;
    struct capan_counter memory; /* what exchanges take */
    uint32_t frame;              /* tell this one with its whole proof; 0: tell all */
    int64_t origin_ns;
    bool cut;                      /* too long: the rest was not kept */
    uint64_t packets, layers_from; /* seen so far; the serial of the first whose layers are kept */
    struct capan_layers *layers;   /* in the order of serials */
    struct capan_step *steps;
    uint32_t *acks;
    struct capan_exchange **exchanges; /* copies, of memory */
    struct capan_connection *connections;
    size_t layers_count, layers_capacity, steps_count, steps_capacity, acks_count, acks_capacity;
    size_t exchanges_count, exchanges_capacity, connections_count, connections_capacity;
};

/* All of it, frame by frame. */
void capan_tell(struct capan_story *, const struct capan_source *);
/* The one frame that is asked for: every number its verdicts rest on. */
void capan_prove(struct capan_story *);

static inline bool capan_story_within(const struct capan_http_extent *extent, uint32_t frame) {
    return extent->first_frame && frame >= extent->first_frame && frame <= extent->last_frame;
}

/* The first step of a frame, or NULL. */
const struct capan_step *capan_story_step(const struct capan_story *, uint32_t frame);
/* "1474 = 14 link + 20 IP + 20 TCP + 1420 payload", and padding where there is some; nothing when not known. */
void capan_tell_layers(struct capan_out *, const struct capan_story *, const struct capan_segment *);

#endif
