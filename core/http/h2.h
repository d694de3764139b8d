/* SPDX-License-Identifier: MIT */
/* HTTP/2 on one connection (RFC 9113): the octets of both directions taken apart into frames, field sections read, and
 * the heads, contents and ends of messages told. Octets come in order, split anywhere, with holes. Behind a hole inside
 * a frame's payload the next frame is found; behind another one nothing is. The table of HPACK is lost with any field
 * section that is: which fields later ones of that direction have is unknown then, though where they are is not. */
#ifndef H2_H
#define H2_H

#include "moment.h"
#include "parts.h"

#define CAPAN_H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" /* RFC 9113 3.4 */
enum { CAPAN_H2_PREFACE_LEN = sizeof CAPAN_H2_PREFACE - 1 };

/* What a direction's first octets are. So many tell for sure. */
enum capan_h2_look { CAPAN_H2_OTHER, CAPAN_H2_UNDECIDED, CAPAN_H2_CLIENT, CAPAN_H2_SERVER };
enum { CAPAN_H2_LOOK_LEN = CAPAN_H2_PREFACE_LEN };
enum capan_h2_look capan_h2_look(struct capan_span first);

struct capan_h2;

/* The sink must live as long as the object. NULL without memory. */
struct capan_h2 *capan_h2_new(const struct capan_alloc *, const struct capan_hpack *, const struct capan_parts_sink *,
                              void *context);
void capan_h2_free(struct capan_h2 *);

/* Octets of a direction: the client's begin with its preface. */
void capan_h2_octets(struct capan_h2 *, bool from_client, struct capan_span, struct moment at);
/* len octets of it are missing; 0: it is not known how many. */
void capan_h2_gap(struct capan_h2 *, bool from_client, uint64_t len, struct moment at);
/* Nothing of either direction can be read any more. */
bool capan_h2_is_lost(const struct capan_h2 *);

#endif
