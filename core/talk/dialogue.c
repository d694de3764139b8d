/* SPDX-License-Identifier: MIT */
#include "dialogue.h"

#include "alloc.h"
#include "bytes.h"

/* --- what its first octets tell --- */

/* The octets in hand that are of the conversation. */
static struct capan_span of_conversation(const struct capan_opening *opening, struct capan_span octets) {
    uint64_t before = opening->begin > opening->offset ? opening->begin - opening->offset : 0;
    return span_cut(octets, (size_t)min_u64(before, octets.len), SIZE_MAX);
}

/* A direction's first octets show what is spoken. One whose first octets do not settles that it goes on as before.
 * NULL: it does so for now. */
static const struct capan_protocol *look(struct capan_dialogue *d, enum capan_direction direction,
                                         struct capan_span octets, enum capan_direction *client) {
    struct capan_opening *opening = &d->opening[direction];
    struct capan_span fresh = span_cut(of_conversation(opening, octets), 0, sizeof opening->octets - opening->len);
    bool perhaps;
    if (opening->missed || !fresh.len) return NULL;
    memcpy(opening->octets + opening->len, fresh.at, fresh.len);
    opening->len = (uint8_t)(opening->len + fresh.len);
    const struct capan_protocol *protocol = capan_protocol_of_octets(
        &d->medium, direction, (struct capan_span){opening->octets, opening->len}, client, &perhaps);
    d->settled = protocol || !perhaps;
    return protocol;
}

/* --- from one protocol to another --- */

/* False without memory: it goes on as before. */
static bool enter(struct capan_dialogue *d, const struct capan_protocol *protocol, enum capan_direction client,
                  const struct capan_handover *handover) {
    void *state = protocol->open(&d->medium, client, handover);
    d->settled = true;
    if (!state) return false;
    d->protocol->close(d->state);
    d->protocol = protocol;
    d->state = state;
    return true;
}

/* What a direction said before it was known what it is. More than is kept is lost. */
static void catch_up(struct capan_dialogue *d, enum capan_direction direction, struct moment at) {
    const struct capan_opening *opening = &d->opening[direction];
    uint64_t len = opening->offset > opening->begin ? opening->offset - opening->begin : 0;
    if (opening->missed || len > opening->len)
        d->protocol->gap(d->state, direction, 0, at);
    else
        d->protocol->octets(d->state, direction, (struct capan_span){opening->octets, (size_t)len}, at);
}

/* A client that says something else than what its server began with is right: HTTP/2 begins with the client's preface
 * (RFC 9113 3.4). */
static const struct capan_protocol *heed_client(struct capan_dialogue *d, const struct capan_protocol *protocol) {
    if (!d->settled) return NULL;
    d->told_by_server = false;
    if (protocol == d->protocol) return NULL;
    return protocol ? protocol : &capan_protocol_http1;
}

/* True: the octets in hand show another protocol, and were read in it. */
static bool begins_another(struct capan_dialogue *d, enum capan_direction direction, struct capan_span octets,
                           struct moment at) {
    enum capan_direction client = direction;
    if (d->told_by_server && direction != d->client) return false;
    const struct capan_protocol *protocol = look(d, direction, octets, &client);
    if (d->told_by_server)
        protocol = heed_client(d, protocol);
    else if (protocol && client != direction && !d->opening[client].offset)
        d->told_by_server = true, d->client = client;
    if (!protocol || !enter(d, protocol, client, NULL)) return false;
    d->settled = !d->told_by_server;
    catch_up(d, capan_other(direction), at);
    catch_up(d, direction, at);
    d->protocol->octets(d->state, direction, of_conversation(&d->opening[direction], octets), at);
    return true;
}

/* Behind CONNECT's tunnel all is open again. */
static void begin_inside(struct capan_dialogue *d, const struct capan_handover *handover) {
    for (int i = 0; i < 2; i++) {
        struct capan_opening *opening = &d->opening[i];
        opening->begin = handover->at[i];
        opening->len = 0;
        opening->missed = opening->offset > opening->begin;
    }
    d->settled = false;
}

/* The octets in hand that are behind the 101. What the client said in the new protocol before that could be read is
 * lost. */
static void follow_upgrade(struct capan_dialogue *d, const struct capan_handover *handover,
                           enum capan_direction direction, struct capan_span octets, struct moment at) {
    enum capan_direction peer = capan_other(direction);
    if (d->opening[peer].offset > handover->at[peer]) d->protocol->gap(d->state, peer, 0, at);
    size_t before = (size_t)(handover->at[direction] - d->opening[direction].offset);
    d->protocol->octets(d->state, direction, span_cut(octets, before, SIZE_MAX), at);
}

/* What came last may make way for another protocol; the octets in hand are read on in it. */
static void give_over(struct capan_dialogue *d, enum capan_direction direction, struct capan_span octets,
                      struct moment at) {
    struct capan_handover handover;
    if (!d->protocol->hands_over || !d->protocol->hands_over(d->state, &handover)) return;
    if (!handover.to)
        begin_inside(d, &handover);
    else if (enter(d, handover.to, handover.client, &handover))
        follow_upgrade(d, &handover, direction, octets, at);
    else
        capan_judgement_free(d->medium.carrier->talks->judge, handover.judgement);
}

/* --- the dialogue --- */

bool capan_dialogue_open(struct capan_dialogue *d, const struct capan_medium *medium) {
    *d = (struct capan_dialogue){.medium = *medium, .protocol = &capan_protocol_http1};
    d->state = d->protocol->open(&d->medium, CAPAN_C2S, NULL);
    return d->state != NULL;
}

void capan_dialogue_close(struct capan_dialogue *d) {
    d->protocol->close(d->state);
}

struct capan_dialogue *capan_dialogue_new(const struct capan_medium *medium) {
    const struct capan_alloc *alloc = medium->carrier->talks->alloc;
    struct capan_dialogue *d = capan_new(alloc, sizeof *d);
    if (!d || capan_dialogue_open(d, medium)) return d;
    capan_delete(alloc, d, sizeof *d);
    return NULL;
}

void capan_dialogue_free(struct capan_dialogue *d) {
    if (!d) return;
    capan_dialogue_close(d);
    capan_delete(d->medium.carrier->talks->alloc, d, sizeof *d);
}

void capan_dialogue_prefetch(const struct capan_dialogue *d) {
    if (d->protocol->prefetch) d->protocol->prefetch(d->state);
}

void capan_dialogue_octets(struct capan_dialogue *d, enum capan_direction direction, struct capan_span octets,
                           struct moment at) {
    if (d->settled || !begins_another(d, direction, octets, at)) {
        d->protocol->octets(d->state, direction, octets, at);
        give_over(d, direction, octets, at);
    }
    d->opening[direction].offset += octets.len;
}

void capan_dialogue_gap(struct capan_dialogue *d, enum capan_direction direction, uint64_t len, struct moment at) {
    struct capan_opening *opening = &d->opening[direction];
    opening->missed |= opening->len < sizeof opening->octets;
    opening->offset += len;
    d->protocol->gap(d->state, direction, len, at);
    give_over(d, direction, (struct capan_span){0}, at);
}

void capan_dialogue_acked(struct capan_dialogue *d, enum capan_direction acked, uint64_t offset, uint32_t frame,
                          bool with_octets) {
    if (d->protocol->acked) d->protocol->acked(d->state, acked, offset, frame, with_octets);
}

void capan_dialogue_end(struct capan_dialogue *d, enum capan_direction direction, enum capan_end how,
                        struct moment at) {
    d->protocol->end(d->state, direction, how, at);
    give_over(d, direction, (struct capan_span){0}, at);
}

bool capan_dialogue_hopeless(const struct capan_dialogue *d) {
    return d->protocol->hopeless(d->state);
}
