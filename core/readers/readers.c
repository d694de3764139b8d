/* SPDX-License-Identifier: MIT */
#include "capan/readers.h"

#include "alloc.h"
#include "capan/h2.h"

/* What all readers share. */
struct set {
    struct capan_readers readers; /* first: it is what the caller has */
    const struct capan_alloc *alloc;
    struct capan_tls_secrets *secrets;
};

/* One connection: HTTP/2 in clear, or TLS and what was found in it. */
struct reader {
    const struct set *set;
    struct capan_analysis *analysis;
    struct capan_tls *tls; /* NULL: in clear */
    struct capan_h2 *h2;   /* NULL: not HTTP/2, or not known yet */
    bool is_http1;
    enum capan_direction client; /* the direction that TLS's client sends */
    const struct capan_decoded *at;  /* of the octets in hand, and their direction */
    enum capan_direction direction;
};

/* --- HTTP/2 --- */

static void take_head(void *context, const struct capan_decoded *at, const struct capan_decoded_head *head) {
    capan_analysis_decoded_head(context, at, head);
}

static void take_body(void *context, const struct capan_decoded *at, bool request, struct capan_span octets,
                      uint64_t len) {
    capan_analysis_decoded_body(context, at, request, octets, len);
}

static void take_end(void *context, const struct capan_decoded *at, bool request, bool reset) {
    capan_analysis_decoded_end(context, at, request, reset);
}

static bool begin_h2(struct reader *reader) {
    const struct capan_h2_sink sink = {take_head, take_body, take_end, reader->analysis};
    reader->h2 = capan_h2_new(&sink, reader->set->alloc);
    return reader->h2;
}

/* False when it is lost: what is in flight ends so. */
static bool is_well(struct reader *reader, const struct capan_decoded *at) {
    if (!capan_h2_is_lost(reader->h2)) return true;
    capan_analysis_decoded_lost(reader->analysis, at);
    return false;
}

static bool read_h2(struct reader *reader, const struct capan_decoded *at, enum capan_direction direction,
                    struct capan_span octets) {
    capan_h2_read(reader->h2, at, direction, octets);
    return is_well(reader, at);
}

static bool skip_h2(struct reader *reader, const struct capan_decoded *at, enum capan_direction direction,
                    uint64_t len) {
    capan_h2_gap(reader->h2, at, direction, len);
    return is_well(reader, at);
}

/* --- TLS --- */

static enum capan_direction direction_of(const struct reader *reader, bool of_client) {
    return of_client == (reader->client == CAPAN_C2S) ? CAPAN_C2S : CAPAN_S2C;
}

/* HTTP/2 says so with its first octets, whoever speaks first (RFC 9113 3.4). */
static void on_data(void *context, bool of_client, struct capan_span octets) {
    struct reader *reader = context;
    if (!reader->h2 && !reader->is_http1)
        reader->is_http1 = capan_h2_begins(octets) != CAPAN_BEGINS || !begin_h2(reader);
    if (reader->is_http1) capan_analysis_decoded_octets(reader->analysis, reader->at, octets);
    else read_h2(reader, reader->at, direction_of(reader, of_client), octets);
}

static void on_lost(void *context, bool of_client, uint64_t len) {
    struct reader *reader = context;
    enum capan_direction direction = direction_of(reader, of_client);
    struct capan_decoded at = *reader->at;
    if (direction != reader->direction) at.from = reader->at->to, at.to = reader->at->from;
    if (reader->is_http1) capan_analysis_decoded_gap(reader->analysis, &at, len);
    else if (reader->h2) skip_h2(reader, &at, direction, len);
}

static bool begin_tls(struct reader *reader) {
    const struct capan_tls_sink sink = {on_data, on_lost, reader};
    reader->tls = capan_tls_new(reader->set->secrets, &sink);
    return reader->tls;
}

static bool is_open(const struct reader *reader) {
    return !capan_tls_is_closed(reader->tls) && !(reader->h2 && capan_h2_is_lost(reader->h2));
}

/* --- what the engine calls --- */

static enum capan_begins begins(void *context, struct capan_span first) {
    const struct set *set = context;
    enum capan_begins h2 = capan_h2_begins(first);
    return h2 == CAPAN_BEGINS_NOT && set->secrets ? capan_tls_begins(first) : h2;
}

static void close_reader(void *opened) {
    struct reader *reader = opened;
    capan_tls_free(reader->tls);
    capan_h2_free(reader->h2);
    capan_delete(reader->set->alloc, reader, sizeof *reader);
}

static void *open_reader(void *context, struct capan_analysis *analysis, enum capan_direction direction,
                         const struct capan_span *first) {
    const struct set *set = context;
    bool in_clear = !first || capan_h2_begins(*first) == CAPAN_BEGINS;
    struct reader *reader = capan_new(set->alloc, sizeof *reader);
    if (!reader) return NULL;
    reader->set = set;
    reader->analysis = analysis;
    reader->client = direction;
    if (in_clear ? begin_h2(reader) : begin_tls(reader)) return reader;
    close_reader(reader);
    return NULL;
}

static bool on_octets(void *opened, const struct capan_decoded *at, enum capan_direction direction,
                      struct capan_span octets) {
    struct reader *reader = opened;
    if (!reader->tls) return read_h2(reader, at, direction, octets);
    reader->at = at;
    reader->direction = direction;
    capan_tls_read(reader->tls, direction == reader->client, octets);
    return is_open(reader);
}

static bool on_gap(void *opened, const struct capan_decoded *at, enum capan_direction direction, uint64_t len) {
    struct reader *reader = opened;
    if (!reader->tls) return skip_h2(reader, at, direction, len);
    reader->at = at;
    reader->direction = direction;
    capan_tls_gap(reader->tls, direction == reader->client, len);
    return is_open(reader);
}

struct capan_readers *capan_readers_new(struct capan_tls_secrets *secrets, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct set *set = capan_new(alloc, sizeof *set);
    if (!set) return NULL;
    *set = (struct set){{begins, open_reader, close_reader, on_octets, on_gap, set}, alloc, secrets};
    return &set->readers;
}

void capan_readers_free(struct capan_readers *readers) {
    struct set *set = (struct set *)(void *)readers;
    if (set) capan_delete(set->alloc, set, sizeof *set);
}
