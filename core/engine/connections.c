/* SPDX-License-Identifier: MIT */
#include "connections.h"

#include "alloc.h"
#include "doubt.h"
#include "pair.h"
#include "quoted.h"
#include "retiring.h"
#include "roles.h"
#include "statistics.h"

/* The order of use is kept to the second of the capture's clock: who was used so lately stays where it is. */
enum { TOUCH_NS = 1000000000 };

/* --- by endpoints --- */

/* What it rested among it leaves, unless it has closed. */
static bool wake(struct connections *connections, struct flow *flow) {
    if (!flow->resting) return true;
    if (!capan_reporting_wake(connections->reporting, flow)) return false;
    if (!flow->closed) capan_ages_renew(&connections->index.ages, &flow->in);
    return true;
}

/* The newest connection between two endpoints, from one of that hash on; it is awake. Without memory to wake it, it is
 * as if it were gone. */
static struct flow *among(struct connections *connections, struct capan_indexed *at, const struct capan_endpoint *a,
                          const struct capan_endpoint *b) {
    while (at && !(are_between(((struct flow *)at)->end, a, b) && wake(connections, (struct flow *)at)))
        at = capan_index_next(at);
    return (struct flow *)at;
}

static struct flow *newest_between(struct connections *connections, uint64_t hash, const struct capan_endpoint *a,
                                   const struct capan_endpoint *b) {
    return among(connections, capan_index_first(&connections->index, hash), a, b);
}

struct flow *capan_connections_between(struct connections *connections, const struct capan_endpoint *from,
                                       const struct capan_endpoint *to) {
    struct flow *flow = newest_between(connections, capan_pair_hash(connections->index.key, from, to), from, to);
    if (flow) capan_newborns_leave(&connections->newborns, flow);
    return flow;
}

/* --- coming and going --- */

static struct flow *new_flow(struct connections *connections, const struct capan_packet *packet,
                             const struct capan_endpoint ends[2], bool from_client, uint64_t hash, uint32_t stream,
                             bool named) {
    struct flow *flow = capan_new(&connections->memory->alloc, sizeof *flow);
    if (!flow) return NULL;
    flow->tcp = capan_tcp_new(&connections->memory->alloc, &connections->reporting->records);
    if (!flow->tcp) {
        capan_delete(&connections->memory->alloc, flow, sizeof *flow);
        return NULL;
    }
    if (connections->statistics) capan_tcp_count(flow->tcp);
    flow->end[CAPAN_C2S] = ends[!from_client];
    flow->end[CAPAN_S2C] = ends[from_client];
    flow->stream = stream;
    flow->named = named;
    flow->first_frame = packet->frame;
    flow->first_ns = packet->time_ns;
    flow->talk.given_up = connections->no_http;
    flow->talk.carrier = (struct capan_carrier){
        .talks = &connections->listener->talks, .tcp = flow->tcp, .ends = flow->end, .owner = flow, .stream = stream};
    capan_index_add(&connections->index, &flow->in, hash);
    connections->reporting->totals.connections++;
    return flow;
}

/* --- by segment --- */

static bool is_of_stream(const struct flow *flow, const struct lookup *lookup) {
    if (!flow->named && lookup->stream == CAPAN_STREAM_AUTO) return true;
    return flow->named && flow->stream == lookup->stream;
}

/* By its path, which its direction or else the other one had before. */
static bool is_on_path(const struct flow *flow, const struct lookup *lookup) {
    enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    if (!flow->path_known[direction]) direction = !direction;
    return flow->path_known[direction] && flow->path[direction] == lookup->packet->path && is_of_stream(flow, lookup);
}

/* On another path, because it is a copy of one that came another way; else by its numbers, as where the two directions
 * of a connection are in two VLANs, or a mirror's copies come long after their originals. A SYN on another path that is
 * no copy opens another connection. */
static bool fits(const struct flow *flow, const struct lookup *lookup) {
    enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    if (!is_of_stream(flow, lookup)) return false;
    if (capan_tcp_same_packet(flow->tcp, lookup->packet, lookup->header, direction)) return true;
    const bool opens = lookup->header->flags & CAPAN_TH_SYN && flow->path_known[direction];
    return !opens && capan_tcp_fits(flow->tcp, lookup->header, direction);
}

static struct flow *next_between(struct connections *connections, const struct lookup *lookup,
                                 const struct flow *after) {
    return among(connections, capan_index_next(&after->in), &lookup->end[0], &lookup->end[1]);
}

static struct flow *first_that(struct connections *connections, const struct lookup *lookup,
                               bool (*holds)(const struct flow *, const struct lookup *)) {
    struct flow *flow = lookup->last;
    while (flow && !holds(flow, lookup)) flow = next_between(connections, lookup, flow);
    return flow;
}

static void note_path(struct connections *connections, struct flow *flow, enum capan_direction direction,
                      const struct capan_packet *packet) {
    flow->path[direction] = packet->path;
    flow->path_known[direction] = true;
    flow->interface[direction] = capan_senders_interface(&connections->reporting->senders, packet->interface);
}

/* A path tells more than numbers do. */
static struct flow *find(struct connections *connections, struct lookup *lookup) {
    lookup->last = newest_between(connections, lookup->hash, &lookup->end[0], &lookup->end[1]);
    struct flow *flow = first_that(connections, lookup, is_on_path);
    if (!flow) flow = first_that(connections, lookup, fits);
    if (!flow) return NULL;
    enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    if (!flow->path_known[direction]) {
        note_path(connections, flow, direction, lookup->packet);
    }
    return flow;
}

/* The oldest of too many connections between the same endpoints. */
static void thin_out(struct connections *connections, const struct lookup *lookup) {
    struct flow *oldest = NULL;
    unsigned count = 0;
    for (struct flow *flow = lookup->last; flow; flow = next_between(connections, lookup, flow), count++) oldest = flow;
    if (count >= FLOWS_OF_A_PAIR) capan_connections_evict(connections, oldest);
}

/* The next number is given out. */
static void tell_stream(const struct connections *connections, uint32_t frame) {
    void *context = connections->reporting->sink.context;
    if (connections->stream) connections->stream(context, connections->next_stream, frame);
}

/* Wireshark's number for a connection that begins: it does not look at VLANs and tunnels, so that connections on other
 * paths between the same ports share one, nor at FIN and RST, so that those begun with the same ISN do. */
static uint32_t stream_number(struct connections *connections, const struct lookup *lookup) {
    const struct flow *last = lookup->last;
    uint32_t stream;
    if (lookup->stream != CAPAN_STREAM_AUTO) return lookup->stream;
    if (last && !capan_tcp_another_isn(last->tcp, lookup->header, flow_direction(last, &lookup->end[0])))
        return last->stream;
    if (!last && capan_quoted_take(&connections->quoted, lookup->end, lookup->hash, &stream)) return stream;
    tell_stream(connections, lookup->packet->frame);
    return connections->next_stream++;
}

static struct flow *begin(struct connections *connections, const struct lookup *lookup) {
    const bool from_client = capan_role_is_client(lookup->header);
    const uint32_t stream = stream_number(connections, lookup);
    struct flow *flow = new_flow(connections, lookup->packet, lookup->end, from_client, lookup->hash, stream,
                                 lookup->stream != CAPAN_STREAM_AUTO);
    if (!flow) return NULL;
    const enum capan_direction direction = from_client ? CAPAN_C2S : CAPAN_S2C;
    note_path(connections, flow, direction, lookup->packet);
    return flow;
}

/* On ports that an older connection had. Unless that one is over for certain, it is kept until more is known. */
static struct flow *begin_after(struct connections *connections, struct flow *old, const struct lookup *lookup) {
    const bool open =
        !capan_tcp_closed(old->tcp) && lookup->header->flags & CAPAN_TH_SYN && lookup->header->payload_len == 0;
    if (!open) {
        struct flow *flow = begin(connections, lookup);
        capan_connections_retire(connections, old, CAPAN_ENDED_CAPTURE);
        return flow;
    }
    capan_newborns_leave(&connections->newborns, old);
    struct flow *doubted = old->doubt ? old->doubt->begun : NULL;
    struct flow *flow = begin(connections, lookup); /* whose number may be the doubted one's */
    if (doubted) capan_connections_retire(connections, doubted, CAPAN_ENDED_CAPTURE);
    if (flow) capan_doubt_begin(&connections->memory->alloc, old, flow, lookup);
    if (flow && !flow->doubt) capan_connections_retire(connections, old, CAPAN_ENDED_CAPTURE);
    return flow;
}

/* The connection that a SYN seemed to begin was none. */
static void forget(struct connections *connections, struct flow *flow) {
    connections->reporting->totals.connections--;
    flow->unreported = true;
    capan_connections_retire(connections, flow, CAPAN_ENDED_CAPTURE);
}

/* Which one it is, of two that one SYN made; the other may go. */
static struct flow *settle(struct connections *connections, struct doubt *doubt, const struct lookup *lookup) {
    struct flow *old = doubt->old, *begun = doubt->begun;
    switch (capan_doubt_settle(doubt, lookup)) {
    case DOUBT_OLD: return old;
    case DOUBT_BEGUN: return begun;
    case DOUBT_TAKEN:
    case DOUBT_LEFT: capan_connections_retire(connections, old, CAPAN_ENDED_CAPTURE); return begun;
    case DOUBT_REFUSED:
        if (capan_doubt_give_back(doubt, &connections->reporting->records))
            forget(connections, begun);
        else
            capan_doubt_end(&connections->memory->alloc, doubt);
        return old;
    }
    return begun;
}

static struct flow *find_or_begin(struct connections *connections, struct lookup *lookup, bool *reused) {
    struct flow *flow = find(connections, lookup);
    if (flow && flow->doubt) {
        flow = settle(connections, flow->doubt, lookup);
        lookup->last = newest_between(connections, lookup->hash, &lookup->end[0], &lookup->end[1]);
    }
    if (!flow && lookup->last && lookup->last->named && lookup->last->stream != lookup->stream)
        flow = lookup->last;
    else if (flow && (lookup->stream != CAPAN_STREAM_AUTO ||
                      !capan_tcp_reused(flow->tcp, lookup->header, flow_direction(flow, &lookup->end[0]))))
        return flow;
    *reused = flow != NULL;
    if (flow) return begin_after(connections, flow, lookup);
    thin_out(connections, lookup);
    return begin(connections, lookup);
}

/* The connection of a segment that opens none, when it was met just now on the same path. */
static struct flow *hot_connection(struct connections *connections, const struct lookup *lookup) {
    struct flow *flow = *hot_slot(connections, lookup->end);
    if (!flow || flow->doubt || flow->resting || lookup->header->flags & CAPAN_TH_SYN ||
        !are_between(flow->end, &lookup->end[0], &lookup->end[1]))
        return NULL;
    if ((flow->named || lookup->stream != CAPAN_STREAM_AUTO) && !(flow->named && flow->stream == lookup->stream))
        return NULL;
    enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    return flow->path_known[direction] && flow->path[direction] == lookup->packet->path ? flow : NULL;
}

/* What a birth asks for anyway is done while the bucket comes from memory. */
static void prepare_birth(struct connections *connections, const struct lookup *lookup) {
    if ((lookup->header->flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) != CAPAN_TH_SYN) return;
    capan_index_bring_bucket(&connections->index, lookup->hash);
    capan_newborns_make_room(&connections->newborns);
}

struct flow *capan_connections_of(struct connections *connections, struct lookup *lookup, bool *reused) {
    *reused = false;
    struct flow *flow = hot_connection(connections, lookup);
    if (flow) return flow;
    lookup->hash = capan_pair_hash(connections->index.key, &lookup->end[0], &lookup->end[1]);
    prepare_birth(connections, lookup);
    flow = find_or_begin(connections, lookup, reused);
    if (flow) *hot_slot(connections, flow->end) = flow;
    return flow;
}

void capan_connections_quoted(struct connections *connections, const struct capan_endpoint *from,
                              const struct capan_endpoint *to, uint32_t frame) {
    const uint64_t hash = capan_pair_hash(connections->index.key, from, to);
    if (newest_between(connections, hash, from, to)) return;
    if (!capan_quoted_add(&connections->quoted, from, to, hash, connections->next_stream)) return;
    tell_stream(connections, frame);
    connections->next_stream++;
}

void capan_connections_used(struct connections *connections, struct flow *flow, int64_t now_ns) {
    if (flow->doubt) capan_doubt_note(flow->doubt, flow);
    const int64_t since = now_ns - flow->touched_ns;
    const bool closed = capan_tcp_closed(flow->tcp);
    if (closed && !flow->closed) capan_tcp_rest(flow->tcp);
    const bool closing = closed && flow->talk.streams;
    if (flow->closed != closed || since < 0 || since >= TOUCH_NS || closing) {
        struct capan_ages *ages = closing ? &connections->closing : &connections->closed;
        flow->closed = closed;
        flow->touched_ns = now_ns;
        capan_ages_renew(closed ? ages : &connections->index.ages, &flow->in);
        if (closed) capan_senders_note(&connections->reporting->senders, flow);
    }
    capan_connections_hold_budget(connections, flow);
}

/* --- the object --- */

void capan_connections_open(struct connections *connections, const struct capan_config *config,
                            const struct capan_counter *memory, struct listener *listener, struct intake *intake,
                            struct reporting *reporting) {
    connections->intake = intake;
    connections->memory = memory;
    connections->budget = config->memory / 2;
    connections->no_http = config->no_http;
    connections->stream = config->stream;
    connections->statistics = config->statistics;
    connections->listener = listener;
    connections->reporting = reporting;
    capan_index_init(&connections->index, config->seed, &memory->alloc);
    capan_ages_init(&connections->closing);
    capan_ages_init(&connections->closed);
    capan_newborns_open(&connections->newborns, reporting, &memory->alloc);
    capan_index_init(&connections->quoted, config->seed, &memory->alloc);
}

void capan_connections_close(struct connections *connections) {
    capan_newborns_close(&connections->newborns);
    capan_quoted_free(&connections->quoted);
    capan_index_free(&connections->index);
}
