/* SPDX-License-Identifier: MIT */
/* The streams of one QUIC connection, out of the plaintext of its packets: what they carry in order, each octet once,
 * and how they end (RFC 9000 2, 3). A packet is read in a loop:
 *
 *     capan_quic_packet(streams, from_client, plaintext, at);
 *     while (capan_quic_next(streams, &event)) ... */
#ifndef QUIC_STREAMS_H
#define QUIC_STREAMS_H

#include "frames.h"
#include "moment.h"

enum capan_quic_what {
    CAPAN_QUIC_OCTETS, /* octets, then so many that are missing */
    CAPAN_QUIC_END,    /* that direction is complete */
    CAPAN_QUIC_RESET,  /* it was given up by its sender */
    CAPAN_QUIC_GONE    /* nothing more comes of the stream: *reader is forgotten */
};

struct capan_quic_event {
    enum capan_quic_what what;
    int64_t stream;   /* its number (RFC 9000 2.1) */
    void **reader;    /* the caller's, for the stream; NULL at first. Valid until the next call */
    bool from_client; /* OCTETS, END, RESET: the direction */
    struct capan_span octets;
    uint64_t missing;
    struct moment at; /* when they became readable */
};

/* Streams are given up when there are too many, octets that wait for a hole to be filled when they are more than 1 MiB.
 */
struct capan_quic;

/* seed as in struct capan_config. NULL without memory. */
struct capan_quic *capan_quic_new(uint64_t seed, const struct capan_alloc *);
/* Readers are not looked at: capan_quic_last and its events come before. */
void capan_quic_free(struct capan_quic *);

/* The plaintext of one packet, which must stay until its last event. What cannot be read ends the packet. */
void capan_quic_packet(struct capan_quic *, bool from_client, struct capan_span plaintext, struct moment at);
/* No more packets will come: all streams go. */
void capan_quic_last(struct capan_quic *);
/* False: the packet is read. */
bool capan_quic_next(struct capan_quic *, struct capan_quic_event *);

#endif
