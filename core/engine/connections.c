/* SPDX-License-Identifier: MIT */
#include "connections.h"

#include <stdlib.h>

#include "alloc.h"
#include "roles.h"

/* How long a closed connection is kept for segments that come late: twice the MSL (RFC 9293 3.4.2). */
static const int64_t LINGER_NS = INT64_C(240) * 1000000000;

static struct flow **hot_place(struct connections *connections, const struct capan_endpoint ends[2]) {
    return &connections->hot[(unsigned)(ends[0].port ^ ends[1].port) % HOT_FLOWS];
}

/* Takes a connection out: nothing more belongs to it. It leaves when its segments are reported. */
static void retire(struct connections *connections, struct flow *flow, enum capan_end how) {
    capan_talks_end(connections->talks, flow, how);
    capan_tcp_finish(flow->tcp);
    table_remove(&connections->table, flow);
    *hot_place(connections, flow->end) = NULL;
    capan_reporting_retire(connections->reporting, flow);
}

/* Its segments are reported at once, so that its memory comes back now. */
static void evict(struct connections *connections, struct flow *flow) {
    if (!capan_tcp_closed(flow->tcp)) {
        flow->evicted = true;
        connections->reporting->totals.evicted_connections++;
    }
    uint64_t last_serial = flow->last_serial;
    bool waits = flow->pending > 0;
    retire(connections, flow, CAPAN_ENDED_EVICTED);
    if (waits) capan_reporting_up_to(connections->reporting, last_serial);
}

/* Retires connections that closed long ago; beyond the budget those that closed at all, then those
 * used least recently. */
static void hold_budget(struct connections *connections, const struct flow *current) {
    struct table *table = &connections->table;
    while (table->closed.oldest && current->last_ns - table->closed.oldest->last_ns > LINGER_NS)
        retire(connections, table->closed.oldest, CAPAN_ENDED_CAPTURE);
    while (connections->memory->held > connections->budget) {
        struct flow *least =
            table->closed.oldest && table->closed.oldest != current ? table->closed.oldest : table->open.oldest;
        if (!least || least == current) return;
        evict(connections, least);
    }
}

static struct flow *new_flow(struct connections *connections, const struct capan_packet *packet,
                             const struct capan_endpoint ends[2], bool from_client, uint64_t hash, uint32_t stream,
                             bool named) {
    struct flow *flow = capan_new(&connections->memory->alloc, sizeof *flow);
    if (!flow) return NULL;
    flow->tcp = capan_tcp_new(&connections->memory->alloc, &connections->reporting->records);
    flow->end[CAPAN_C2S] = ends[!from_client];
    flow->end[CAPAN_S2C] = ends[from_client];
    flow->hash = hash;
    flow->stream = stream;
    flow->named = named;
    flow->first_frame = packet->frame;
    flow->first_ns = packet->time_ns;
    flow->content.given_up = connections->no_http;
    if (flow->tcp && table_add(&connections->table, flow) == CAPAN_OK) {
        connections->reporting->totals.connections++;
        return flow;
    }
    if (flow->tcp) capan_tcp_free(flow->tcp);
    capan_delete(&connections->memory->alloc, flow, sizeof *flow);
    return NULL;
}

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
 * of a connection are in two VLANs. */
static bool fits(const struct flow *flow, const struct lookup *lookup) {
    enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    if (!is_of_stream(flow, lookup)) return false;
    if (capan_tcp_same_packet(flow->tcp, lookup->packet, lookup->header, direction)) return true;
    return !flow->path_known[direction] && capan_tcp_fits(flow->tcp, lookup->header, direction);
}

static struct flow *next_between(const struct connections *connections, const struct lookup *lookup,
                                 const struct flow *after) {
    return table_next(&connections->table, lookup->hash, &lookup->end[0], &lookup->end[1], after);
}

static struct flow *first_that(const struct connections *connections, const struct lookup *lookup,
                               bool (*holds)(const struct flow *, const struct lookup *)) {
    struct flow *flow = lookup->last;
    while (flow && !holds(flow, lookup)) flow = next_between(connections, lookup, flow);
    return flow;
}

/* A path tells more than numbers do. */
static struct flow *find(const struct connections *connections, struct lookup *lookup) {
    lookup->last = next_between(connections, lookup, NULL);
    struct flow *flow = first_that(connections, lookup, is_on_path);
    if (!flow) flow = first_that(connections, lookup, fits);
    if (!flow) return NULL;
    enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    if (!flow->path_known[direction]) {
        flow->path[direction] = lookup->packet->path;
        flow->path_known[direction] = true;
    }
    return flow;
}

/* The oldest of too many connections between the same endpoints. */
static void thin_out(struct connections *connections, const struct lookup *lookup) {
    struct flow *oldest = NULL;
    unsigned count = 0;
    for (struct flow *flow = lookup->last; flow; flow = next_between(connections, lookup, flow), count++) oldest = flow;
    if (count >= FLOWS_OF_A_PAIR) evict(connections, oldest);
}

/* Wireshark's number for a connection that begins: it does not look at VLANs and tunnels, so that connections on other
 * paths between the same ports share one. */
static uint32_t stream_number(struct connections *connections, const struct lookup *lookup, bool reused) {
    if (lookup->stream != CAPAN_STREAM_AUTO) return lookup->stream;
    if (lookup->last && !reused &&
        !capan_tcp_reused(lookup->last->tcp, lookup->header, flow_direction(lookup->last, &lookup->end[0])))
        return lookup->last->stream;
    return connections->next_stream++;
}

static struct flow *find_or_begin(struct connections *connections, struct lookup *lookup, bool *reused) {
    struct flow *flow = find(connections, lookup);
    *reused = false;
    if (flow && lookup->stream == CAPAN_STREAM_AUTO)
        *reused = capan_tcp_reused(flow->tcp, lookup->header, flow_direction(flow, &lookup->end[0]));
    if (flow && !*reused) return flow;
    uint32_t stream = stream_number(connections, lookup, *reused);
    if (!flow && lookup->last && lookup->last->named) *reused = lookup->last->stream != stream;
    if (flow)
        retire(connections, flow, CAPAN_ENDED_CAPTURE);
    else if (lookup->last && lookup->last->named)
        retire(connections, lookup->last, CAPAN_ENDED_CAPTURE);
    else
        thin_out(connections, lookup);
    bool from_client = role_is_client(lookup->header);
    flow = new_flow(connections, lookup->packet, lookup->end, from_client, lookup->hash, stream,
                    lookup->stream != CAPAN_STREAM_AUTO);
    if (flow) {
        enum capan_direction direction = from_client ? CAPAN_C2S : CAPAN_S2C;
        flow->path[direction] = lookup->packet->path;
        flow->path_known[direction] = true;
    }
    return flow;
}

/* The connection of a segment that opens none, when it was met just now on the same path. */
static struct flow *hot_connection(struct connections *connections, const struct lookup *lookup) {
    struct flow *flow = *hot_place(connections, lookup->end);
    if (!flow || lookup->header->flags & CAPAN_TH_SYN || !table_between(flow, &lookup->end[0], &lookup->end[1]))
        return NULL;
    if ((flow->named || lookup->stream != CAPAN_STREAM_AUTO) && !(flow->named && flow->stream == lookup->stream))
        return NULL;
    enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    return flow->path_known[direction] && flow->path[direction] == lookup->packet->path ? flow : NULL;
}

struct flow *capan_connections_of(struct connections *connections, struct lookup *lookup, bool *reused) {
    *reused = false;
    struct flow *flow = hot_connection(connections, lookup);
    if (flow) return flow;
    lookup->hash = table_hash(&connections->table, &lookup->end[0], &lookup->end[1]);
    flow = find_or_begin(connections, lookup, reused);
    if (flow) *hot_place(connections, flow->end) = flow;
    return flow;
}

struct flow *capan_connections_between(const struct connections *connections, const struct capan_endpoint *from,
                                       const struct capan_endpoint *to) {
    return table_next(&connections->table, table_hash(&connections->table, from, to), from, to, NULL);
}

void capan_connections_used(struct connections *connections, struct flow *flow, int64_t now_ns) {
    table_touch(&connections->table, flow, capan_tcp_closed(flow->tcp), now_ns);
    hold_budget(connections, flow);
}

/* --- the object --- */

enum capan_result capan_connections_open(struct connections *connections, const struct capan_config *config,
                                         const struct capan_counter *memory, struct talks *talks,
                                         struct reporting *reporting) {
    connections->memory = memory;
    connections->budget = config->memory / 2;
    connections->no_http = config->no_http;
    connections->talks = talks;
    connections->reporting = reporting;
    return table_init(&connections->table, config->seed, &memory->alloc);
}

void capan_connections_close(struct connections *connections) {
    if (connections->table.buckets) table_free(&connections->table);
}

/* The connection that began first among those alive: newest and oldest are by use, rows are by beginning. */
static int by_beginning(const void *left, const void *right) {
    const struct flow *a = *(struct flow *const *)left, *b = *(struct flow *const *)right;
    if (a->stream != b->stream) return a->stream < b->stream ? -1 : 1;
    return a->first_frame < b->first_frame ? -1 : a->first_frame > b->first_frame;
}

void capan_connections_finish(struct connections *connections, const struct capan_alloc *alloc) {
    size_t count = connections->table.count;
    struct flow **flows = capan_new(alloc, (count + 1) * sizeof *flows);
    if (flows) {
        size_t at = 0;
        for (struct flow *flow = connections->table.open.oldest; flow; flow = flow->newer) flows[at++] = flow;
        for (struct flow *flow = connections->table.closed.oldest; flow; flow = flow->newer) flows[at++] = flow;
        qsort(flows, count, sizeof *flows, by_beginning);
        for (at = 0; at < count; at++) {
            capan_talks_end(connections->talks, flows[at], CAPAN_ENDED_CAPTURE);
            capan_tcp_finish(flows[at]->tcp);
        }
        capan_reporting_all(connections->reporting);
        for (at = 0; at < count; at++) retire(connections, flows[at], CAPAN_ENDED_CAPTURE);
        capan_delete(alloc, flows, (count + 1) * sizeof *flows);
    }
    while (connections->table.open.oldest) retire(connections, connections->table.open.oldest, CAPAN_ENDED_CAPTURE);
    while (connections->table.closed.oldest) retire(connections, connections->table.closed.oldest, CAPAN_ENDED_CAPTURE);
}
