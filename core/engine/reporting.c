/* SPDX-License-Identifier: MIT */
#include "reporting.h"

#include "alloc.h"
#include "bytes.h"
#include "delays.h"
#include "icmp.h"
#include "near.h"
#include "statistics.h"

#define MS INT64_C(1000000)

enum { ASK_AGAIN_MS = 100 };

enum capan_result capan_reporting_open(struct reporting *reporting, const struct capan_config *config,
                                       const struct capan_sink *sink, const struct capan_alloc *alloc,
                                       const struct capan_alloc *pages, const struct capan_alloc *flows) {
    reporting->sink = *sink;
    reporting->content = config->content;
    reporting->profile = config->profile;
    reporting->window_ns = config->window_ns;
    reporting->flows = flows;
    reporting->last_leaving = &reporting->leaving;
    reporting->seat = capan_tcp_seat_new(alloc, &reporting->records);
    if (!reporting->seat) return CAPAN_NO_MEMORY;
    capan_findings_init(&reporting->findings);
    capan_senders_open(&reporting->senders, config->seed, alloc);
    capan_pages_init(&reporting->pages, pages, config->page, sink->context);
    return capan_records_init(&reporting->records, config->window_segments, alloc);
}

void capan_reporting_close(struct reporting *reporting) {
    capan_tcp_seat_free(reporting->seat);
    if (reporting->senders.index.alloc) capan_senders_close(&reporting->senders);
    if (reporting->records.alloc) capan_records_free(&reporting->records);
}

void capan_reporting_silence(struct reporting *reporting) {
    reporting->sink = (struct capan_sink){0};
    reporting->content = NULL;
    reporting->pages.tell = NULL;
}

/* --- connections --- */

static size_t flow_resting_size(const struct flow *flow) {
    return sizeof *flow + capan_tcp_resting_size(flow->resting);
}

static const struct capan_connection *view(struct reporting *reporting, const struct flow *flow) {
    reporting->view = (struct capan_connection){.stream = flow->stream,
                                                .path = flow->path[CAPAN_C2S],
                                                .told = {flow->touched_ns, flow->told_number, flow->told_by},
                                                .client = flow->end[CAPAN_C2S],
                                                .server = flow->end[CAPAN_S2C],
                                                .first_frame = flow->first_frame,
                                                .last_frame = flow->last_frame,
                                                .first_ns = flow->first_ns,
                                                .last_ns = flow->last_ns,
                                                .exchanges = flow->exchanges,
                                                .evicted = flow->evicted,
                                                .speech = flow->talk.speech,
                                                .tls = flow->talk.carrier.names};
    return &reporting->view;
}

/* What is not HTTP, or not readable, is counted by what it is. */
static void note_unread(struct reporting *reporting, const struct flow *flow) {
    struct capan_connection *connection = &reporting->view;
    struct capan_unread *unread = &reporting->totals.unread[flow->talk.speech];
    if (flow->talk.speech <= CAPAN_SPEECH_HTTP) return;
    const uint64_t said = connection->tcp.side[CAPAN_C2S].bytes + connection->tcp.side[CAPAN_S2C].bytes;
    connection->unread = said > flow->talk.read ? said - flow->talk.read : 0;
    if (unread->connections < CAPAN_UNREAD_STREAMS) unread->streams[unread->connections] = flow->stream;
    unread->connections++;
    unread->octets += connection->unread;
}

/* Summing up costs as much as a segment: only where somebody asks. */
static void report_connection(struct reporting *reporting, struct flow *flow) {
    capan_senders_note(&reporting->senders, flow);
    if (!reporting->sink.connection && flow->talk.speech <= CAPAN_SPEECH_HTTP) return;
    const struct capan_tcp *tcp = flow->resting ? capan_tcp_look(flow->resting, reporting->seat) : flow->tcp;
    view(reporting, flow);
    capan_tcp_summarise(tcp, &reporting->view.tcp);
    capan_tcp_tell_time(tcp, flow->first_ns, flow->last_ns, &reporting->view.tcp);
    note_unread(reporting, flow);
    capan_pings_tell(&reporting->pings, &flow->end[CAPAN_C2S].address, &flow->end[CAPAN_S2C].address,
                     &reporting->view.ping);
    reporting->view.icmp = capan_icmp_tell(flow, reporting->totals.last_ns);
    if (capan_tcp_statistics(tcp, &reporting->statistics)) reporting->view.statistics = &reporting->statistics;
    const enum capan_layer before = capan_profile_enter(reporting->profile, CAPAN_LAYER_ROWS);
    if (reporting->sink.connection) reporting->sink.connection(reporting->sink.context, &reporting->view);
    capan_profile_enter(reporting->profile, before);
}

static void drop_resting(struct reporting *reporting, struct flow *flow) {
    reporting->resting[flow->closed] -= flow_resting_size(flow);
    capan_tcp_resting_free(flow->resting, reporting->flows);
    flow->resting = NULL;
}

/* A retired connection whose last segment was reported leaves its row and goes. */
static void leave(struct reporting *reporting, struct flow *flow) {
    if (!flow->unreported) report_connection(reporting, flow);
    capan_tcp_free(flow->tcp);
    if (flow->resting) drop_resting(reporting, flow);
    capan_delays_free(&flow->delays, reporting->flows);
    capan_delete(reporting->flows, flow->icmp, sizeof *flow->icmp);
    capan_talk_free(&flow->talk);
    capan_delete(reporting->flows, flow, sizeof *flow);
}

/* Those at the front that have nothing more to report. */
static void let_leave(struct reporting *reporting) {
    for (struct capan_indexed *first; (first = reporting->leaving) && !((struct flow *)first)->pending;) {
        reporting->leaving = first->next;
        if (!reporting->leaving) reporting->last_leaving = &reporting->leaving;
        leave(reporting, (struct flow *)first);
    }
}

/* It is in no index any more. */
void capan_reporting_retire(struct reporting *reporting, struct flow *flow) {
    flow->retired = true;
    flow->touched_ns = reporting->told.time_ns;
    flow->told_number = reporting->told.number;
    flow->told_by = reporting->told.by;
    if (flow->hurried) {
        if (!flow->pending) leave(reporting, flow);
        return;
    }
    flow->in.next = NULL;
    *reporting->last_leaving = &flow->in;
    reporting->last_leaving = &flow->in.next;
    let_leave(reporting);
}

/* --- rest --- */

/* Nothing but a segment, or its row, can ask for it. */
static bool may_rest(const struct flow *flow) {
    return flow->closed && flow->sums_noted && !flow->pending && !flow->doubt && !flow->icmp && !flow->resting &&
           capan_talk_is_over(&flow->talk);
}

static void set_tcp(struct flow *flow, struct capan_tcp *tcp) {
    flow->tcp = tcp;
    flow->talk.carrier.tcp = tcp;
}

void capan_reporting_rest(struct reporting *reporting, struct flow *flow) {
    if (!may_rest(flow)) return;
    flow->resting = capan_tcp_lay_down(flow->tcp);
    if (!flow->resting) return;
    set_tcp(flow, NULL);
    reporting->resting[flow->closed] += flow_resting_size(flow);
}

bool capan_reporting_rest_syn(struct reporting *reporting, struct flow *flow, const struct capan_tcp_syn *syn) {
    if (flow->last_serial != syn->serial || flow->doubt || flow->icmp) return false;
    flow->resting = capan_tcp_lay_down_syn(flow->tcp, syn);
    if (!flow->resting) return false;
    set_tcp(flow, NULL);
    reporting->resting[flow->closed] += flow_resting_size(flow);
    return true;
}

bool capan_reporting_wake(struct reporting *reporting, struct flow *flow) {
    if (!flow->resting) return true;
    const size_t size = flow_resting_size(flow);
    struct capan_tcp *tcp = capan_tcp_wake(flow->resting, reporting->flows, &reporting->records);
    if (!tcp) return false;
    set_tcp(flow, tcp);
    flow->resting = NULL;
    reporting->resting[flow->closed] -= size;
    return true;
}

/* --- segments --- */

/* Whose segment waited long has not been touched since. */
static void bring_next(const struct capan_records *records) {
    const struct flow *next = capan_records_empty(records) ? NULL : capan_records_first(records)->owner;
    if (next) bring_near(&next->pending, CACHE_LINE);
}

static void report_first(struct reporting *reporting) {
    struct capan_record *record = capan_records_first(&reporting->records);
    struct capan_segment *segment = &record->segment;
    struct flow *flow = record->owner;
    if (segment->certainty == CAPAN_PROVISIONAL) segment->certainty = CAPAN_AMBIGUOUS;
    capan_findings_segment(&reporting->findings, segment);
    const enum capan_layer before = capan_profile_enter(reporting->profile, CAPAN_LAYER_ROWS);
    if (reporting->sink.segment)
        reporting->sink.segment(reporting->sink.context, segment, capan_records_acks(&reporting->records, record),
                                view(reporting, flow));
    capan_profile_enter(reporting->profile, before);
    capan_records_pop(&reporting->records);
    bring_next(&reporting->records);
    if (--flow->pending) return;
    if (flow->retired && flow->hurried)
        leave(reporting, flow);
    else if (flow->retired)
        let_leave(reporting);
    else
        capan_reporting_rest(reporting, flow);
}

/* What is known of it may still have grown. One of which all is told, and that waited only lest its answer be taken
 * back, loses nothing. */
static void give_up_first(struct reporting *reporting) {
    const struct capan_segment *segment = &capan_records_first(&reporting->records)->segment;
    const bool told = segment->certainty != CAPAN_PROVISIONAL && segment->acked_in;
    if (segment->open_questions && !told) reporting->totals.evicted_segments++;
    report_first(reporting);
}

static void make_room(struct reporting *reporting) {
    if (capan_records_full(&reporting->records)) give_up_first(reporting);
}

struct capan_segment *capan_reporting_push(struct reporting *reporting, struct flow *flow) {
    flow->pending++; /* before room is made, so that it does not lie down now */
    make_room(reporting);
    struct capan_segment *segment = capan_records_push(&reporting->records, flow);
    if (!segment) flow->pending--;
    return segment;
}

void capan_reporting_hold(struct flow *flow, const struct capan_segment *segment) {
    flow->last_serial = segment->serial;
    flow->last_frame = segment->frame;
    flow->last_ns = max_i64(flow->last_ns, segment->time_ns);
}

static void note_leap(struct reporting *reporting, int64_t now_ns) {
    if (now_ns - reporting->now_ns > reporting->window_ns) {
        reporting->leap_before_ns = reporting->leap_ns;
        reporting->leap_ns = now_ns;
    }
    reporting->now_ns = now_ns;
}

/* What a leap found waiting waits as long again, once. */
static bool waited_too_long(const struct reporting *reporting, int64_t time_ns) {
    const bool leapt = time_ns < reporting->leap_ns && time_ns >= reporting->leap_before_ns;
    return reporting->now_ns - (leapt ? reporting->leap_ns : time_ns) > reporting->window_ns;
}

/* Time alone may have answered what is open on a connection that has been silent since. Asked now and then: most are
 * not silent. */
static bool is_answered_by_time(struct reporting *reporting, const struct capan_record *record) {
    const struct flow *flow = record->owner;
    reporting->asked_ns = min_i64(reporting->asked_ns, reporting->now_ns); /* the clock may have been set */
    if (!flow->tcp || reporting->now_ns - max_i64(reporting->asked_ns, record->segment.time_ns) < ASK_AGAIN_MS * MS)
        return false;
    reporting->asked_ns = reporting->now_ns;
    capan_tcp_settle(flow->tcp, reporting->now_ns);
    return !record->segment.open_questions;
}

void capan_reporting_settled(struct reporting *reporting, int64_t now_ns) {
    note_leap(reporting, now_ns);
    while (!capan_records_empty(&reporting->records)) {
        const struct capan_record *first = capan_records_first(&reporting->records);
        if (!first->segment.open_questions || is_answered_by_time(reporting, first))
            report_first(reporting);
        else if (waited_too_long(reporting, first->segment.time_ns) || capan_records_full(&reporting->records))
            give_up_first(reporting);
        else
            return;
    }
}

void capan_reporting_up_to(struct reporting *reporting, uint64_t serial) {
    while (!capan_records_empty(&reporting->records) && reporting->records.first <= serial) report_first(reporting);
}

void capan_reporting_all(struct reporting *reporting) {
    capan_reporting_up_to(reporting, UINT64_MAX);
}

/* --- exchanges --- */

/* A request without an answer that was sent before the server's FIN can have come to the client: the server had given
 * the idle connection up (RFC 9112 9.5). */
static void tell_crossed_fin(const struct flow *flow, struct capan_exchange *exchange) {
    struct capan_tcp_summary tcp;
    if (!flow || exchange->outcome != CAPAN_OUTCOME_NO_RESPONSE || !exchange->request.first_frame) return;
    capan_tcp_summarise(flow->tcp, &tcp);
    const struct capan_tcp_side *server = &tcp.side[!flow_direction(flow, &exchange->client)];
    if (!server->fin_frame || tcp.rtt_ns < 0) return;
    const int64_t after = server->fin_ns - exchange->request.first_ns;
    if (after < tcp.rtt_ns && after > -tcp.rtt_ns) exchange->crossed_fin = server->fin_frame;
}

/* The reset of its connection is what ended it. */
static void tell_cut_off(const struct flow *flow, const struct capan_exchange *exchange) {
    if (flow && exchange->request.first_frame && !exchange->response.complete) capan_tcp_cut_off(flow->tcp);
}

static void count_exchange(struct capan_totals *totals, struct capan_exchange *exchange) {
    exchange->index = totals->exchanges++;
    totals->saved += exchange->saved;
    totals->wasted += exchange->wasted;
    if (exchange->round_trips_x100 > 0) totals->round_trips_x100 += (uint64_t)exchange->round_trips_x100;
    totals->handshakes += capan_handshake_sum(&exchange->handshakes);
}

void capan_reporting_carried(struct reporting *reporting, struct flow *flow, struct capan_exchange *exchange) {
    exchange->told = reporting->told;
    if (flow) flow->exchanges++;
    capan_delays_tell(flow ? flow->delays : NULL, &reporting->records, exchange);
    tell_crossed_fin(flow, exchange);
    tell_cut_off(flow, exchange);
}

void capan_reporting_exchange(struct reporting *reporting, struct capan_exchange *exchange) {
    count_exchange(&reporting->totals, exchange);
    capan_findings_exchange(&reporting->findings, exchange);
    capan_pages_exchange(&reporting->pages, exchange);
    const enum capan_layer before = capan_profile_enter(reporting->profile, CAPAN_LAYER_ROWS);
    if (reporting->sink.exchange) reporting->sink.exchange(reporting->sink.context, exchange);
    capan_profile_enter(reporting->profile, before);
}
