/* SPDX-License-Identifier: MIT */
#include "exchanges.h"

#include "alloc.h"
#include "bytes.h"
#include "field.h"
#include "near.h"
#include "parser.h"
#include "pending.h"

enum {
    IN_FLIGHT_MAX = 1024,    /* exchanges that wait on one connection */
    EARLY_MAX = 16,          /* responses that wait for their request */
    SEARCH_BOTH_MAX = 4096,  /* octets looked through when neither side began with HTTP */
    SEARCH_ONE_MAX = 1 << 22 /* and when one side is silent */
};

/* Findings that mean that fields are missing. */
#define CUT (UINT32_C(1) << CAPAN_FRAMING_HEAD_CUT | UINT32_C(1) << CAPAN_FRAMING_HEAD_TOO_LONG)

/* With that frame the peer said, along with octets of its own, that it has everything before offset. */
struct acknowledged {
    uint64_t offset;
    uint32_t frame;
};
enum { ACKNOWLEDGED_KEPT = 4 };

/* One direction's parser and what it tells. */
struct way {
    struct capan_exchanges *owner;
    uint64_t acked; /* the peer has its octets before this offset */
    bool acks_seen;
    uint64_t acked_kept;    /* the offset last put into the history */
    uint32_t history_count; /* the latest is at this number less one, modulo how many are kept */
    struct acknowledged history[ACKNOWLEDGED_KEPT];
    struct capan_parser parser;
    uint8_t direction;
    uint32_t head_frame; /* with which the last head ended */
    bool lost;           /* heads may be missing since the last one that was read */
    bool lost_head;      /* one is missing for sure */
    bool has_gap;        /* octets are missing since then */
    uint64_t gap_at;     /* the first of them */
    bool closed;         /* its FIN was seen */
    bool contrary;       /* its message is of the other direction's kind: passed over */
};

struct capan_exchanges {
    const struct capan_alloc *alloc;
    struct capan_judge *judge;
    struct capan_exchanges_sink sink;
    struct capan_exchanges_marks marks;
    struct capan_exchanges_turns turns;
    struct capan_endpoint ends[2];
    struct way way[2];
    struct pending_queue queue;
    struct pending *asking, *answering; /* whose request, whose response is being read */
    uint32_t stream;
    bool roles_known;
    uint8_t asker; /* the direction that sends requests */
};

static struct way *asker(struct capan_exchanges *x) {
    return &x->way[x->asker];
}
static struct way *answerer(struct capan_exchanges *x) {
    return &x->way[!x->asker];
}

/* The peer has octets that were not read here. An acknowledged FIN counts for one. */
static bool has_unread(const struct way *way) {
    return way->acked > way->parser.offset + 1;
}

/* The peer had octets that the capture lacks. Those that it never acknowledged were lost on the way, as far as can be
 * seen. */
static bool lacks_octets(const struct way *way) {
    return has_unread(way) || (way->has_gap && (!way->acks_seen || way->acked > way->gap_at));
}

static void found_head(struct way *way) {
    way->lost = way->lost_head = way->has_gap = false;
}

/* What the peer had when it sent that frame. Octets that waited behind a hole are read later than they were sent. */
static uint64_t acked_with(const struct way *way, uint32_t frame) {
    uint32_t kept = min_u32(way->history_count, ACKNOWLEDGED_KEPT);
    uint64_t offset = 0;
    for (uint32_t i = 1; i <= kept; i++) {
        const struct acknowledged *at = &way->history[(way->history_count - i) % ACKNOWLEDGED_KEPT];
        offset = at->offset;
        if (at->frame <= frame) return offset;
    }
    return kept == ACKNOWLEDGED_KEPT ? offset : 0;
}

static struct capan_http_place place_of(const struct capan_exchanges *x) {
    return (struct capan_http_place){
        .stream = x->stream, .h2_stream = -1, .client = x->ends[x->asker], .server = x->ends[!x->asker]};
}

/* Why a response was not seen to its end, or at all. */
static enum capan_http_ending ending_of(struct capan_exchanges *x, enum capan_stop stop) {
    const struct way *way = answerer(x);
    if (stop == CAPAN_STOP_NONE) return CAPAN_HTTP_ENDED;
    if (lacks_octets(way)) return CAPAN_HTTP_CAPTURE_GAP;
    if (stop == CAPAN_STOP_CAPTURE) return CAPAN_HTTP_CAPTURE_END;
    return stop == CAPAN_STOP_CLOSED ? CAPAN_HTTP_CLOSED : CAPAN_HTTP_RESET;
}

static void tell_response(struct capan_exchanges *x, struct pending *pending, const struct capan_message *message) {
    struct capan_http_head head = {.status = message->status,
                                   .version = message->version,
                                   .fields = message->fields,
                                   .field_count = message->field_count,
                                   .at = {pending->end.response.first_frame, pending->end.response.first_ns}};
    if (pending->judgement && !pending->cut) capan_judge_response(x->judge, pending->judgement, &head);
}

/* An early response has its judgement now: with its request, or without one. */
static void tell_kept(struct capan_exchanges *x, struct pending *pending) {
    const struct capan_message *message = capan_pending_kept_head(pending->early_head);
    pending->early = false;
    x->queue.early_count--;
    for (uint8_t i = 0; i < pending->interim_count && pending->judgement; i++)
        capan_judge_interim(pending->judgement, pending->interim[i]);
    if (message) tell_response(x, pending, message);
    capan_pending_drop_head(&x->queue, &pending->early_head);
}

/* Its request was not captured. */
static void judge_orphan(struct capan_exchanges *x, struct pending *pending) {
    struct capan_http_place place = place_of(x);
    pending->judgement = capan_judge_request(x->judge, &place, NULL);
    pending->request_done = true;
    if (pending->early) tell_kept(x, pending);
}

/* Without all of the fields there is no verdict: only what was said. */
static void leave_unjudged(const struct pending *pending, struct capan_exchange *exchange) {
    static const uint8_t reasons[] = {
        [CAPAN_HTTP_ENDED] = CAPAN_REASON_NONE,
        [CAPAN_HTTP_TUNNELLED] = CAPAN_REASON_NONE,
        [CAPAN_HTTP_RESET] = CAPAN_REASON_RESET,
        [CAPAN_HTTP_CLOSED] = CAPAN_REASON_CLOSED_EARLY,
        [CAPAN_HTTP_CAPTURE_GAP] = CAPAN_REASON_CAPTURE_GAP,
        [CAPAN_HTTP_CAPTURE_END] = CAPAN_REASON_CAPTURE_END,
    };
    const struct capan_message *request = capan_pending_kept_head(pending->cut_request);
    if (request) {
        exchange->method = request->method;
        exchange->target = request->target;
        exchange->request_version = request->version;
    }
    exchange->status = pending->status;
    exchange->response_version = pending->response_version;
    exchange->outcome = !exchange->method.len ? CAPAN_OUTCOME_ORPHAN_RESPONSE
                        : pending->status     ? CAPAN_OUTCOME_PLAIN
                                              : CAPAN_OUTCOME_NO_RESPONSE;
    exchange->reason = pending->status ? CAPAN_REASON_NONE : reasons[pending->end.how];
    exchange->violations = exchange->advice = 0;
    exchange->certainty = CAPAN_AMBIGUOUS;
}

/* A request line without version counts only when it was answered: other protocols have such lines. */
static void report_first(struct capan_exchanges *x) {
    struct pending *pending = x->queue.first;
    if (pending->early) judge_orphan(x, pending);
    if (x->asking == pending) x->asking = NULL;
    if (x->answering == pending) x->answering = NULL;
    if (pending->judgement && (pending->response_begun || !pending->simple)) {
        if (x->sink.path) pending->end.path = x->sink.path(x->sink.context, &x->ends[x->asker]);
        struct capan_exchange *exchange = capan_judge_end(x->judge, pending->judgement, &pending->end);
        if (pending->cut) leave_unjudged(pending, exchange);
        exchange->request_framing = pending->request_framing;
        exchange->response_framing = pending->response_framing;
        exchange->request_content = pending->request_content;
        exchange->response_content = pending->response_content;
        x->sink.exchange(x->sink.context, exchange);
    }
    if (pending->judgement) capan_judgement_free(x->judge, pending->judgement);
    capan_pending_remove_first(&x->queue);
}

static void report_finished(struct capan_exchanges *x) {
    while (x->queue.first && x->queue.first->response_done && x->queue.first->request_done) report_first(x);
}

/* Those before pending (NULL: all) get no response any more. */
static void give_up_before(struct capan_exchanges *x, const struct pending *pending, enum capan_http_ending how) {
    while (x->queue.first && x->queue.first != pending) {
        if (!x->queue.first->response_done) x->queue.first->end.how = how;
        report_first(x);
    }
}

/* The server had only octets before this offset when it gave these answers: their requests will not come to light. */
static void judge_early_orphans(struct capan_exchanges *x, uint64_t offset) {
    for (struct pending *p = x->queue.first; p && x->queue.early_count; p = p->next) {
        if (p->early && p->known_to <= offset) judge_orphan(x, p);
    }
    report_finished(x);
}

static struct pending *first_early(const struct capan_exchanges *x) {
    struct pending *pending = x->queue.early_count ? x->queue.first : NULL;
    while (pending && !pending->early) pending = pending->next;
    return pending;
}

static struct pending *new_pending(struct capan_exchanges *x) {
    if (x->queue.count >= IN_FLIGHT_MAX) give_up_before(x, x->queue.first->next, CAPAN_HTTP_CAPTURE_GAP);
    return capan_pending_add(&x->queue);
}

static bool expects_100(const struct capan_message *message) {
    size_t at = 0;
    const struct capan_http_field *expect =
        capan_field_next(message->fields, message->field_count, CAPAN_FIELD_EXPECT, &at);
    return expect && capan_is_word(expect->value, "100-continue");
}

/* How far the answers had come when the client sent that frame. */
static uint64_t asked_at(struct capan_exchanges *x, uint32_t frame) {
    uint64_t acked = acked_with(answerer(x), frame);
    return acked ? acked : answerer(x)->parser.offset;
}

static void note_request(struct capan_exchanges *x, struct pending *pending, const struct capan_message *message,
                         const struct capan_http_extent *extent, uint64_t start) {
    bool is_get = span_equal(message->method, span_of("GET"));
    pending->end.request = *extent;
    pending->request_framing = message->framing;
    pending->request_start = start;
    pending->asked_at = asked_at(x, extent->first_frame);
    pending->after_loss = asker(x)->lost;
    pending->is_head = span_equal(message->method, span_of("HEAD"));
    pending->is_connect = span_equal(message->method, span_of("CONNECT"));
    pending->expects = !is_get && expects_100(message);
    pending->simple = message->start == CAPAN_START_SIMPLE;
    pending->simple_get = pending->simple && is_get && message->target.at[0] == '/';
}

static void judge_request(struct capan_exchanges *x, struct pending *pending, const struct capan_message *message,
                          const struct capan_http_extent *extent) {
    struct capan_http_place place = place_of(x);
    struct capan_http_head head = {.request = true,
                                   .method = message->method,
                                   .target = message->target,
                                   .version = message->version,
                                   .fields = message->fields,
                                   .field_count = message->field_count,
                                   .at = {extent->first_frame, extent->first_ns}};
    bool cut = message->framing & CUT;
    if (cut) capan_pending_keep_head(&x->queue, &pending->cut_request, message);
    pending->cut |= cut;
    pending->judgement = capan_judge_request(x->judge, &place, cut ? NULL : &head);
    if (x->sink.pay && pending->judgement) capan_judgement_pays(pending->judgement, x->sink.pay(x->sink.context));
}

/* A request opens an exchange, or turns out to be that of a response which came early. */
static void begin_request(struct capan_exchanges *x, const struct capan_message *message,
                          const struct capan_http_extent *extent, uint64_t start) {
    capan_parser_settle(&answerer(x)->parser);
    judge_early_orphans(x, start);
    struct pending *early = first_early(x);
    struct pending *pending = early ? early : new_pending(x);
    x->asking = pending;
    if (!pending) return;
    note_request(x, pending, message, extent, start);
    found_head(asker(x));
    judge_request(x, pending, message, extent);
    if (early) tell_kept(x, early);
}

/* The first request that waits and that the response beginning at that offset can answer. Where requests are missing,
 * one that the server did not have yet is not meant; where responses are, it is the first of those sent last before
 * that offset, but not the one whose answer was lost for sure when another one waits. *missing: the server had another
 * request then, which we have not. */
static struct pending *find_candidate(struct capan_exchanges *x, uint64_t start, uint64_t known_to, bool *missing) {
    struct pending *best = NULL;
    bool first_lost = answerer(x)->lost_head;
    *missing = known_to > asker(x)->parser.offset;
    for (struct pending *p = x->queue.first; p; p = p->next) {
        if (p->response_begun) continue;
        if (p->after_loss && known_to && p->request_start >= known_to) {
            *missing = true;
            break;
        }
        if (!answerer(x)->lost) return p;
        if (p->asked_at > start && best) break;
        bool better = !best || first_lost || p->asked_at > best->asked_at;
        first_lost &= !best && p->asked_at < start;
        if (better) best = p;
    }
    return best;
}

/* Whose response it is: the first that waits (RFC 9112 9.3.2); with responses lost, those before have none. A client
 * that waits for each answer sends its request when the one before has ended: octets lost since then were the answer,
 * and a later request that the server had and we have not read is the one meant here. */
static struct pending *find_waiting(struct capan_exchanges *x, uint64_t start, uint32_t frame) {
    uint64_t known_to = acked_with(asker(x), frame);
    bool missing;
    struct pending *waiting = find_candidate(x, start, known_to, &missing);
    if (!waiting) return NULL;
    bool was_answered = answerer(x)->lost && waiting->asked_at < start && missing;
    give_up_before(x, was_answered ? waiting->next : waiting, CAPAN_HTTP_CAPTURE_GAP);
    return was_answered ? NULL : waiting;
}

/* No request waits: it was not captured, or the server has octets of it that we have not. */
static struct pending *new_unasked(struct capan_exchanges *x, uint32_t frame) {
    struct pending *pending = new_pending(x);
    if (!pending) return NULL;
    pending->known_to = acked_with(asker(x), frame);
    pending->early = pending->known_to > asker(x)->parser.offset && x->queue.early_count < EARLY_MAX;
    x->queue.early_count += pending->early;
    if (!pending->early) judge_orphan(x, pending);
    return pending;
}

static void begin_interim(struct pending *pending, uint16_t status) {
    if (pending->judgement)
        capan_judge_interim(pending->judgement, status);
    else if (pending->early && pending->interim_count < CAPAN_HTTP_INTERIM_MAX)
        pending->interim[pending->interim_count++] = status;
}

/* The 101 names HTTP/2, and the request was read whole, as it must be before (RFC 7540 3.2). */
static bool grants_h2c(const struct capan_exchanges *x, const struct pending *pending,
                       const struct capan_message *message) {
    size_t at = 0;
    if (!x->turns.upgrade || message->status != 101 || !pending->judgement || pending->cut || !pending->request_done)
        return false;
    const struct capan_http_field *upgrade =
        capan_field_next(message->fields, message->field_count, CAPAN_FIELD_UPGRADE, &at);
    return upgrade && capan_is_word(upgrade->value, "h2c");
}

static void begin_final(struct capan_exchanges *x, struct pending *pending, const struct capan_message *message,
                        const struct capan_http_extent *extent) {
    pending->response_begun = true;
    pending->end.response = *extent;
    pending->response_framing = message->framing;
    pending->tunnels = message->status == 101 || (pending->is_connect && message->status / 100 == 2);
    x->answering = pending;
    pending->status = message->status;
    pending->response_version = message->version;
    pending->cut |= (message->framing & CUT) != 0;
    pending->upgrades = grants_h2c(x, pending, message);
    if (pending->early && !capan_pending_keep_head(&x->queue, &pending->early_head, message)) judge_orphan(x, pending);
    if (!pending->early && !pending->upgrades) tell_response(x, pending, message);
    if (pending->expects && x->asking == pending) capan_parser_expect_no_body(&asker(x)->parser);
}

static struct capan_asked begin_response(struct capan_exchanges *x, const struct capan_message *message,
                                         const struct capan_http_extent *extent, uint64_t start) {
    bool interim = message->status / 100 == 1 && message->status != 101;
    struct pending *pending = find_waiting(x, start, extent->first_frame);
    if (!pending) pending = new_unasked(x, extent->first_frame);
    found_head(answerer(x));
    if (!pending) return (struct capan_asked){0};
    if (interim)
        begin_interim(pending, message->status);
    else
        begin_final(x, pending, message, extent);
    return (struct capan_asked){pending->end.request.first_frame != 0, pending->is_head, pending->is_connect};
}

static void set_roles(struct capan_exchanges *x, uint8_t direction, bool asks) {
    struct capan_parser *other = &x->way[!direction].parser;
    if (x->roles_known) return;
    x->roles_known = true;
    x->asker = asks ? direction : !direction;
    if (other->kind == CAPAN_START_NONE) other->kind = asks ? CAPAN_START_RESPONSE : CAPAN_START_REQUEST;
}

static struct capan_asked on_head(void *context, const struct capan_message *message,
                                  const struct capan_http_extent *extent, uint64_t start) {
    struct way *way = context;
    struct capan_exchanges *x = way->owner;
    bool asks = message->start != CAPAN_START_RESPONSE;
    way->head_frame = way->parser.now.frame;
    set_roles(x, way->direction, asks);
    way->contrary = asks != (way->direction == x->asker);
    if (way->contrary) return (struct capan_asked){0};
    if (!asks) return begin_response(x, message, extent, start);
    begin_request(x, message, extent, start);
    return (struct capan_asked){0};
}

static void end_request(struct capan_exchanges *x, const struct capan_message_end *end) {
    struct pending *pending = x->asking;
    x->asking = NULL;
    if (!pending) return;
    pending->request_done = true;
    pending->request_end = asker(x)->parser.start + end->extent.wire_len;
    pending->end.request = end->extent;
    pending->end.request_digest_known = end->digest_known;
    pending->end.request_digest = end->digest;
    pending->request_framing |= end->framing;
}

/* Where a tunnel begins, and what it is. */
struct turn {
    bool tunnels, connect;
    enum capan_direction client;
    uint64_t client_at, server_at;
};

static struct turn turn_of(struct capan_exchanges *x, const struct pending *pending,
                           const struct capan_message_end *end) {
    return (struct turn){pending->tunnels, pending->is_connect, (enum capan_direction)x->asker, pending->request_end,
                         answerer(x)->parser.start + end->extent.wire_len};
}

/* Behind CONNECT's tunnel another conversation begins (RFC 9110 9.3.6); behind 101 another protocol (15.2.2). */
static void enter_tunnel(struct capan_exchanges *x, const struct turn *turn) {
    give_up_before(x, NULL, CAPAN_HTTP_CLOSED);
    x->roles_known = false;
    for (int i = 0; i < 2; i++) {
        if (turn->connect)
            capan_parser_begin_inner(&x->way[i].parser);
        else
            capan_parser_give_up(&x->way[i].parser);
    }
    if (turn->connect && x->turns.tunnel)
        x->turns.tunnel(x->turns.context, turn->client, turn->client_at, turn->server_at);
}

static void hand_over(struct capan_exchanges *x, struct pending *pending, const struct capan_message_end *end) {
    const struct turn turn = turn_of(x, pending, end);
    const struct capan_h2c h2c = {.judgement = pending->judgement,
                                  .request = &pending->end,
                                  .client = turn.client,
                                  .client_at = turn.client_at,
                                  .server_at = turn.server_at};
    pending->judgement = NULL;
    x->turns.upgrade(x->turns.context, &h2c);
}

static void end_response(struct capan_exchanges *x, const struct capan_message_end *end) {
    struct pending *pending = x->answering;
    x->answering = NULL;
    if (!pending) return;
    pending->response_done = true;
    pending->request_done |= pending->tunnels;
    pending->end.how = pending->tunnels ? CAPAN_HTTP_TUNNELLED : ending_of(x, end->stop);
    pending->end.response = end->extent;
    pending->end.digest_known = end->digest_known;
    pending->end.digest = end->digest;
    pending->end.body_after_304 = end->body_after_304;
    pending->response_framing |= end->framing;
    if (pending->upgrades) hand_over(x, pending, end);
    const struct turn turn = turn_of(x, pending, end); /* settling may report the exchange and be its end */
    if (asker(x)->parser.state == CAPAN_PARSER_SEARCH) capan_parser_settle(&asker(x)->parser);
    if (turn.tunnels) enter_tunnel(x, &turn);
}

static void mark(const struct capan_exchanges *x, uint32_t frame, enum capan_tcp_flag flag) {
    if (x->marks.mark) x->marks.mark(x->marks.context, frame, flag);
}

static void on_end(void *context, const struct capan_message_end *end) {
    struct way *way = context;
    if (way->contrary) return;
    if (end->extent.complete) mark(way->owner, end->extent.last_frame, CAPAN_FLAG_LAST_OF_MESSAGE);
    if (way->direction == way->owner->asker)
        end_request(way->owner, end);
    else
        end_response(way->owner, end);
    report_finished(way->owner);
}

static void on_lost(void *context, bool at_head) {
    struct way *way = context;
    way->lost = true;
    way->lost_head |= at_head;
}

/* The exchange whose message is being read in that direction; NULL when it is passed over. */
static struct pending *pending_of(const struct way *way) {
    if (way->contrary) return NULL;
    return way->direction == way->owner->asker ? way->owner->asking : way->owner->answering;
}

static void on_content(void *context, uint64_t offset, struct capan_span octets) {
    const struct way *way = context;
    const struct capan_exchanges_sink *sink = &way->owner->sink;
    struct pending *pending = pending_of(way);
    if (!pending) return;
    bool request = way->direction == way->owner->asker;
    uint64_t *number = request ? &pending->request_content : &pending->response_content;
    *number = sink->content(sink->context, *number, request, offset, octets);
}

static void on_trailers(void *context, const struct capan_http_field *fields, size_t count) {
    const struct way *way = context;
    const struct pending *pending = pending_of(way);
    if (pending && pending->judgement && !pending->cut)
        capan_judge_trailers(way->owner->judge, pending->judgement, way->direction == way->owner->asker, fields, count);
}

/* The first answer to a lone request line without version is no status line. */
static bool on_simple(void *context) {
    const struct way *way = context;
    const struct capan_exchanges *x = way->owner;
    const struct pending *first = x->queue.first;
    return x->roles_known && way->direction != x->asker && x->queue.count == 1 && first->simple_get &&
           !first->response_begun;
}

struct capan_exchanges *capan_exchanges_new(const struct capan_alloc *alloc, struct capan_judge *judge, uint32_t stream,
                                            const struct capan_endpoint ends[2],
                                            const struct capan_exchanges_sink *sink) {
#define TOLD on_head, on_end, on_lost, on_simple
    static const struct capan_parser_sink told = {TOLD, NULL, on_trailers}, all = {TOLD, on_content, on_trailers};
#undef TOLD
    struct capan_exchanges *x = capan_new(alloc, sizeof *x);
    if (!x) return NULL;
    *x = (struct capan_exchanges){
        .alloc = alloc, .judge = judge, .sink = *sink, .ends = {ends[0], ends[1]}, .stream = stream};
    x->queue.alloc = alloc;
    for (uint8_t i = 0; i < 2; i++) {
        struct way *way = &x->way[i];
        way->owner = x;
        way->direction = i;
        capan_parser_init(&way->parser, alloc, sink->content ? &all : &told, way, 0);
    }
    return x;
}

void capan_exchanges_free(struct capan_exchanges *x) {
    if (!x) return;
    for (struct pending *p = x->queue.first; p; p = p->next) {
        if (p->judgement) capan_judgement_free(x->judge, p->judgement);
    }
    capan_pending_free(&x->queue);
    for (int i = 0; i < 2; i++) capan_parser_free(&x->way[i].parser);
    capan_delete(x->alloc, x, sizeof *x);
}

void capan_exchanges_watch(struct capan_exchanges *x, const struct capan_exchanges_marks *marks) {
    x->marks = *marks;
}

void capan_exchanges_watch_turns(struct capan_exchanges *x, const struct capan_exchanges_turns *turns) {
    x->turns = *turns;
}

/* A head was read with that frame, and a body follows it that has not begun. */
static bool awaits_body(const struct way *way, uint32_t frame) {
    const struct capan_parser *parser = &way->parser;
    const bool has_body = parser->state == CAPAN_PARSER_LENGTH || parser->state == CAPAN_PARSER_CHUNKED ||
                          parser->state == CAPAN_PARSER_UNTIL_CLOSE;
    return parser->open && has_body && parser->extent.body_len == 0 && way->head_frame == frame;
}

void capan_exchanges_octets(struct capan_exchanges *x, enum capan_direction direction, struct capan_span octets,
                            struct moment at) {
    capan_parser_octets(&x->way[direction].parser, octets, at);
    if (awaits_body(&x->way[direction], at.frame)) mark(x, at.frame, CAPAN_FLAG_HEADER_ONLY);
}

void capan_exchanges_gap(struct capan_exchanges *x, enum capan_direction direction, uint64_t len, struct moment at) {
    struct way *way = &x->way[direction];
    (void)at;
    if (!way->has_gap) way->gap_at = way->parser.offset;
    way->has_gap = true;
    capan_parser_gap(&way->parser, len);
}

void capan_exchanges_expect(const struct capan_exchanges *x) {
    bring_near(x, sizeof *x);
}

void capan_exchanges_acked(struct capan_exchanges *x, enum capan_direction acked, uint64_t offset, uint32_t frame,
                           bool with_octets) {
    struct way *way = &x->way[acked];
    way->acks_seen = true;
    way->acked = max_u64(way->acked, offset);
    if (!with_octets || offset <= way->acked_kept) return;
    way->acked_kept = offset;
    way->history[way->history_count++ % ACKNOWLEDGED_KEPT] = (struct acknowledged){offset, frame};
}

/* The answering side is silent from now on. */
static void end_answers(struct capan_exchanges *x, enum capan_stop stop) {
    give_up_before(x, NULL, ending_of(x, answerer(x)->closed ? CAPAN_STOP_CLOSED : stop));
}

static void stop_way(struct way *way, enum capan_stop stop) {
    if (!way->closed) capan_parser_stop(&way->parser, stop);
    way->closed |= stop == CAPAN_STOP_CLOSED;
}

void capan_exchanges_end(struct capan_exchanges *x, enum capan_direction direction, enum capan_end end,
                         struct moment at) {
    (void)at;
    if (end == CAPAN_ENDED_FIN) {
        stop_way(&x->way[direction], CAPAN_STOP_CLOSED);
        if (x->roles_known && direction != x->asker) end_answers(x, CAPAN_STOP_CLOSED);
        return;
    }
    enum capan_stop stop = end == CAPAN_ENDED_RST ? CAPAN_STOP_RESET : CAPAN_STOP_CAPTURE;
    stop_way(asker(x), stop);
    stop_way(answerer(x), stop);
    end_answers(x, stop);
}

enum capan_http_look capan_http_look(struct capan_span octets) {
    while (octets.len && (octets.at[0] == '\r' || octets.at[0] == '\n')) octets = span_cut(octets, 1, SIZE_MAX);
    const uint8_t *lf = octets.len ? memchr(octets.at, '\n', octets.len) : NULL;
    if (!lf) return capan_start_line_begins(octets) ? CAPAN_LOOKS_UNDECIDED : CAPAN_LOOKS_OTHER;
    struct capan_message message;
    switch (capan_start_line_read(capan_line(span_cut(octets, 0, (size_t)(lf - octets.at) + 1)), &message)) {
    case CAPAN_START_REQUEST: return CAPAN_LOOKS_REQUEST;
    case CAPAN_START_RESPONSE: return CAPAN_LOOKS_RESPONSE;
    case CAPAN_START_SIMPLE:
        return span_equal(message.method, span_of("GET")) ? CAPAN_LOOKS_REQUEST : CAPAN_LOOKS_OTHER;
    case CAPAN_START_NONE: break;
    }
    return CAPAN_LOOKS_OTHER;
}

bool capan_exchanges_hopeless(const struct capan_exchanges *x) {
    const struct capan_parser *a = &x->way[0].parser, *b = &x->way[1].parser;
    if (x->queue.first && !x->queue.first->simple) return false;
    if (a->state == CAPAN_PARSER_OVER && b->state == CAPAN_PARSER_OVER) return true;
    if (a->found || b->found) return false;
    uint64_t searched = a->searched + b->searched;
    if (a->refused && b->refused) return searched > SEARCH_BOTH_MAX;
    return searched > SEARCH_ONE_MAX;
}
