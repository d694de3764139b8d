/* SPDX-License-Identifier: MIT */
#include "http3.h"

#include "alloc.h"
#include "h3.h"
#include "judging.h"
#include "quic_streams.h"
#include "streams.h"

struct capan_http3 {
    struct capan_talks *talks;
    struct capan_http_parties parties;
    const struct capan_alloc *alloc;
    struct capan_quic *quic;
    struct capan_h3 *h3;
};

/* --- what HTTP/3 tells --- */

static void tell_head(void *context, const struct capan_part *part, const struct capan_http_head *head) {
    const struct capan_http3 *http3 = context;
    capan_streams_head(http3->talks, NULL, &http3->parties, part, head);
}

static void tell_unread(void *context, const struct capan_part *part, enum capan_http_framing why) {
    const struct capan_http3 *http3 = context;
    capan_streams_unread(http3->talks, NULL, &http3->parties, part, why);
    capan_judging_forget(http3->talks, CAPAN_FORGOT_UNREAD, true);
}

static void tell_body(void *context, const struct capan_part *part, struct capan_span octets, uint64_t missing) {
    const struct capan_http3 *http3 = context;
    capan_streams_body(http3->talks, &http3->parties, part, octets, missing);
}

static void tell_end(void *context, const struct capan_part *part, bool reset) {
    const struct capan_http3 *http3 = context;
    capan_streams_end(http3->talks, &http3->parties, part, reset);
}

/* One stream alone is lost: its exchange stays in flight. */
static void tell_lost(void *context, bool requests) {
    const struct capan_http3 *http3 = context;
    (void)requests;
    capan_judging_forget(http3->talks, CAPAN_FORGOT_UNREAD, true);
}

static const struct capan_parts_sink told = {tell_head, tell_unread, tell_body, tell_end, tell_lost};

/* --- what QUIC gives --- */

static void take_octets(struct capan_h3_stream *stream, const struct capan_quic_event *event) {
    if (event->octets.len) capan_h3_octets(stream, event->from_client, event->octets, event->at);
    if (event->missing) capan_h3_gap(stream, event->from_client, event->missing, event->at);
}

/* A stream is opened with its first event; without memory it is none. */
static void take(struct capan_http3 *http3, const struct capan_quic_event *event) {
    if (!*event->reader && event->what != CAPAN_QUIC_GONE) *event->reader = capan_h3_open(http3->h3, event->stream);
    struct capan_h3_stream *stream = *event->reader;
    if (!stream) return;
    switch (event->what) {
    case CAPAN_QUIC_OCTETS: take_octets(stream, event); break;
    case CAPAN_QUIC_END: capan_h3_end(stream, event->from_client, false, event->at); break;
    case CAPAN_QUIC_RESET: capan_h3_end(stream, event->from_client, true, event->at); break;
    case CAPAN_QUIC_GONE: capan_h3_close(stream); break;
    }
}

static void take_all(struct capan_http3 *http3) {
    struct capan_quic_event event;
    while (capan_quic_next(http3->quic, &event)) take(http3, &event);
}

void capan_http3_packet(struct capan_http3 *http3, bool from_client, struct capan_span plaintext, struct moment at) {
    capan_quic_packet(http3->quic, from_client, plaintext, at);
    take_all(http3);
}

/* --- the object --- */

struct capan_http3 *capan_http3_open(struct capan_talks *talks, const struct capan_http_parties *parties, uint64_t seed,
                                     const struct capan_alloc *alloc) {
    struct capan_http3 *http3 = capan_new(alloc, sizeof *http3);
    if (!http3) return NULL;
    *http3 = (struct capan_http3){.talks = talks, .parties = *parties, .alloc = alloc};
    http3->quic = capan_quic_new(seed, alloc);
    http3->h3 = capan_h3_new(alloc, talks->qpack, &told, http3);
    if (http3->quic && http3->h3) return http3;
    capan_http3_close(http3);
    return NULL;
}

void capan_http3_close(struct capan_http3 *http3) {
    if (http3->quic) {
        capan_quic_last(http3->quic);
        take_all(http3);
    }
    capan_quic_free(http3->quic);
    capan_h3_free(http3->h3);
    capan_delete(http3->alloc, http3, sizeof *http3);
}
