/* SPDX-License-Identifier: MIT */
/* TLS on one connection, and what is said inside: it begins with a ClientHello, also inside of CONNECT's tunnel. */
#include "alloc.h"
#include "dialogue.h"
#include "hello.h"
#include "judge.h"
#include "judging.h"
#include "protocol.h"

struct session {
    const struct capan_medium *medium;
    void *tls;
    struct capan_dialogue *inside; /* NULL: nothing was read of it yet */
    enum capan_direction client;   /* who begins */
    struct moment now;             /* of the octets in hand */
};

static const struct capan_tls_opener *opener_of(const struct capan_medium *medium) {
    return medium->carrier->talks->tls;
}

/* --- what comes out --- */

static enum capan_direction direction_of(const struct session *session, bool of_client) {
    return of_client ? session->client : capan_other(session->client);
}

static void tell_data(void *context, bool of_client, struct capan_span octets) {
    struct session *session = context;
    if (!session->inside)
        session->inside = capan_dialogue_new(&(struct capan_medium){session->medium->carrier, .is_decrypted = true});
    if (session->inside) capan_dialogue_octets(session->inside, direction_of(session, of_client), octets, session->now);
}

static void tell_lost(void *context, bool of_client, uint64_t len) {
    const struct session *session = context;
    if (!len) capan_judging_forget(session->medium->carrier->talks, CAPAN_FORGOT_UNREAD, true);
    if (session->inside) capan_dialogue_gap(session->inside, direction_of(session, of_client), len, session->now);
}

/* --- the row of the table --- */

static bool is_known(const struct capan_medium *medium) {
    const struct capan_tls_opener *opener = opener_of(medium);
    return opener && !medium->is_decrypted && opener->is_ready(opener->context);
}

static enum capan_begins begins(const struct capan_medium *medium, enum capan_direction direction,
                                struct capan_span first, enum capan_direction *client) {
    (void)medium;
    *client = direction;
    return capan_hello_begins(first);
}

static void close_tls(void *state) {
    struct session *session = state;
    if (session->tls) opener_of(session->medium)->close(session->tls);
    capan_dialogue_free(session->inside);
    capan_delete(session->medium->carrier->talks->alloc, session, sizeof *session);
}

static void *open_tls(const struct capan_medium *medium, enum capan_direction client,
                      const struct capan_handover *handover) {
    struct session *session = capan_new(medium->carrier->talks->alloc, sizeof *session);
    (void)handover;
    if (!session) return NULL;
    session->medium = medium;
    session->client = client;
    const struct capan_tls_sink told = {tell_data, tell_lost, session};
    session->tls = opener_of(medium)->open(opener_of(medium)->context, &told);
    if (session->tls) return session;
    close_tls(session);
    return NULL;
}

static void read_octets(void *state, enum capan_direction direction, struct capan_span octets, struct moment at) {
    struct session *session = state;
    session->now = at;
    opener_of(session->medium)->read(session->tls, direction == session->client, octets);
}

static void read_gap(void *state, enum capan_direction direction, uint64_t len, struct moment at) {
    struct session *session = state;
    session->now = at;
    opener_of(session->medium)->gap(session->tls, direction == session->client, len);
}

static void end_tls(void *state, enum capan_direction direction, enum capan_end how, struct moment at) {
    const struct session *session = state;
    if (session->inside) capan_dialogue_end(session->inside, direction, how, at);
}

static bool is_hopeless(const void *state) {
    const struct session *session = state;
    return opener_of(session->medium)->is_closed(session->tls);
}

static enum capan_speech speech(const void *state, uint64_t from[2]) {
    const struct session *session = state;
    (void)from;
    return session->inside ? capan_dialogue_speech(session->inside, (uint64_t[2]){0}) : CAPAN_SPEECH_TLS;
}

const struct capan_protocol capan_protocol_tls = {
    .is_known = is_known,
    .begins = begins,
    .open = open_tls,
    .octets = read_octets,
    .gap = read_gap,
    .end = end_tls,
    .hopeless = is_hopeless,
    .speech = speech,
    .close = close_tls,
};
