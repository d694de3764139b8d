/* SPDX-License-Identifier: MIT */
/* Which request a response answers. In HTTP/1 that is a matter of order (RFC 9112 9.3.2), and where the capture has
 * holes, of what each side had of the other's octets when it spoke; in HTTP/2 and 3 the stream's number tells. Nothing
 * is read or judged here: offsets and frames in, the pair out. Offsets count a direction's octets from 0, missing ones
 * included. */
#ifndef PAIRING_H
#define PAIRING_H

#include "capan/base.h"

/* --- what is known of one direction's octets --- */

/* With that frame the peer said, along with octets of its own, that it has everything before offset. */
struct capan_acknowledged {
    uint64_t offset;
    uint32_t frame;
};
enum { CAPAN_ACKNOWLEDGED_KEPT = 4 };

/* All zero: nothing yet. */
struct capan_heard {
    uint64_t acked;         /* the peer has its octets before this offset */
    uint64_t acked_kept;    /* the offset last put into the history */
    uint32_t history_count; /* the latest is at this number less one, modulo how many are kept */
    struct capan_acknowledged history[CAPAN_ACKNOWLEDGED_KEPT];
    uint64_t gap_at; /* the first octet that is missing since the last head */
    bool has_gap;
    bool acks_seen;
    bool lost;      /* heads may be missing since the last one that was read */
    bool lost_head; /* one is missing for sure */
};

/* The peer acknowledges the octets before offset with that frame; with_octets: it sends some of its own along. */
void capan_heard_acked(struct capan_heard *, uint64_t offset, uint32_t frame, bool with_octets);
/* Octets are missing from this offset on; heads may be, or one is for sure; a head was read. */
void capan_heard_gap(struct capan_heard *, uint64_t offset);
void capan_heard_lost(struct capan_heard *, bool at_head);
void capan_heard_head(struct capan_heard *);

/* What the peer had when it sent that frame; 0 not known. Octets that waited behind a hole are read later than they
 * were sent. */
uint64_t capan_heard_with(const struct capan_heard *, uint32_t frame);
/* The peer had octets that the capture lacks, where those before offset were read. Those that it never acknowledged
 * were lost on the way, as far as can be seen. */
bool capan_heard_lacks(const struct capan_heard *, uint64_t offset);

/* --- HTTP/1: by order --- */

/* One exchange that waits for its response, or a response that waits for its request, in order. */
struct capan_pair {
    struct capan_pair *next;
    uint64_t request_start;
    uint64_t asked_at; /* octets of the answering direction that were there before the request */
    uint64_t known_to; /* early: octets of the asking direction that the server had */
    bool after_loss;   /* requests before it may be missing */
    bool is_answered;  /* its response has begun */
    bool is_early;     /* a response whose request could not be read yet */
};

/* A response that begins. */
struct capan_response_begins {
    uint64_t start;
    uint64_t known_to; /* octets of the asking direction that the server had; 0 not known */
    uint64_t read_to;  /* octets of the asking direction that were read */
    bool lost;         /* responses before it may be missing */
    bool lost_head;    /* one is for sure */
};

enum capan_pairing {
    CAPAN_PAIRS,          /* it answers pair; those before have no response */
    CAPAN_PAIRS_UNREAD,   /* pair and those before have no response; its own request was not read */
    CAPAN_PAIRS_WITH_NONE /* no request waits */
};

/* first is the first of those that wait, NULL none. *pair is set but for WITH_NONE. */
enum capan_pairing capan_pair_response(struct capan_pair *first, const struct capan_response_begins *,
                                       struct capan_pair **pair);

/* The server had octets that we have not read: its response may wait for their request. */
static inline bool capan_pair_is_early(const struct capan_response_begins *response) {
    return response->known_to > response->read_to;
}
/* A request that begins at that offset, and all later ones, cannot be that of the early response. */
static inline bool capan_pair_is_orphan(const struct capan_pair *early, uint64_t request_start) {
    return early->known_to <= request_start;
}

/* --- HTTP/2 and 3: by stream --- */

/* The highest stream of a request so far, of those with even and those with odd numbers (RFC 9113 5.1.1). */
struct capan_streams_asked {
    int64_t highest[2];
};

enum capan_stream_part {
    CAPAN_STREAM_BEGINS,  /* an exchange */
    CAPAN_STREAM_GOES_ON, /* the exchange in flight */
    CAPAN_STREAM_IS_OVER, /* the exchange was over before: not wanted */
    CAPAN_STREAM_REPEATED /* a second request, which a stream cannot have: not wanted */
};

/* A head on that stream. asked may be NULL: then no stream is known to be over. */
enum capan_stream_part capan_pair_stream(const struct capan_streams_asked *asked, int64_t stream, bool request,
                                         bool in_flight);
void capan_stream_asked(struct capan_streams_asked *, int64_t stream);

#endif
