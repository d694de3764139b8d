/* SPDX-License-Identifier: MIT */
#include "dialogue.h"

#include "alloc.h"
#include "bytes.h"
#include "hello.h"
#include "judging.h"
#include "midway.h"
#include "signature.h"

/* --- what its first octets tell --- */

/* The octets in hand that are of the conversation. */
static struct capan_span of_conversation(const struct capan_opening *opening, struct capan_span octets) {
    uint64_t before = opening->begin > opening->offset ? opening->begin - opening->offset : 0;
    return span_cut(octets, (size_t)min_u64(before, octets.len), SIZE_MAX);
}

/* Takes note of a direction's first octets. True: some are new. */
static bool keep_first(struct capan_dialogue *d, enum capan_direction direction, struct capan_span octets) {
    struct capan_opening *opening = &d->opening[direction];
    struct capan_span fresh = span_cut(of_conversation(opening, octets), 0, sizeof opening->octets - opening->len);
    if (opening->missed || !fresh.len) return false;
    memcpy(opening->octets + opening->len, fresh.at, fresh.len);
    opening->len = (uint8_t)(opening->len + fresh.len);
    return true;
}

static struct capan_span first_of(const struct capan_opening *opening) {
    return (struct capan_span){opening->octets, opening->len};
}

/* A direction's first octets show what is spoken. One whose first octets do not settles that it goes on as before.
 * NULL: it does so for now. */
static const struct capan_protocol *look(struct capan_dialogue *d, enum capan_direction direction,
                                         enum capan_direction *client) {
    bool perhaps;
    const struct capan_protocol *protocol =
        capan_protocol_of_octets(&d->medium, direction, first_of(&d->opening[direction]), client, &perhaps);
    d->settled = protocol || !perhaps;
    return protocol;
}

/* Frames of HTTP/2 on their way begin with the length's upper octet, which is 0 unless larger ones were agreed on. */
static void look_for_frames(struct capan_dialogue *d, enum capan_direction direction) {
    const struct capan_opening *opening = &d->opening[direction];
    if (!d->midway && opening->len && opening->octets[0] == 0)
        d->midway = capan_new(d->medium.carrier->talks->alloc, sizeof *d->midway);
}

/* A ClientHello says in clear who is asked, whether the rest can be read or not. Octets that come with it may be the
 * first of it, or its middle, and those before them were kept. */
static void look_for_hello(struct capan_dialogue *d, enum capan_direction direction, size_t before) {
    struct capan_carrier *carrier = d->medium.carrier;
    const struct capan_alloc *alloc = carrier->talks->alloc;
    const struct capan_span first = first_of(&d->opening[direction]);
    if (d->hello || d->medium.is_decrypted || carrier->names || capan_hello_begins(first) != CAPAN_BEGINS) return;
    carrier->names = capan_new(alloc, sizeof *carrier->names);
    d->hello = carrier->names ? capan_new(alloc, sizeof *d->hello) : NULL;
    if (!d->hello) return;
    d->hello->direction = (uint8_t)direction;
    capan_hello_octets(d->hello, alloc, span_cut(first, 0, before), carrier->names);
}

static void end_hello(struct capan_dialogue *d) {
    const struct capan_carrier *carrier = d->medium.carrier;
    if (!d->hello) return;
    capan_hello_end(d->hello, carrier->talks->alloc, carrier->names);
    capan_delete(carrier->talks->alloc, d->hello, sizeof *d->hello);
    d->hello = NULL;
}

static void read_hello(struct capan_dialogue *d, struct capan_span octets) {
    const struct capan_carrier *carrier = d->medium.carrier;
    capan_hello_octets(d->hello, carrier->talks->alloc, octets, carrier->names);
    if (d->hello->ended) end_hello(d);
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
    const struct capan_protocol *protocol = look(d, direction, &client);
    if (d->told_by_server)
        protocol = heed_client(d, protocol);
    else if (protocol && client != direction && !d->opening[client].offset)
        d->told_by_server = true, d->client = client;
    if (!protocol) return false;
    if (d->protocol != &capan_protocol_http1) d->protocol->end(d->state, direction, CAPAN_ENDED_CAPTURE, at);
    if (!enter(d, protocol, client, NULL)) return false;
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

/* The octets in hand that are behind the 101. What was said in the new protocol before that could be read is lost. */
static void follow_upgrade(struct capan_dialogue *d, const struct capan_handover *handover,
                           enum capan_direction direction, struct capan_span octets, struct moment at) {
    enum capan_direction peer = capan_other(direction);
    const uint64_t from = d->opening[direction].offset, begin = handover->at[direction];
    if (d->opening[peer].offset > handover->at[peer]) d->protocol->gap(d->state, peer, 0, at);
    if (from > begin) d->protocol->gap(d->state, direction, 0, at);
    d->protocol->octets(d->state, direction, span_cut(octets, from < begin ? (size_t)(begin - from) : 0, SIZE_MAX), at);
}

/* What came last may make way for another protocol; the octets in hand are read on in it. False: it did not. */
static bool give_over(struct capan_dialogue *d, enum capan_direction direction, struct capan_span octets,
                      struct moment at) {
    struct capan_handover handover;
    if (!d->protocol->hands_over || !d->protocol->hands_over(d->state, &handover)) return false;
    if (!handover.to)
        begin_inside(d, &handover);
    else if (enter(d, handover.to, handover.client, &handover))
        follow_upgrade(d, &handover, direction, octets, at);
    else
        capan_judging_drop(d->medium.carrier->talks, handover.judgement);
    return true;
}

/* --- the dialogue --- */

bool capan_dialogue_open(struct capan_dialogue *d, const struct capan_medium *medium) {
    *d = (struct capan_dialogue){.medium = *medium, .protocol = &capan_protocol_http1};
    d->state = d->protocol->open(&d->medium, CAPAN_C2S, NULL);
    return d->state != NULL;
}

void capan_dialogue_close(struct capan_dialogue *d) {
    end_hello(d);
    capan_delete(d->medium.carrier->talks->alloc, d->midway, sizeof *d->midway);
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
    const size_t before = d->opening[direction].len;
    const bool fresh = before < CAPAN_FIRST_OCTETS && keep_first(d, direction, octets);
    if (fresh) look_for_frames(d, direction);
    if (fresh) look_for_hello(d, direction, before);
    if (d->midway) capan_midway_octets(&d->midway->side[direction], octets);
    if (d->hello && d->hello->direction == direction) read_hello(d, of_conversation(&d->opening[direction], octets));
    if (d->settled || !fresh || !begins_another(d, direction, octets, at)) {
        d->protocol->octets(d->state, direction, octets, at);
        give_over(d, direction, octets, at);
    }
    d->opening[direction].offset += octets.len;
}

void capan_dialogue_gap(struct capan_dialogue *d, enum capan_direction direction, uint64_t len, struct moment at) {
    struct capan_opening *opening = &d->opening[direction];
    opening->missed |= opening->len < sizeof opening->octets;
    opening->offset += len;
    if (d->midway) capan_midway_gap(&d->midway->side[direction], len);
    if (d->hello && d->hello->direction == direction) end_hello(d);
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
    if (give_over(d, direction, (struct capan_span){0}, at)) d->protocol->end(d->state, direction, how, at);
}

bool capan_dialogue_hopeless(const struct capan_dialogue *d) {
    return d->protocol->hopeless(d->state);
}

/* Behind a tunnel another conversation begins, which the capture has from its beginning. */
static bool has_begun_here(const struct capan_dialogue *d) {
    const struct capan_tcp *tcp = d->medium.carrier->tcp;
    return d->medium.is_decrypted || d->opening[0].begin || (tcp && capan_tcp_began(tcp));
}

enum capan_speech capan_dialogue_speech(const struct capan_dialogue *d, uint64_t from[2]) {
    struct capan_span first[2];
    enum capan_speech speech = d->protocol->speech(d->state, from);
    if (speech != CAPAN_SPEECH_NONE) return speech;
    for (int i = 0; i < 2; i++) {
        from[i] = d->opening[i].begin;
        first[i] = d->opening[i].missed ? (struct capan_span){0} : first_of(&d->opening[i]);
    }
    const bool began = has_begun_here(d);
    if (!began && d->midway && capan_midway_tells(d->midway)) return CAPAN_SPEECH_HTTP2_MIDWAY;
    return capan_signature(first, began);
}
