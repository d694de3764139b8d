/* SPDX-License-Identifier: MIT */
/* The engine: what each packet goes through, from its arrival to the sink. */
#include "capan/analysis.h"

#include "alloc.h"
#include "connections.h"
#include "icmp.h"
#include "intake.h"
#include "judging.h"
#include "quic.h"
#include "retiring.h"
#include "spares.h"

static const uint64_t DEFAULT_MEMORY = UINT64_C(256) << 20;
enum { WINDOW_SEGMENTS_MIN = 1 << 14, WINDOW_SEGMENTS_MAX = 1 << 20 };
static const int64_t DEFAULT_WINDOW_NS = INT64_C(30) * 1000000000;

struct capan_analysis {
    struct capan_config config;
    struct capan_alloc under;
    struct capan_spares spares;       /* on it; all that is below is allocated by them */
    struct capan_spares judge_spares; /* likewise, but for the judge's side, which may be another thread's */
    struct capan_counter memory;      /* connections and what hangs on them */
    struct capan_judge *judge;
    struct capan_docket docket; /* with config.notes: what the judge is told later */
    struct capan_docket_reader docket_reader;
    struct connections connections;
    struct listener listener;
    struct quic_connections quic;
    struct intake intake;
    struct reporting reporting;
};

/* --- segments --- */

static void count_packet(struct capan_totals *totals, const struct capan_packet *packet) {
    if (totals->segments++ == 0) {
        totals->first_frame = packet->frame;
        totals->first_ns = packet->time_ns;
    }
    totals->last_frame = packet->frame;
    totals->last_ns = packet->time_ns;
}

/* What waits for older ones has to be judged before a SYN that may begin another connection. */
static void prepare_syn(struct capan_analysis *analysis, const struct lookup *lookup) {
    if ((lookup->header->flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) != CAPAN_TH_SYN) return;
    struct flow *flow = capan_connections_between(&analysis->connections, &lookup->end[0], &lookup->end[1]);
    if (flow) capan_intake_flow(&analysis->intake, flow);
}

/* A wrong checksum proves nothing of a host that leaves all of them to its network card. */
static void doubt_checksum(const struct capan_analysis *analysis, struct lookup *lookup, struct capan_packet *doubted) {
    const struct capan_packet *packet = lookup->packet;
    if (!capan_senders_leaves(&analysis->reporting.senders, &packet->src, packet->interface)) return;
    *doubted = *packet;
    doubted->checksum = CAPAN_CHECKSUM_DOUBTED;
    lookup->packet = doubted;
}

/* The connection's first segment was judged. */
static void note_birth(struct capan_analysis *analysis, struct flow *flow, const struct lookup *lookup, bool reused) {
    const struct capan_segment *segment = capan_records_at(&analysis->reporting.records, flow->last_serial);
    if (segment)
        capan_newborns_add(&analysis->connections.newborns, flow, lookup->packet, lookup->header, segment, reused);
}

enum capan_result capan_analysis_segment(struct capan_analysis *analysis, const struct capan_packet *packet,
                                         uint32_t stream, uint64_t *serial) {
    struct capan_tcp_header header;
    if (serial) *serial = UINT64_MAX;
    if (!capan_tcp_header_parse(&header, packet)) return CAPAN_OK;
    struct lookup lookup = {.packet = packet,
                            .header = &header,
                            .stream = stream,
                            .end = {{packet->src, header.src_port}, {packet->dst, header.dst_port}}};
    const enum capan_layer before = capan_profile_enter(analysis->config.profile, CAPAN_LAYER_TCP);
    count_packet(&analysis->reporting.totals, packet);
    capan_connections_due(&analysis->connections, packet->time_ns);
    analysis->reporting.told = (struct capan_told){packet->time_ns, packet->frame, CAPAN_TOLD_BY_PACKET};
    if (analysis->intake.count) prepare_syn(analysis, &lookup);
    bool reused;
    struct capan_packet doubted;
    struct flow *flow = capan_connections_of(&analysis->connections, &lookup, &reused);
    if (!flow) return CAPAN_NO_MEMORY;
    if (packet->checksum == CAPAN_CHECKSUM_BAD) doubt_checksum(analysis, &lookup, &doubted);
    capan_tcp_prefetch(flow->tcp);
    capan_talk_prefetch(&flow->talk);
    enum capan_result result = capan_intake_segment(&analysis->intake, flow, &lookup, reused, serial);
    if (flow->first_frame == packet->frame && !analysis->intake.count) note_birth(analysis, flow, &lookup, reused);
    capan_connections_used(&analysis->connections, flow, packet->time_ns);
    while ((flow = capan_intake_due(&analysis->intake)))
        capan_connections_used(&analysis->connections, flow, packet->time_ns);
    capan_reporting_settled(&analysis->reporting, packet->time_ns);
    capan_profile_enter(analysis->config.profile, before);
    return result;
}

/* --- ICMP --- */

enum capan_result capan_analysis_icmp(struct capan_analysis *analysis, const struct capan_packet *packet) {
    struct icmp_quote quote;
    analysis->reporting.told = (struct capan_told){packet->time_ns, packet->frame, CAPAN_TOLD_BY_PACKET};
    capan_intake_all(&analysis->intake);
    capan_pings_learn(&analysis->reporting.pings, packet);
    if (!capan_icmp_read(&quote, packet)) return CAPAN_OK;
    struct flow *flow = capan_connections_between(&analysis->connections, &quote.from, &quote.to);
    if (flow) capan_icmp_note(flow, &analysis->memory.alloc, &quote, packet);
    if (!flow && quote.whole) capan_connections_quoted(&analysis->connections, &quote.from, &quote.to, packet->frame);
    return CAPAN_OK;
}

/* --- what the caller decrypted --- */

enum capan_result capan_analysis_plaintext(struct capan_analysis *analysis, const struct capan_plaintext *plaintext) {
    struct flow *flow = capan_connections_between(&analysis->connections, &plaintext->from, &plaintext->to);
    if (!flow || flow->stream != plaintext->stream || analysis->config.no_http) return CAPAN_OK;
    capan_intake_flow(&analysis->intake, flow);
    return capan_listener_plaintext(&analysis->listener, flow, plaintext);
}

enum capan_result capan_analysis_quic(struct capan_analysis *analysis, const struct capan_quic_packet *packet) {
    if (!analysis->config.qpack || analysis->config.no_http) return CAPAN_OK;
    return capan_quic_connections_packet(&analysis->quic, packet);
}

void capan_analysis_forgot(struct capan_analysis *analysis, enum capan_http_forgetting what) {
    capan_judging_forget(&analysis->listener.talks, what, false);
}

/* --- what is told later --- */

static void on_judged(void *context, struct capan_exchange *exchange) {
    capan_reporting_exchange(context, exchange);
}

static void on_content(void *context, const struct capan_content *content) {
    const struct reporting *reporting = context;
    if (reporting->content) reporting->content(reporting->sink.context, content);
}

static void on_finish(void *context) {
    capan_pages_finish(&((struct reporting *)context)->pages);
}

void capan_analysis_hear(struct capan_analysis *analysis, const void *note) {
    const struct capan_docket_sink sink = {on_judged, on_content, on_finish, &analysis->reporting};
    capan_docket_hear(&analysis->docket_reader, note, &sink);
}

/* --- the object --- */

/* A sixteenth of the memory: what a fast link carries while a resend waits for its D-SACK. The least where nobody is
 * told of segments. */
static uint32_t default_window(uint64_t memory, bool told) {
    uint32_t segments = WINDOW_SEGMENTS_MIN;
    while (told && segments < WINDOW_SEGMENTS_MAX && 2 * segments * sizeof(struct capan_record) <= memory / 16)
        segments *= 2;
    return segments;
}

static void set_defaults(struct capan_config *config, const struct capan_sink *sink) {
    if (!config->memory) config->memory = DEFAULT_MEMORY;
    if (!config->window_segments) config->window_segments = default_window(config->memory, sink->segment);
    if (!config->window_ns) config->window_ns = DEFAULT_WINDOW_NS;
}

static bool open_parts(struct capan_analysis *analysis, const struct capan_sink *sink) {
    const struct capan_config *config = &analysis->config;
    const struct capan_judge_config judge = {config->memory / 2, config->seed, config->shared_cache, config->responses};
    struct reporting *reporting = &analysis->reporting;
    if (capan_reporting_open(reporting, config, sink, &analysis->spares.alloc, &analysis->judge_spares.alloc,
                             &analysis->memory.alloc) != CAPAN_OK)
        return false;
    analysis->judge = capan_judge_new(&analysis->judge_spares.alloc, &judge);
    if (!analysis->judge) return false;
    capan_docket_open(&analysis->docket, &config->notes, &analysis->spares.alloc);
    analysis->docket_reader =
        (struct capan_docket_reader){.judge = analysis->judge, .alloc = &analysis->judge_spares.alloc};
    capan_listener_open(&analysis->listener, config, sink->context, analysis->judge,
                        config->notes.room ? &analysis->docket : NULL, reporting, &analysis->memory);
    capan_intake_open(&analysis->intake, &analysis->listener, reporting, &analysis->memory.alloc);
    capan_connections_open(&analysis->connections, config, &analysis->memory, &analysis->listener, &analysis->intake,
                           reporting);
    capan_quic_connections_open(&analysis->quic, config, &analysis->listener, &analysis->memory.alloc);
    return true;
}

struct capan_analysis *capan_analysis_new(const struct capan_config *config, const struct capan_sink *sink,
                                          const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_analysis *analysis = capan_new(alloc, sizeof *analysis);
    if (!analysis) return NULL;
    analysis->config = *config;
    analysis->under = *alloc;
    set_defaults(&analysis->config, sink);
    capan_spares_begin(&analysis->spares, &analysis->under);
    capan_spares_begin(&analysis->judge_spares, &analysis->under);
    capan_counter_init(&analysis->memory, &analysis->spares.alloc);
    if (open_parts(analysis, sink)) return analysis;
    capan_reporting_close(&analysis->reporting);
    capan_spares_end(&analysis->spares);
    capan_spares_end(&analysis->judge_spares);
    capan_delete(alloc, analysis, sizeof *analysis);
    return NULL;
}

/* Gives everything back without a word to the sink. */
void capan_analysis_free(struct capan_analysis *analysis) {
    if (!analysis) return;
    struct capan_alloc under = analysis->under;
    capan_reporting_silence(&analysis->reporting);
    analysis->listener.talks.content = NULL;
    analysis->docket.notes.room = NULL;
    capan_analysis_finish(analysis);
    capan_pages_finish(&analysis->reporting.pages);
    capan_connections_close(&analysis->connections);
    capan_intake_close(&analysis->intake);
    capan_quic_connections_close(&analysis->quic);
    capan_docket_reader_close(&analysis->docket_reader);
    capan_docket_close(&analysis->docket);
    capan_judge_free(analysis->judge);
    capan_reporting_close(&analysis->reporting);
    capan_spares_end(&analysis->spares);
    capan_spares_end(&analysis->judge_spares);
    capan_delete(&under, analysis, sizeof *analysis);
}

void capan_analysis_catch_up(struct capan_analysis *analysis) {
    capan_intake_all(&analysis->intake);
}

void capan_analysis_finish(struct capan_analysis *analysis) {
    const enum capan_layer before = capan_profile_enter(analysis->config.profile, CAPAN_LAYER_TCP);
    capan_intake_all(&analysis->intake);
    capan_connections_finish(&analysis->connections, &analysis->under);
    capan_quic_connections_finish(&analysis->quic);
    capan_listener_close(&analysis->listener);
    if (analysis->config.notes.room)
        capan_docket_finish(&analysis->docket);
    else
        capan_pages_finish(&analysis->reporting.pages);
    capan_reporting_all(&analysis->reporting);
    capan_profile_enter(analysis->config.profile, before);
}

const struct capan_segment *capan_analysis_pending(const struct capan_analysis *analysis, uint64_t serial,
                                                   const uint32_t **acks) {
    const struct capan_records *records = &analysis->reporting.records;
    const struct capan_segment *segment = capan_records_at(records, serial);
    if (!segment || capan_intake_waits(&analysis->intake, serial)) return NULL;
    if (acks) *acks = capan_records_acks(records, (const struct capan_record *)segment);
    return segment;
}

size_t capan_analysis_findings(struct capan_analysis *analysis, const struct capan_finding **findings) {
    const struct capan_finding *of_hosts;
    const size_t count = capan_senders_findings(&analysis->reporting.senders, &of_hosts);
    return capan_findings_sort(&analysis->reporting.findings, of_hosts, count, findings);
}

void capan_analysis_totals(const struct capan_analysis *analysis, struct capan_totals *totals) {
    *totals = analysis->reporting.totals;
    totals->evicted_responses = capan_judge_evicted(analysis->judge);
    totals->evicted_exchanges = analysis->listener.talks.given_up;
    totals->memory_peak = analysis->memory.peak;
}
