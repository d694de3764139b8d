/* SPDX-License-Identifier: MIT */
/* What is said on one TCP connection: its two octet streams put in order and led to the protocol that they speak. */
#ifndef TALK_H
#define TALK_H

#include "dialogue.h"
#include "reassembly.h"

/* Nothing is held until a segment carries data; nothing more once neither side speaks HTTP. */
struct capan_talk {
    struct capan_carrier carrier;
    struct capan_talk_streams *streams;
    struct capan_dialogue *plain; /* what the caller decrypted */
    uint64_t read;                /* octets before what is not read, once it is over */
    uint8_t speech;               /* enum capan_speech, likewise */
    bool given_up;
};

/* Nothing that is said any more will be heard. */
bool capan_talk_is_over(const struct capan_talk *);
/* What outlives the talk is given back: names of the carrier. */
void capan_talk_free(struct capan_talk *);

/* Octets of one direction that may wait for a hole to be filled. */
enum { CAPAN_TALK_WAITING_MAX = 1 << 20 };

/* What became readable, piece by piece: begun by the functions below, then next until it is false. Between two calls
 * the caller takes what ended (carrier.talks->ended), so that no more of it waits than one piece holds. */
struct capan_listening {
    struct capan_talk *talk;
    struct capan_reading reading;
    enum capan_direction direction; /* of the pieces */
    struct moment at;
    int64_t peer_acked; /* the segment's */
    bool rst;
    uint8_t step; /* what comes when no piece is left */
    enum capan_end how;
};
bool capan_listening_next(struct capan_listening *);

/* A segment is at hand: what it will be led to is brought near. */
void capan_talk_prefetch(const struct capan_talk *);

/* One segment's data, in the order of capture. CAPAN_NO_MEMORY: HTTP is given up on this connection. */
enum capan_result capan_talk_segment(struct capan_talk *, enum capan_direction, const struct capan_tcp_data *,
                                     struct moment at, struct capan_listening *);
/* No more will come: what waits is handed on, exchanges in flight end so. Everything is given back. */
void capan_talk_end(struct capan_talk *, enum capan_end, struct moment at, struct capan_listening *);

/* Octets that the caller decrypted, in order, each once. CAPAN_NO_MEMORY: they were not looked at. */
enum capan_result capan_talk_decrypted(struct capan_talk *, enum capan_direction, struct capan_span, struct moment at);

#endif
