/* SPDX-License-Identifier: MIT */
#include "retiring.h"

#include <stdlib.h>

#include "bytes.h"
#include "doubt.h"

/* How long a closed connection is kept for segments that come late: twice the MSL (RFC 9293 3.4.2). */
static const int64_t LINGER_NS = INT64_C(240) * 1000000000;

/* Segments of a closed connection may be captured out of order, by so much: then its holes are settled. */
static const int64_t DISORDER_NS = 5000000;

/* Closed ones that rest are given so much of the budget, and unanswered ones: beyond it, who has rested longest goes.
 */
enum { RESTING_SHARE = 4 };

static void finish_tcp(const struct connections *connections, const struct flow *flow) {
    if (flow->resting)
        capan_tcp_resting_finish(flow->resting, &connections->reporting->records);
    else
        capan_tcp_finish(flow->tcp);
}

void capan_connections_retire(struct connections *connections, struct flow *flow, enum capan_end how) {
    capan_intake_flow(connections->intake, flow);
    if (flow->doubt) capan_doubt_end(&connections->memory->alloc, flow->doubt);
    capan_listener_end(connections->listener, flow, how);
    capan_newborns_leave(&connections->newborns, flow);
    finish_tcp(connections, flow);
    capan_index_remove(&connections->index, &flow->in);
    *hot_slot(connections, flow->end) = NULL;
    capan_reporting_retire(connections->reporting, flow);
}

void capan_connections_evict(struct connections *connections, struct flow *flow) {
    capan_intake_all(connections->intake);
    if (flow->resting ? !flow->closed : !capan_tcp_closed(flow->tcp)) {
        flow->evicted = true;
        connections->reporting->totals.evicted_connections++;
    }
    flow->hurried = true;
    uint64_t last_serial = flow->last_serial;
    bool waits = flow->pending > 0;
    capan_listener_giving_up(connections->listener, flow->evicted);
    capan_connections_retire(connections, flow, CAPAN_ENDED_EVICTED);
    capan_listener_giving_up(connections->listener, false);
    if (waits) capan_reporting_up_to(connections->reporting, last_serial);
}

static struct flow *oldest(const struct capan_ages *ages) {
    return (struct flow *)capan_ages_oldest(ages);
}

/* Those that closed first, then those that nobody answered, then those used least recently; NULL none but the current
 * one. */
static struct flow *least_needed(const struct connections *connections, const struct flow *current) {
    struct flow *flow = oldest(&connections->closed);
    if (!flow || flow == current) flow = oldest(&connections->closing);
    if (!flow || flow == current) flow = oldest(&connections->newborns.unanswered);
    if (!flow || flow == current) flow = oldest(&connections->index.ages);
    return flow == current ? NULL : flow;
}

/* What was said on a connection that closed is told before what is said later on others, holes or not. */
static void settle_closing(struct connections *connections, struct flow *flow, int64_t due_ns) {
    capan_listener_settle(connections->listener, flow);
    flow->touched_ns = due_ns;
    capan_ages_renew(&connections->closed, &flow->in);
    capan_reporting_rest(connections->reporting, flow);
}

/* When something is due for the oldest of these. */
static int64_t due_of(const struct capan_ages *ages, int64_t after_ns) {
    const struct flow *flow = oldest(ages);
    return flow && flow->touched_ns < INT64_MAX - after_ns ? flow->touched_ns + after_ns : INT64_MAX;
}

/* Both rings are in the order of touched_ns. What is due is done in the order in which it was, before the packet that
 * shows that the time has passed: so it does not depend on whose packet that is. */
void capan_connections_due(struct connections *connections, int64_t now_ns) {
    for (;;) {
        const int64_t settled_ns = due_of(&connections->closing, DISORDER_NS),
                      over_ns = due_of(&connections->closed, LINGER_NS), due_ns = min_i64(settled_ns, over_ns);
        if (due_ns >= now_ns) return;
        struct flow *flow = oldest(settled_ns <= over_ns ? &connections->closing : &connections->closed);
        connections->reporting->told = (struct capan_told){due_ns, flow->last_frame, CAPAN_TOLD_BY_DEADLINE};
        if (settled_ns <= over_ns)
            settle_closing(connections, flow, due_ns);
        else
            capan_connections_retire(connections, flow, CAPAN_ENDED_CAPTURE);
    }
}

/* Who goes next has not been touched for long: it comes from memory while other work is done, and who goes after it. */
static void bring_next(const struct connections *connections, const struct flow *current) {
    const struct flow *next = least_needed(connections, current);
    if (!next) return;
    bring_near(next->resting, CACHE_LINE);
    capan_tcp_prefetch(next->tcp);
    capan_index_bring_bucket(&connections->index, next->in.hash);
    bring_near(next->in.newer, sizeof *next);
}

/* resting: octets of one kind that rest, in these ages. */
static void hold_share(struct connections *connections, const struct capan_ages *ages, const size_t *resting,
                       const struct flow *current) {
    while (*resting > connections->budget / RESTING_SHARE) {
        struct flow *flow = oldest(ages);
        if (!flow || flow == current) return;
        capan_connections_evict(connections, flow);
        bring_next(connections, current);
    }
}

void capan_connections_hold_budget(struct connections *connections, const struct flow *current) {
    hold_share(connections, &connections->newborns.unanswered, &connections->reporting->resting[false], current);
    hold_share(connections, &connections->closed, &connections->reporting->resting[true], current);
    while (connections->memory->held > connections->budget) {
        struct flow *least = least_needed(connections, current);
        if (!least) return;
        capan_connections_evict(connections, least);
        bring_next(connections, current);
    }
}

/* --- the end --- */

static size_t list(struct flow **flows, const struct capan_ages *ages) {
    size_t count = 0;
    for (struct capan_indexed *at = capan_ages_oldest(ages); at; at = capan_ages_newer(ages, at))
        flows[count++] = (struct flow *)at;
    return count;
}

/* The connection that began first among those alive: ages are by use, rows are by beginning. */
static int by_beginning(const void *left, const void *right) {
    const struct flow *a = *(struct flow *const *)left, *b = *(struct flow *const *)right;
    if (a->stream != b->stream) return a->stream < b->stream ? -1 : 1;
    return a->first_frame < b->first_frame ? -1 : a->first_frame > b->first_frame;
}

/* As those of a flood are. */
static bool are_in_order(struct flow *const *flows, size_t count) {
    size_t i = 1;
    while (i < count && by_beginning(&flows[i - 1], &flows[i]) <= 0) i++;
    return i >= count;
}

static void retire_in_order(struct connections *connections, struct flow **flows, size_t count) {
    if (!are_in_order(flows, count)) qsort(flows, count, sizeof *flows, by_beginning);
    for (size_t i = 0; i < count; i++) {
        connections->reporting->told = (struct capan_told){INT64_MAX, flows[i]->stream, CAPAN_TOLD_BY_END};
        capan_listener_end(connections->listener, flows[i], CAPAN_ENDED_CAPTURE);
        finish_tcp(connections, flows[i]);
    }
    capan_reporting_all(connections->reporting);
    for (size_t i = 0; i < count; i++) {
        connections->reporting->told.number = flows[i]->stream;
        capan_connections_retire(connections, flows[i], CAPAN_ENDED_CAPTURE);
    }
}

static void retire_all(struct connections *connections, const struct capan_ages *ages) {
    for (struct flow *flow; (flow = oldest(ages));) capan_connections_retire(connections, flow, CAPAN_ENDED_CAPTURE);
}

void capan_connections_finish(struct connections *connections, const struct capan_alloc *alloc) {
    const size_t size = (connections->index.count + 1) * sizeof(struct flow *);
    struct flow **flows = capan_new(alloc, size);
    if (flows) {
        size_t count = list(flows, &connections->closed);
        count += list(flows + count, &connections->closing);
        count += list(flows + count, &connections->newborns.unanswered);
        count += list(flows + count, &connections->index.ages);
        retire_in_order(connections, flows, count);
        capan_delete(alloc, flows, size);
    }
    retire_all(connections, &connections->index.ages);
    retire_all(connections, &connections->newborns.unanswered);
    retire_all(connections, &connections->closing);
    retire_all(connections, &connections->closed);
}
