/* SPDX-License-Identifier: MIT */
/* The engine: finds a segment's connection, asks TCP and HTTP, and reports verdicts in order once they are settled. */
#include "capan/analysis.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "decoded.h"
#include "findings.h"
#include "icmp.h"
#include "pages.h"
#include "ping.h"
#include "pseudo.h"
#include "roles.h"
#include "table.h"
#include "trouble.h"

static const uint64_t DEFAULT_MEMORY = UINT64_C(256) << 20;
static const uint32_t DEFAULT_WINDOW_SEGMENTS = 16384;
static const int64_t DEFAULT_WINDOW_NS = INT64_C(30) * 1000000000;
/* How long a closed connection is kept for segments that come late: twice the MSL (RFC 9293 3.4.2). */
static const int64_t LINGER_NS = INT64_C(240) * 1000000000;

/* Connections that had a segment just now, by their ports: found without hashing. Only a short cut: who forces
 * collisions in it gains what the table costs anyway. */
enum { HOT_FLOWS = 256 };

struct capan_analysis {
    struct capan_config config;
    struct capan_sink sink;
    struct capan_alloc under;
    struct capan_counter memory; /* connections and what hangs on them */
    struct capan_judge *judge;
    struct table table;
    struct flow *hot[HOT_FLOWS];
    struct capan_records records;
    struct capan_exchanges_sink exchanges_sink;
    struct capan_exchanges_marks marks;
    struct decoded decoded; /* exchanges that the caller takes apart */
    struct flow *speaking;  /* whose content is being read */
    uint32_t next_stream;
    struct pings pings;
    struct pages pages;
    uint64_t contents;            /* handed out so far */
    struct capan_connection view; /* handed to the sink */
    struct capan_totals totals;
    struct findings findings;
};

static struct content_place place_of(struct capan_analysis *analysis, struct flow *flow) {
    return (struct content_place){.alloc = &analysis->memory.alloc,
                                  .judge = analysis->judge,
                                  .stream = flow->stream,
                                  .ends = flow->end,
                                  .sink = &analysis->exchanges_sink,
                                  .marks = &analysis->marks,
                                  .hpack = analysis->config.hpack,
                                  .tls = analysis->config.tls,
                                  .decoded = &analysis->decoded,
                                  .streams = &flow->decoded};
}

static const struct capan_connection *view(struct capan_analysis *analysis, const struct flow *flow) {
    analysis->view = (struct capan_connection){.stream = flow->stream,
                                               .path = flow->path[CAPAN_C2S],
                                               .client = flow->end[CAPAN_C2S],
                                               .server = flow->end[CAPAN_S2C],
                                               .first_frame = flow->first_frame,
                                               .last_frame = flow->last_frame,
                                               .first_ns = flow->first_ns,
                                               .last_ns = flow->last_ns,
                                               .exchanges = flow->exchanges,
                                               .evicted = flow->evicted};
    return &analysis->view;
}

/* --- reporting --- */

static enum capan_direction direction_in(const struct flow *flow, const struct capan_endpoint *from) {
    const struct capan_endpoint *client = &flow->end[CAPAN_C2S];
    size_t len = client->address.version == 6 ? 16 : 4;
    return client->port == from->port && memcmp(client->address.octets, from->address.octets, len) == 0 ? CAPAN_C2S
                                                                                                        : CAPAN_S2C;
}

/* What TCP knows of an exchange that failed. */
static void explain_failure(const struct flow *flow, struct capan_exchange *exchange) {
    struct capan_tcp_summary tcp;
    if (!flow || exchange->outcome != CAPAN_OUTCOME_NO_RESPONSE) return;
    capan_tcp_summarise(flow->tcp, &tcp);
    troubles_tell_race(&tcp, exchange->client.port == flow->end[CAPAN_C2S].port ? CAPAN_C2S : CAPAN_S2C, exchange);
}

/* With a round trip before any data: TCP Fast Open has none. */
static bool was_seen_to_open(const struct capan_tcp *tcp) {
    struct capan_tcp_summary summary;
    capan_tcp_summarise(tcp, &summary);
    return summary.open == CAPAN_OPEN_THREE_WAY || summary.open == CAPAN_OPEN_SIMULTANEOUS;
}

static struct capan_handshakes pay(void *context) {
    struct flow *flow = ((struct capan_analysis *)context)->speaking;
    if (!flow) return (struct capan_handshakes){0};
    struct capan_handshakes paid = flow->handshakes;
    paid.tcp = !flow->paid && was_seen_to_open(flow->tcp);
    flow->paid = true;
    flow->handshakes = (struct capan_handshakes){0};
    return paid;
}

static struct capan_http_path path_of(void *context, const struct capan_endpoint *client) {
    const struct flow *flow = ((struct capan_analysis *)context)->speaking;
    int64_t half_ns[2];
    if (!flow) return (struct capan_http_path){-1, -1};
    int64_t rtt_ns = capan_tcp_round_trip(flow->tcp, half_ns);
    return (struct capan_http_path){rtt_ns, half_ns[direction_in(flow, client)]};
}

/* Behind CONNECT a connection begins for which the CONNECT was the handshake. */
static void note_tunnel(struct flow *flow, const struct capan_exchange *exchange) {
    if (flow && exchange->outcome == CAPAN_OUTCOME_TUNNEL && exchange->status != 101) flow->handshakes.tunnel = 1;
}

static void report_exchange(void *context, struct capan_exchange *exchange) {
    struct capan_analysis *analysis = context;
    note_tunnel(analysis->speaking, exchange);
    exchange->index = analysis->totals.exchanges++;
    analysis->totals.saved += exchange->saved;
    analysis->totals.wasted += exchange->wasted;
    if (exchange->round_trips_x100 > 0) analysis->totals.round_trips_x100 += (uint64_t)exchange->round_trips_x100;
    analysis->totals.handshakes += capan_handshake_sum(&exchange->handshakes);
    if (analysis->speaking) analysis->speaking->exchanges++;
    troubles_tell(analysis->speaking ? analysis->speaking->troubles : NULL, &analysis->records, exchange);
    explain_failure(analysis->speaking, exchange);
    findings_exchange(&analysis->findings, exchange);
    pages_exchange(&analysis->pages, exchange);
    if (analysis->sink.exchange) analysis->sink.exchange(analysis->sink.context, exchange);
}

static uint64_t hand_content(void *context, uint64_t number, bool request, uint64_t offset, struct capan_span octets) {
    struct capan_analysis *analysis = context;
    const struct capan_content content = {number ? number : ++analysis->contents, request, offset, octets};
    if (analysis->config.content) analysis->config.content(analysis->sink.context, &content);
    return content.number;
}

static void report_connection(struct capan_analysis *analysis, struct flow *flow) {
    view(analysis, flow);
    capan_tcp_summarise(flow->tcp, &analysis->view.tcp);
    pings_tell(&analysis->pings, &flow->end[CAPAN_C2S].address, &flow->end[CAPAN_S2C].address, &analysis->view.ping);
    if (analysis->sink.connection) analysis->sink.connection(analysis->sink.context, &analysis->view);
}

/* A retired connection whose last segment was reported leaves its row and goes. */
static void leave(struct capan_analysis *analysis, struct flow *flow) {
    report_connection(analysis, flow);
    capan_tcp_free(flow->tcp);
    troubles_free(&flow->troubles, &analysis->memory.alloc);
    capan_delete(&analysis->memory.alloc, flow, sizeof *flow);
}

static void report_first(struct capan_analysis *analysis) {
    struct capan_record *record = capan_records_first(&analysis->records);
    struct capan_segment *segment = &record->segment;
    struct flow *flow = record->owner;
    if (segment->certainty == CAPAN_PROVISIONAL) segment->certainty = CAPAN_AMBIGUOUS;
    findings_segment(&analysis->findings, segment);
    if (analysis->sink.segment)
        analysis->sink.segment(analysis->sink.context, segment, capan_records_acks(&analysis->records, record),
                               view(analysis, flow));
    capan_records_pop(&analysis->records);
    if (--flow->pending == 0 && flow->retired) leave(analysis, flow);
}

/* Reports what is settled, and what has waited longer than the window allows. */
static void report_settled(struct capan_analysis *analysis, int64_t now_ns) {
    while (!capan_records_empty(&analysis->records)) {
        const struct capan_segment *first = &capan_records_first(&analysis->records)->segment;
        if (first->open_questions) {
            bool waited = now_ns - first->time_ns > analysis->config.window_ns;
            if (!waited && !capan_records_full(&analysis->records)) return;
            analysis->totals.evicted_segments++;
        }
        report_first(analysis);
    }
}

/* What HTTP says of a segment of the connection that speaks; one that was reported already stays as it is. */
static void mark_segment(void *context, uint32_t frame, enum capan_tcp_flag flag) {
    struct capan_analysis *analysis = context;
    struct capan_segment *segment = capan_records_in_frame(&analysis->records, frame, analysis->speaking);
    if (segment) segment->flags |= UINT64_C(1) << flag;
}

/* --- connections --- */

static void speak(struct capan_analysis *analysis, struct flow *flow, enum capan_end how) {
    struct content_place place = place_of(analysis, flow);
    analysis->speaking = flow;
    content_end(&flow->content, &place, how, flow->last_frame, flow->last_ns);
    decoded_close(&analysis->decoded, &flow->decoded, how);
    analysis->speaking = NULL;
}

static struct flow **hot_place(struct capan_analysis *analysis, const struct capan_endpoint ends[2]) {
    return &analysis->hot[(unsigned)(ends[0].port ^ ends[1].port) % HOT_FLOWS];
}

/* Takes a connection out: nothing more belongs to it. It leaves when its segments are reported. */
static void retire(struct capan_analysis *analysis, struct flow *flow, enum capan_end how) {
    speak(analysis, flow, how);
    capan_tcp_finish(flow->tcp);
    table_remove(&analysis->table, flow);
    *hot_place(analysis, flow->end) = NULL;
    flow->retired = true;
    if (flow->pending == 0) leave(analysis, flow);
}

/* Its segments are reported at once, so that its memory comes back now. */
static void evict(struct capan_analysis *analysis, struct flow *flow) {
    if (!capan_tcp_closed(flow->tcp)) {
        flow->evicted = true;
        analysis->totals.evicted_connections++;
    }
    uint64_t last_serial = flow->last_serial;
    bool waits = flow->pending > 0;
    retire(analysis, flow, CAPAN_ENDED_EVICTED);
    while (waits && !capan_records_empty(&analysis->records) && analysis->records.first <= last_serial)
        report_first(analysis);
}

/* Retires connections that closed long ago; beyond the budget those that closed at all, then those
 * used least recently. */
static void hold_budget(struct capan_analysis *analysis, const struct flow *current) {
    struct table *table = &analysis->table;
    while (table->closed.oldest && current->last_ns - table->closed.oldest->last_ns > LINGER_NS)
        retire(analysis, table->closed.oldest, CAPAN_ENDED_CAPTURE);
    while (analysis->memory.held > analysis->config.memory / 2) {
        struct flow *least =
            table->closed.oldest && table->closed.oldest != current ? table->closed.oldest : table->open.oldest;
        if (!least || least == current) return;
        evict(analysis, least);
    }
}

static struct flow *new_flow(struct capan_analysis *analysis, const struct capan_packet *packet,
                             const struct capan_endpoint ends[2], bool from_client, uint64_t hash, uint32_t stream,
                             bool named) {
    struct flow *flow = capan_new(&analysis->memory.alloc, sizeof *flow);
    if (!flow) return NULL;
    flow->tcp = capan_tcp_new(&analysis->memory.alloc, &analysis->records);
    flow->end[CAPAN_C2S] = ends[!from_client];
    flow->end[CAPAN_S2C] = ends[from_client];
    flow->hash = hash;
    flow->stream = stream;
    flow->named = named;
    flow->first_frame = packet->frame;
    flow->first_ns = packet->time_ns;
    flow->content.given_up = analysis->config.no_http;
    if (flow->tcp && table_add(&analysis->table, flow) == CAPAN_OK) {
        analysis->totals.connections++;
        return flow;
    }
    if (flow->tcp) capan_tcp_free(flow->tcp);
    capan_delete(&analysis->memory.alloc, flow, sizeof *flow);
    return NULL;
}

/* What one segment is looked up by, and what was found. */
struct lookup {
    const struct capan_packet *packet;
    const struct capan_tcp_header *header;
    struct capan_endpoint end[2]; /* sender, receiver */
    uint32_t stream;              /* CAPAN_STREAM_AUTO or the caller's */
    uint64_t hash;
    struct flow *last; /* the newest connection of these endpoints, whatever its path */
};

static bool is_of_stream(const struct flow *flow, const struct lookup *lookup) {
    if (!flow->named && lookup->stream == CAPAN_STREAM_AUTO) return true;
    return flow->named && flow->stream == lookup->stream;
}

/* By its path, which its direction or else the other one had before. */
static bool is_on_path(const struct flow *flow, const struct lookup *lookup) {
    enum capan_direction direction = direction_in(flow, &lookup->end[0]);
    if (!flow->path_known[direction]) direction = !direction;
    return flow->path_known[direction] && flow->path[direction] == lookup->packet->path && is_of_stream(flow, lookup);
}

/* On another path, because it is a copy of one that came another way; else by its numbers, as where the two directions
 * of a connection are in two VLANs. */
static bool fits(const struct flow *flow, const struct lookup *lookup) {
    enum capan_direction direction = direction_in(flow, &lookup->end[0]);
    if (!is_of_stream(flow, lookup)) return false;
    if (capan_tcp_same_packet(flow->tcp, lookup->packet, lookup->header, direction)) return true;
    return !flow->path_known[direction] && capan_tcp_fits(flow->tcp, lookup->header, direction);
}

static struct flow *next_between(const struct capan_analysis *analysis, const struct lookup *lookup,
                                 const struct flow *after) {
    return table_next(&analysis->table, lookup->hash, &lookup->end[0], &lookup->end[1], after);
}

static struct flow *first_that(const struct capan_analysis *analysis, const struct lookup *lookup,
                               bool (*holds)(const struct flow *, const struct lookup *)) {
    struct flow *flow = lookup->last;
    while (flow && !holds(flow, lookup)) flow = next_between(analysis, lookup, flow);
    return flow;
}

/* A path tells more than numbers do. */
static struct flow *find(const struct capan_analysis *analysis, struct lookup *lookup) {
    lookup->last = next_between(analysis, lookup, NULL);
    struct flow *flow = first_that(analysis, lookup, is_on_path);
    if (!flow) flow = first_that(analysis, lookup, fits);
    if (!flow) return NULL;
    enum capan_direction direction = direction_in(flow, &lookup->end[0]);
    if (!flow->path_known[direction]) {
        flow->path[direction] = lookup->packet->path;
        flow->path_known[direction] = true;
    }
    return flow;
}

/* The oldest of too many connections between the same endpoints. */
static void thin_out(struct capan_analysis *analysis, const struct lookup *lookup) {
    struct flow *oldest = NULL;
    unsigned count = 0;
    for (struct flow *flow = lookup->last; flow; flow = next_between(analysis, lookup, flow), count++) oldest = flow;
    if (count >= FLOWS_OF_A_PAIR) evict(analysis, oldest);
}

/* Wireshark's number for a connection that begins: it does not look at VLANs and tunnels, so that connections on other
 * paths between the same ports share one. */
static uint32_t stream_number(struct capan_analysis *analysis, const struct lookup *lookup, bool reused) {
    if (lookup->stream != CAPAN_STREAM_AUTO) return lookup->stream;
    if (lookup->last && !reused &&
        !capan_tcp_reused(lookup->last->tcp, lookup->header, direction_in(lookup->last, &lookup->end[0])))
        return lookup->last->stream;
    return analysis->next_stream++;
}

/* The segment's connection, a new one where none fits. *reused: its ports had another one. */
static struct flow *connection_of(struct capan_analysis *analysis, struct lookup *lookup, bool *reused) {
    struct flow *flow = find(analysis, lookup);
    *reused = false;
    if (flow && lookup->stream == CAPAN_STREAM_AUTO)
        *reused = capan_tcp_reused(flow->tcp, lookup->header, direction_in(flow, &lookup->end[0]));
    if (flow && !*reused) return flow;
    uint32_t stream = stream_number(analysis, lookup, *reused);
    if (!flow && lookup->last && lookup->last->named) *reused = lookup->last->stream != stream;
    if (flow)
        retire(analysis, flow, CAPAN_ENDED_CAPTURE);
    else if (lookup->last && lookup->last->named)
        retire(analysis, lookup->last, CAPAN_ENDED_CAPTURE);
    else
        thin_out(analysis, lookup);
    bool from_client = role_is_client(lookup->header);
    flow = new_flow(analysis, lookup->packet, lookup->end, from_client, lookup->hash, stream,
                    lookup->stream != CAPAN_STREAM_AUTO);
    if (flow) {
        enum capan_direction direction = from_client ? CAPAN_C2S : CAPAN_S2C;
        flow->path[direction] = lookup->packet->path;
        flow->path_known[direction] = true;
    }
    return flow;
}

/* The connection of a segment that opens none, when it was met just now on the same path. */
static struct flow *hot_connection(struct capan_analysis *analysis, const struct lookup *lookup) {
    struct flow *flow = *hot_place(analysis, lookup->end);
    if (!flow || lookup->header->flags & CAPAN_TH_SYN || !table_between(flow, &lookup->end[0], &lookup->end[1]))
        return NULL;
    if ((flow->named || lookup->stream != CAPAN_STREAM_AUTO) && !(flow->named && flow->stream == lookup->stream))
        return NULL;
    enum capan_direction direction = direction_in(flow, &lookup->end[0]);
    return flow->path_known[direction] && flow->path[direction] == lookup->packet->path ? flow : NULL;
}

/* --- segments --- */

static void read_content(struct capan_analysis *analysis, struct flow *flow, struct capan_segment *segment,
                         const struct capan_tcp_data *data) {
    struct content_place place = place_of(analysis, flow);
    analysis->speaking = flow;
    content_segment(&flow->content, &place, (enum capan_direction)segment->direction, data, segment->frame,
                    segment->time_ns);
    analysis->speaking = NULL;
}

static void count_packet(struct capan_analysis *analysis, const struct capan_packet *packet) {
    struct capan_totals *totals = &analysis->totals;
    if (totals->segments++ == 0) {
        totals->first_frame = packet->frame;
        totals->first_ns = packet->time_ns;
    }
    totals->last_frame = packet->frame;
    totals->last_ns = packet->time_ns;
}

static void make_room(struct capan_analysis *analysis) {
    if (!capan_records_full(&analysis->records)) return;
    if (capan_records_first(&analysis->records)->segment.open_questions) analysis->totals.evicted_segments++;
    report_first(analysis);
}

/* A flight of the server's TLS handshake begins with a record of it, or of ChangeCipherSpec; what else is encrypted,
 * such as tickets, is nothing that a client waits for. */
static bool begins_handshake_record(struct capan_span octets) {
    enum { CHANGE_CIPHER_SPEC = 20, HANDSHAKE = 22, MAJOR_VERSION = 3 };
    return octets.len > 1 && (octets.at[0] == CHANGE_CIPHER_SPEC || octets.at[0] == HANDSHAKE) &&
           octets.at[1] == MAJOR_VERSION;
}

static void note_turn(struct flow *flow, const struct capan_segment *segment, struct capan_span octets) {
    if (!octets.len) return;
    bool from_client = segment->direction == CAPAN_C2S;
    bool answers = !from_client && flow->client_spoke;
    if (answers && begins_handshake_record(octets) && flow->handshakes.tls < UINT8_MAX) flow->handshakes.tls++;
    flow->client_spoke = from_client;
}

static enum capan_result judge_segment(struct capan_analysis *analysis, struct flow *flow, const struct lookup *lookup,
                                       bool reused, uint64_t *serial) {
    make_room(analysis);
    struct capan_segment *segment = capan_records_push(&analysis->records, flow);
    if (!segment) return CAPAN_NO_MEMORY;
    struct capan_tcp_data data;
    segment->frame = lookup->packet->frame;
    segment->time_ns = lookup->packet->time_ns;
    segment->stream = flow->stream;
    segment->direction = (uint8_t)direction_in(flow, &lookup->end[0]);
    enum capan_result result = capan_tcp_segment(flow->tcp, lookup->packet, lookup->header, reused, segment, &data);
    if (result != CAPAN_OK) {
        capan_records_unpush(&analysis->records);
        return result;
    }
    flow->pending++;
    flow->last_serial = segment->serial;
    flow->last_frame = segment->frame;
    flow->last_ns = segment->time_ns;
    if (serial) *serial = segment->serial;
    note_turn(flow, segment, data.octets);
    if (!flow->content.given_up) troubles_note(&flow->troubles, &analysis->memory.alloc, segment);
    if (!flow->content.given_up) read_content(analysis, flow, segment, &data);
    return CAPAN_OK;
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
    count_packet(analysis, packet);
    bool reused = false;
    struct flow *flow = hot_connection(analysis, &lookup);
    if (!flow) {
        lookup.hash = table_hash(&analysis->table, &lookup.end[0], &lookup.end[1]);
        flow = connection_of(analysis, &lookup, &reused);
        if (!flow) return CAPAN_NO_MEMORY;
        *hot_place(analysis, flow->end) = flow;
    }
    capan_tcp_expect(flow->tcp);
    content_expect(&flow->content);
    enum capan_result result = judge_segment(analysis, flow, &lookup, reused, serial);
    table_touch(&analysis->table, flow, capan_tcp_closed(flow->tcp), packet->time_ns);
    hold_budget(analysis, flow);
    report_settled(analysis, packet->time_ns);
    return result;
}

/* --- ICMP --- */

enum capan_result capan_analysis_icmp(struct capan_analysis *analysis, const struct capan_packet *packet) {
    struct icmp_quote quote;
    pings_learn(&analysis->pings, packet);
    if (!icmp_read(&quote, packet)) return CAPAN_OK;
    uint64_t hash = table_hash(&analysis->table, &quote.from, &quote.to);
    struct flow *flow = table_next(&analysis->table, hash, &quote.from, &quote.to, NULL);
    if (flow)
        capan_tcp_icmp(flow->tcp, direction_in(flow, &quote.from), quote.too_big, quote.mtu, quote.seq, packet->frame,
                       packet->time_ns);
    return CAPAN_OK;
}

/* --- what the caller decoded --- */

/* The connection that a decoded part was carried by, NULL where it is none of TCP's. */
static struct flow *carrier(const struct capan_analysis *analysis, const struct capan_decoded *at) {
    if (at->quic) return NULL;
    uint64_t hash = table_hash(&analysis->table, &at->from, &at->to);
    struct flow *flow = table_next(&analysis->table, hash, &at->from, &at->to, NULL);
    return flow && flow->stream == at->stream ? flow : NULL;
}

enum capan_result capan_analysis_decoded_head(struct capan_analysis *analysis, const struct capan_decoded *at,
                                              const struct capan_decoded_head *head) {
    struct flow *flow = carrier(analysis, at), *before = analysis->speaking;
    struct capan_http_head judged = {.request = head->request,
                                     .version = head->version,
                                     .frame = at->first_frame ? at->first_frame : at->frame,
                                     .time_ns = at->first_frame ? at->first_ns : at->time_ns};
    capan_pseudo_read(&judged, head->fields, head->field_count);
    analysis->speaking = flow;
    enum capan_result result = decoded_head(&analysis->decoded, at, &judged, flow ? &flow->decoded : NULL);
    analysis->speaking = before;
    return result;
}

void capan_analysis_decoded_unread(struct capan_analysis *analysis, const struct capan_decoded *at, bool request) {
    decoded_unread(&analysis->decoded, at, request, CAPAN_FRAMING_UNREADABLE);
}

void capan_analysis_decoded_body(struct capan_analysis *analysis, const struct capan_decoded *at, bool request,
                                 struct capan_span octets, uint64_t len) {
    decoded_body(&analysis->decoded, at, request, octets, len - octets.len);
}

void capan_analysis_decoded_end(struct capan_analysis *analysis, const struct capan_decoded *at, bool request,
                                bool reset) {
    analysis->speaking = carrier(analysis, at);
    decoded_end(&analysis->decoded, at, request, reset);
    analysis->speaking = NULL;
}

enum capan_result capan_analysis_decoded_octets(struct capan_analysis *analysis, const struct capan_decoded *at,
                                                struct capan_span octets) {
    struct flow *flow = carrier(analysis, at);
    if (!flow || analysis->config.no_http) return CAPAN_OK;
    struct content_place place = place_of(analysis, flow);
    analysis->speaking = flow;
    enum capan_result result =
        content_plain(&flow->content, &place, direction_in(flow, &at->from), octets, at->frame, at->time_ns);
    analysis->speaking = NULL;
    return result;
}

/* --- the object --- */

static void set_defaults(struct capan_config *config) {
    if (!config->memory) config->memory = DEFAULT_MEMORY;
    if (!config->window_segments) config->window_segments = DEFAULT_WINDOW_SEGMENTS;
    if (!config->window_ns) config->window_ns = DEFAULT_WINDOW_NS;
}

static bool open_parts(struct capan_analysis *analysis) {
    struct capan_judge_config judge = {analysis->config.memory / 2, analysis->config.seed,
                                       analysis->config.shared_cache};
    if (table_init(&analysis->table, analysis->config.seed, &analysis->memory.alloc) != CAPAN_OK) return false;
    if (capan_records_init(&analysis->records, analysis->config.window_segments, &analysis->under) != CAPAN_OK)
        return false;
    analysis->judge = capan_judge_new(&analysis->under, &judge);
    decoded_init(&analysis->decoded, analysis->config.seed, &analysis->memory.alloc, analysis->judge,
                 &analysis->exchanges_sink);
    return analysis->judge != NULL;
}

struct capan_analysis *capan_analysis_new(const struct capan_config *config, const struct capan_sink *sink,
                                          const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_analysis *analysis = capan_new(alloc, sizeof *analysis);
    if (!analysis) return NULL;
    analysis->config = *config;
    analysis->sink = *sink;
    analysis->under = *alloc;
    analysis->exchanges_sink =
        (struct capan_exchanges_sink){.exchange = report_exchange, .pay = pay, .path = path_of, .context = analysis};
    if (config->content) analysis->exchanges_sink.content = hand_content;
    analysis->marks = (struct capan_exchanges_marks){mark_segment, analysis};
    set_defaults(&analysis->config);
    findings_init(&analysis->findings);
    pages_init(&analysis->pages, &analysis->under, config->page, sink->context);
    capan_counter_init(&analysis->memory, &analysis->under);
    if (open_parts(analysis)) return analysis;
    capan_analysis_free(analysis);
    return NULL;
}

/* Gives everything back without a word to the sink. */
void capan_analysis_free(struct capan_analysis *analysis) {
    if (!analysis) return;
    struct capan_alloc under = analysis->under;
    analysis->sink = (struct capan_sink){0};
    analysis->pages.tell = NULL;
    analysis->config.content = NULL;
    if (analysis->table.buckets && analysis->judge) capan_analysis_finish(analysis);
    if (analysis->table.buckets) table_free(&analysis->table);
    if (analysis->records.alloc) capan_records_free(&analysis->records);
    if (analysis->judge) capan_judge_free(analysis->judge);
    capan_delete(&under, analysis, sizeof *analysis);
}

/* The connection that began first among those alive: newest and oldest are by use, rows are by beginning. */
static int by_beginning(const void *left, const void *right) {
    const struct flow *a = *(struct flow *const *)left, *b = *(struct flow *const *)right;
    if (a->stream != b->stream) return a->stream < b->stream ? -1 : 1;
    return a->first_frame < b->first_frame ? -1 : a->first_frame > b->first_frame;
}

static void retire_in_order(struct capan_analysis *analysis) {
    size_t count = analysis->table.count;
    struct flow **flows = capan_new(&analysis->under, (count + 1) * sizeof *flows);
    if (flows) {
        size_t at = 0;
        for (struct flow *flow = analysis->table.open.oldest; flow; flow = flow->newer) flows[at++] = flow;
        for (struct flow *flow = analysis->table.closed.oldest; flow; flow = flow->newer) flows[at++] = flow;
        qsort(flows, count, sizeof *flows, by_beginning);
        for (at = 0; at < count; at++) {
            speak(analysis, flows[at], CAPAN_ENDED_CAPTURE);
            capan_tcp_finish(flows[at]->tcp);
        }
        while (!capan_records_empty(&analysis->records)) report_first(analysis);
        for (at = 0; at < count; at++) retire(analysis, flows[at], CAPAN_ENDED_CAPTURE);
        capan_delete(&analysis->under, flows, (count + 1) * sizeof *flows);
    }
    while (analysis->table.open.oldest) retire(analysis, analysis->table.open.oldest, CAPAN_ENDED_CAPTURE);
    while (analysis->table.closed.oldest) retire(analysis, analysis->table.closed.oldest, CAPAN_ENDED_CAPTURE);
}

void capan_analysis_finish(struct capan_analysis *analysis) {
    retire_in_order(analysis);
    decoded_free(&analysis->decoded);
    pages_finish(&analysis->pages);
    while (!capan_records_empty(&analysis->records)) report_first(analysis);
}

const struct capan_segment *capan_analysis_pending(const struct capan_analysis *analysis, uint64_t serial,
                                                   const uint32_t **acks) {
    const struct capan_segment *segment = capan_records_at(&analysis->records, serial);
    if (!segment) return NULL;
    const struct capan_record *record = (const struct capan_record *)segment;
    if (acks) *acks = capan_records_acks(&analysis->records, record);
    return segment;
}

size_t capan_analysis_findings(struct capan_analysis *analysis, const struct capan_finding **findings) {
    return findings_sort(&analysis->findings, findings);
}

void capan_analysis_totals(const struct capan_analysis *analysis, struct capan_totals *totals) {
    *totals = analysis->totals;
    totals->evicted_responses = capan_judge_evicted(analysis->judge);
    totals->memory_peak = analysis->memory.peak;
}
