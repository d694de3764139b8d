/* SPDX-License-Identifier: MIT */
/* Octets with stand-ins. Contents': as long, and the same for the same, however they were cut. */
#ifndef CONTENT_H
#define CONTENT_H

#include "standins.h"

/* One direction of a connection: its octets, and which of them there are (1, else 0). */
struct capan_stream {
    uint8_t *octets, *there;
    size_t len;
};

/* Those in [from, end), of no protocol that is known: others stand for control octets and for all the rest. */
void capan_anonymise_octets(const struct capan_standins *, struct capan_stream *, size_t from, size_t end);

enum { CAPAN_FILLING_SPANS = 4096 };

/* The parts of one content that a stream holds, in order. Begun with count 0. */
struct capan_filling {
    struct {
        size_t from, len;
    } spans[CAPAN_FILLING_SPANS];
    size_t count;
};

/* Where there are more parts than are held, those so far are filled first. */
void capan_filling_add(struct capan_filling *, const struct capan_standins *, struct capan_stream *, size_t from,
                       size_t len);
/* Begins the next one. */
void capan_filling_end(struct capan_filling *, const struct capan_standins *, struct capan_stream *);

#endif
