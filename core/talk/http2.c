/* SPDX-License-Identifier: MIT */
/* HTTP/2 on one connection: by its prefaces (RFC 9113 3.3, 3.4), or by Upgrade (RFC 7540 3.2). */
#include "h2.h"

#include "alloc.h"
#include "judge.h"
#include "judging.h"
#include "protocol.h"
#include "streams.h"

struct http2 {
    const struct capan_medium *medium;
    struct capan_h2 *h2;
    struct capan_http_parties parties;
    enum capan_direction client; /* who asks */
};

static struct capan_talks *talks_of(const struct http2 *http2) {
    return http2->medium->carrier->talks;
}

/* What is seen for the first time later may have been in what was not read. */
static void forget(const struct http2 *http2) {
    capan_judging_forget(talks_of(http2), CAPAN_FORGOT_UNREAD, http2->medium->is_decrypted);
}

/* --- what is read --- */

static void tell_head(void *context, const struct capan_part *part, const struct capan_http_head *head) {
    const struct http2 *http2 = context;
    capan_streams_head(talks_of(http2), http2->medium->carrier, &http2->parties, part, head);
}

static void tell_unread(void *context, const struct capan_part *part, enum capan_http_framing why) {
    const struct http2 *http2 = context;
    capan_streams_unread(talks_of(http2), http2->medium->carrier, &http2->parties, part, why);
    forget(http2);
}

static void tell_body(void *context, const struct capan_part *part, struct capan_span octets, uint64_t missing) {
    const struct http2 *http2 = context;
    capan_streams_body(talks_of(http2), &http2->parties, part, octets, missing);
}

static void tell_end(void *context, const struct capan_part *part, bool reset) {
    const struct http2 *http2 = context;
    if (!reset) capan_medium_mark(http2->medium, part->last.frame, CAPAN_FLAG_LAST_OF_MESSAGE);
    capan_streams_end(talks_of(http2), &http2->parties, part, reset);
}

static void tell_lost(void *context, bool requests) {
    const struct http2 *http2 = context;
    if (!requests) http2->medium->carrier->streams.lost = true;
    forget(http2);
}

/* --- the row of the table --- */

static bool is_known(const struct capan_medium *medium) {
    return medium->carrier->talks->hpack != NULL;
}

static enum capan_begins begins(const struct capan_medium *medium, enum capan_direction direction,
                                struct capan_span first, enum capan_direction *client) {
    (void)medium;
    *client = direction;
    switch (capan_h2_look(first)) {
    case CAPAN_H2_CLIENT: return CAPAN_BEGINS;
    case CAPAN_H2_SERVER: *client = capan_other(direction); return CAPAN_BEGINS;
    case CAPAN_H2_UNDECIDED: return CAPAN_BEGINS_PERHAPS;
    case CAPAN_H2_OTHER: break;
    }
    return CAPAN_BEGINS_NOT;
}

static void close_http2(void *state) {
    struct http2 *http2 = state;
    capan_h2_free(http2->h2);
    capan_delete(talks_of(http2)->alloc, http2, sizeof *http2);
}

/* The request that asked for the upgrade is answered on stream 1 (RFC 7540 3.2). */
static void *open_http2(const struct capan_medium *medium, enum capan_direction client,
                        const struct capan_handover *handover) {
    static const struct capan_parts_sink told = {tell_head, tell_unread, tell_body, tell_end, tell_lost};
    const struct capan_talks *talks = medium->carrier->talks;
    struct http2 *http2 = capan_new(talks->alloc, sizeof *http2);
    if (!http2) return NULL;
    *http2 =
        (struct http2){.medium = medium, .client = client, .parties = capan_carrier_parties(medium->carrier, client)};
    http2->h2 = capan_h2_new(talks->alloc, talks->hpack, &told, http2);
    if (!http2->h2) {
        close_http2(http2);
        return NULL;
    }
    if (handover) capan_streams_adopt(medium->carrier, &http2->parties, 1, handover->judgement, &handover->request);
    return http2;
}

static void read_octets(void *state, enum capan_direction direction, struct capan_span octets, struct moment at) {
    struct http2 *http2 = state;
    capan_h2_octets(http2->h2, direction == http2->client, octets, at);
}

static void read_gap(void *state, enum capan_direction direction, uint64_t len, struct moment at) {
    struct http2 *http2 = state;
    capan_h2_gap(http2->h2, direction == http2->client, len, at);
}

/* Whoever asks may be done with that, and is answered still. */
static void end_http2(void *state, enum capan_direction direction, enum capan_end how, struct moment at) {
    const struct http2 *http2 = state;
    (void)at;
    if (how != CAPAN_ENDED_FIN || direction != http2->client) capan_streams_end_all(http2->medium->carrier, how);
}

static bool is_hopeless(const void *state) {
    return capan_h2_is_lost(((const struct http2 *)state)->h2);
}

static enum capan_speech speech(const void *state, uint64_t from[2]) {
    (void)state, (void)from;
    return CAPAN_SPEECH_HTTP;
}

const struct capan_protocol capan_protocol_http2 = {
    .is_known = is_known,
    .begins = begins,
    .upgrade = "h2c",
    .open = open_http2,
    .octets = read_octets,
    .gap = read_gap,
    .end = end_http2,
    .hopeless = is_hopeless,
    .speech = speech,
    .close = close_http2,
};
