/* SPDX-License-Identifier: MIT */
/* What the telling of a story knows as it goes along, shared by those who tell its parts. */
#ifndef TELLING_H
#define TELLING_H

#include "gathered.h"

enum { CAPAN_PARTS_SHOWN = 8, CAPAN_CHANGES_KEPT = 16 };

/* The segments that brought a message so far. */
struct capan_parts {
    uint32_t frame[CAPAN_PARTS_SHOWN], len[CAPAN_PARTS_SHOWN];
    size_t count;
    uint64_t sum;
};

/* What is known of a connection at this point. */
struct capan_thread {
    const struct capan_connection *connection;
    bool begun, ended;
    uint8_t client_state, server_state;
    uint32_t window[2];                           /* last offered by each direction's sender */
    int64_t ack[2];                               /* last acknowledged */
    int64_t last_ns;                              /* of its last segment */
    struct capan_exchange **first, **next, **end; /* its exchanges in order; those before next are over */
    struct capan_parts parts[2];
    int64_t last_response_ns;                             /* -1: none yet */
    const struct capan_step *changes[CAPAN_CHANGES_KEPT]; /* the segments that changed a state */
    size_t change_count;                                  /* all of them, kept or not */
};

struct capan_telling {
    struct capan_story *story;
    struct capan_thread *threads; /* one per connection, in the order of streams */
    size_t open;                  /* connections that are told of right now */
    uint64_t flags_told;          /* tcp.flags whose meaning was given before */
};

/* A segment's numbers, verdict, flags and states. */
void capan_tell_segment(struct capan_telling *, struct capan_thread *, const struct capan_step *);
/* The request or response that it completes, or how far that is. */
void capan_tell_messages(struct capan_out *, struct capan_thread *, const struct capan_step *);
/* The states of both ends as a ladder, as RFC 9293 3.5 draws them. */
void capan_tell_ladder(struct capan_out *, const struct capan_thread *);
/* What follows from all exchanges together: pages, and what can be asked for conditionally next time. */
void capan_tell_exchanges(struct capan_story *);

#endif
