/* SPDX-License-Identifier: MIT */
#include "dialogue.h"

#include "alloc.h"
#include "bytes.h"

static enum capan_direction other(enum capan_direction direction) {
    return direction == CAPAN_C2S ? CAPAN_S2C : CAPAN_C2S;
}

/* --- what HTTP/2 tells --- */

static struct capan_decoded place_of(const struct dialogue *d, const struct capan_part *part) {
    enum capan_direction from = part->request ? d->client : other(d->client);
    return (struct capan_decoded){.stream = d->place.stream,
                                  .h2_stream = part->stream,
                                  .from = d->place.ends[from],
                                  .to = d->place.ends[other(from)],
                                  .frame = part->last.frame,
                                  .time_ns = part->last.ns,
                                  .first_frame = part->first.frame,
                                  .first_ns = part->first.ns,
                                  .wire_len = part->wire_len};
}

static void tell_head(void *context, const struct capan_part *part, const struct capan_http_head *head) {
    struct dialogue *d = context;
    struct capan_decoded at = place_of(d, part);
    capan_decoded_head(d->place.decoded, &at, head, d->place.streams);
}

static void tell_unread(void *context, const struct capan_part *part, enum capan_http_framing why) {
    struct dialogue *d = context;
    struct capan_decoded at = place_of(d, part);
    capan_decoded_unread(d->place.decoded, &at, part->request, why);
}

static void tell_body(void *context, const struct capan_part *part, struct capan_span octets, uint64_t missing) {
    struct dialogue *d = context;
    struct capan_decoded at = place_of(d, part);
    capan_decoded_body(d->place.decoded, &at, part->request, octets, missing);
}

static void tell_end(void *context, const struct capan_part *part, bool reset) {
    struct dialogue *d = context;
    struct capan_decoded at = place_of(d, part);
    const struct capan_exchanges_marks *marks = d->place.marks;
    if (!reset && marks) marks->mark(marks->context, part->last.frame, CAPAN_FLAG_LAST_OF_MESSAGE);
    capan_decoded_end(d->place.decoded, &at, part->request, reset);
}

static void tell_lost(void *context, bool requests) {
    struct dialogue *d = context;
    if (!requests) d->place.streams->gap = true;
}

/* --- what TLS hides --- */

static enum capan_direction direction_of(const struct dialogue *d, bool of_client) {
    return of_client ? d->client : other(d->client);
}

static bool open_inside(struct dialogue *d) {
    struct content_place place = d->place;
    place.marks = NULL;
    place.tls = NULL;
    if (!d->inside) d->inside = capan_dialogue_new(&place);
    return d->inside != NULL;
}

static void tell_data(void *context, bool of_client, struct capan_span octets) {
    struct dialogue *d = context;
    if (open_inside(d)) capan_dialogue_octets(d->inside, direction_of(d, of_client), octets, d->now);
}

static void tell_lost_data(void *context, bool of_client, uint64_t len) {
    struct dialogue *d = context;
    if (d->inside) capan_dialogue_gap(d->inside, direction_of(d, of_client), len, d->now);
}

/* --- HTTP/2 begins, or TLS --- */

static void read_other(struct dialogue *d, enum capan_direction direction, struct capan_span octets, struct moment at) {
    d->now = at;
    if (d->tls)
        d->place.tls->read(d->tls, direction == d->client, octets);
    else
        capan_h2_octets(d->h2, direction == d->client, octets, at);
}

static void skip_other(struct dialogue *d, enum capan_direction direction, uint64_t len, struct moment at) {
    d->now = at;
    if (d->tls)
        d->place.tls->gap(d->tls, direction == d->client, len);
    else
        capan_h2_gap(d->h2, direction == d->client, len, at);
}

static bool begin_tls(struct dialogue *d, enum capan_direction client) {
    const struct capan_tls_sink told = {tell_data, tell_lost_data, d};
    d->tls = d->place.tls->open(d->place.tls->context, &told);
    d->client = client;
    d->settled = true;
    return d->tls != NULL;
}

static bool begin_h2(struct dialogue *d, enum capan_direction client) {
    static const struct capan_parts_sink told = {tell_head, tell_unread, tell_body, tell_end, tell_lost};
    d->h2 = capan_h2_new(d->place.alloc, d->place.hpack, &told, d);
    d->client = client;
    d->settled = true;
    return d->h2 != NULL;
}

static void leave_h1(struct dialogue *d) {
    capan_exchanges_free(d->h1);
    d->h1 = NULL;
}

/* What a direction said before it was known what it is. More than is kept is lost. */
static void catch_up(struct dialogue *d, enum capan_direction direction, struct moment at) {
    const struct dialogue_way *way = &d->ways[direction];
    uint64_t len = way->offset > way->begin ? way->offset - way->begin : 0;
    if (way->missed || len > way->first_len)
        skip_other(d, direction, 0, at);
    else
        read_other(d, direction, (struct capan_span){way->first, (size_t)len}, at);
}

/* The octets in hand that are of the conversation. */
static struct capan_span of_conversation(const struct dialogue_way *way, struct capan_span octets) {
    uint64_t before = way->begin > way->offset ? way->begin - way->offset : 0;
    return span_cut(octets, (size_t)min_u64(before, octets.len), SIZE_MAX);
}

static enum capan_begins look_for_tls(const struct dialogue *d, struct capan_span first) {
    return d->place.tls ? d->place.tls->begins(d->place.tls->context, first) : CAPAN_BEGINS_NOT;
}

/* A direction's first octets show what is spoken. One whose first octets do not settles that it is HTTP/1. */
static bool begins_other(struct dialogue *d, enum capan_direction direction, struct capan_span octets) {
    struct dialogue_way *way = &d->ways[direction];
    struct capan_span fresh = span_cut(of_conversation(way, octets), 0, sizeof way->first - way->first_len);
    if (way->missed || !fresh.len) return false;
    memcpy(way->first + way->first_len, fresh.at, fresh.len);
    way->first_len = (uint8_t)(way->first_len + fresh.len);
    struct capan_span first = {way->first, way->first_len};
    enum capan_begins tls = look_for_tls(d, first);
    if (tls == CAPAN_BEGINS) return begin_tls(d, direction);
    enum capan_h2_look h2 = d->place.hpack ? capan_h2_look(first) : CAPAN_H2_OTHER;
    d->settled = h2 == CAPAN_H2_OTHER && tls == CAPAN_BEGINS_NOT;
    if (h2 == CAPAN_H2_OTHER || h2 == CAPAN_H2_UNDECIDED) return false;
    return begin_h2(d, h2 == CAPAN_H2_CLIENT ? direction : other(direction));
}

static void enter_other(struct dialogue *d, enum capan_direction direction, struct capan_span octets,
                        struct moment at) {
    leave_h1(d);
    catch_up(d, other(direction), at);
    catch_up(d, direction, at);
    read_other(d, direction, of_conversation(&d->ways[direction], octets), at);
}

/* Behind CONNECT's tunnel all is open again. */
static void tunnel(void *context, enum capan_direction client, uint64_t client_at, uint64_t server_at) {
    struct dialogue *d = context;
    d->ways[client].begin = client_at;
    d->ways[other(client)].begin = server_at;
    for (int i = 0; i < 2; i++) {
        d->ways[i].first_len = 0;
        d->ways[i].missed = d->ways[i].offset > d->ways[i].begin;
    }
    d->settled = !d->place.hpack && !d->place.tls;
}

/* --- Upgrade --- */

static void upgrade(void *context, const struct capan_h2c *h2c) {
    struct dialogue *d = context;
    struct capan_part part = {.stream = 1, .request = true};
    d->h2_at[h2c->client] = h2c->client_at;
    d->h2_at[other(h2c->client)] = h2c->server_at;
    if (!begin_h2(d, h2c->client)) {
        capan_judgement_free(d->place.judge, h2c->judgement);
        return;
    }
    struct capan_decoded at = place_of(d, &part);
    capan_decoded_adopt(d->place.decoded, &at, h2c->judgement, h2c->request, d->place.streams);
}

/* The octets behind the 101. What the client said in HTTP/2 before that could be read is lost. */
static void follow_upgrade(struct dialogue *d, enum capan_direction direction, struct capan_span octets,
                           struct moment at) {
    enum capan_direction peer = other(direction);
    leave_h1(d);
    if (d->ways[peer].offset > d->h2_at[peer]) skip_other(d, peer, 0, at);
    size_t of_h1 = (size_t)(d->h2_at[direction] - d->ways[direction].offset);
    read_other(d, direction, span_cut(octets, of_h1, SIZE_MAX), at);
}

/* --- the dialogue --- */

static bool open_h1(struct dialogue *d) {
    const struct content_place *place = &d->place;
    d->h1 = capan_exchanges_new(place->alloc, place->judge, place->stream, place->ends, place->sink);
    if (!d->h1) return false;
    if (place->marks) capan_exchanges_watch(d->h1, place->marks);
    capan_exchanges_watch_turns(d->h1, &(struct capan_exchanges_turns){place->hpack ? upgrade : NULL, tunnel, d});
    d->settled = !place->hpack && !place->tls;
    return true;
}

bool capan_dialogue_open(struct dialogue *d, const struct content_place *place) {
    *d = (struct dialogue){.place = *place};
    return open_h1(d);
}

struct dialogue *capan_dialogue_new(const struct content_place *place) {
    struct dialogue *d = capan_new(place->alloc, sizeof *d);
    if (!d || capan_dialogue_open(d, place)) return d;
    capan_delete(place->alloc, d, sizeof *d);
    return NULL;
}

void capan_dialogue_close(struct dialogue *d) {
    capan_exchanges_free(d->h1);
    capan_h2_free(d->h2);
    if (d->tls) d->place.tls->close(d->tls);
    capan_dialogue_free(d->inside);
}

void capan_dialogue_free(struct dialogue *d) {
    if (!d) return;
    capan_dialogue_close(d);
    capan_delete(d->place.alloc, d, sizeof *d);
}

void capan_dialogue_expect(const struct dialogue *d) {
    if (d->h1) capan_exchanges_expect(d->h1);
}

void capan_dialogue_octets(struct dialogue *d, enum capan_direction direction, struct capan_span octets,
                           struct moment at) {
    if (!d->h1) {
        read_other(d, direction, octets, at);
    } else if (!d->settled && begins_other(d, direction, octets)) {
        enter_other(d, direction, octets, at);
    } else {
        capan_exchanges_octets(d->h1, direction, octets, at);
        if (d->h2) follow_upgrade(d, direction, octets, at);
    }
    d->ways[direction].offset += octets.len;
}

void capan_dialogue_gap(struct dialogue *d, enum capan_direction direction, uint64_t len, struct moment at) {
    struct dialogue_way *way = &d->ways[direction];
    way->missed |= way->first_len < sizeof way->first;
    way->offset += len;
    if (d->h1)
        capan_exchanges_gap(d->h1, direction, len, at);
    else
        skip_other(d, direction, len, at);
}

void capan_dialogue_acked(struct dialogue *d, enum capan_direction acked, uint64_t offset, uint32_t frame,
                          bool with_octets) {
    if (d->h1) capan_exchanges_acked(d->h1, acked, offset, frame, with_octets);
}

void capan_dialogue_end(struct dialogue *d, enum capan_direction direction, enum capan_end how, struct moment at) {
    if (d->h1)
        capan_exchanges_end(d->h1, direction, how, at);
    else if (d->inside)
        capan_dialogue_end(d->inside, direction, how, at);
    else if (d->h2 && (how != CAPAN_ENDED_FIN || direction != d->client))
        capan_decoded_close(d->place.decoded, d->place.streams, how);
}

bool capan_dialogue_hopeless(const struct dialogue *d) {
    if (d->h1) return capan_exchanges_hopeless(d->h1);
    return d->tls ? d->place.tls->is_closed(d->tls) : capan_h2_is_lost(d->h2);
}
