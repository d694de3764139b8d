/* SPDX-License-Identifier: MIT */
/* What two sides say to each other in order, on a connection or inside of another protocol: which protocol it is
 * (protocol.h), and the octets led there. Behind CONNECT's tunnel, and behind Upgrade, it may be another one. */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "protocol.h"

/* So many octets of a direction are looked at to tell what it speaks. */
enum { CAPAN_FIRST_OCTETS = 24 };

/* One direction, until it is known what is spoken: its first octets, which HTTP/1 gets as well. */
struct capan_opening {
    uint64_t offset; /* of all octets so far, missing ones included */
    uint64_t begin;  /* where the conversation begins: behind CONNECT's tunnel another one does */
    bool missed;     /* its first octets are missing */
    uint8_t len;
    uint8_t octets[CAPAN_FIRST_OCTETS];
};

struct capan_dialogue {
    struct capan_medium medium;
    const struct capan_protocol *protocol;
    void *state;         /* the protocol's */
    bool settled;        /* the protocol is not looked for any more */
    bool told_by_server; /* the client, who decides, has said nothing yet */
    enum capan_direction client;
    struct capan_opening opening[2];
    struct capan_midway *midway; /* NULL: its first octets were no frame of HTTP/2 */
    struct capan_hello *hello;   /* NULL: none is being read */
};

/* The carrier must live as long as the dialogue. Opened in place it must stay there until it is closed. False, or NULL:
 * no memory. */
bool capan_dialogue_open(struct capan_dialogue *, const struct capan_medium *);
void capan_dialogue_close(struct capan_dialogue *);
struct capan_dialogue *capan_dialogue_new(const struct capan_medium *);
void capan_dialogue_free(struct capan_dialogue *);

/* As in protocol.h. */
void capan_dialogue_prefetch(const struct capan_dialogue *);
void capan_dialogue_octets(struct capan_dialogue *, enum capan_direction, struct capan_span, struct moment at);
void capan_dialogue_gap(struct capan_dialogue *, enum capan_direction, uint64_t len, struct moment at);
void capan_dialogue_acked(struct capan_dialogue *, enum capan_direction acked, uint64_t offset, uint32_t frame,
                          bool with_octets);
void capan_dialogue_end(struct capan_dialogue *, enum capan_direction, enum capan_end, struct moment at);
bool capan_dialogue_hopeless(const struct capan_dialogue *);
/* What is said, and behind which offsets that is not read. */
enum capan_speech capan_dialogue_speech(const struct capan_dialogue *, uint64_t from[2]);

#endif
