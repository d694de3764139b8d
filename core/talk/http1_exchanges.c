/* SPDX-License-Identifier: MIT */
#include "alloc.h"
#include "bytes.h"
#include "field.h"
#include "http1.h"
#include "judging.h"

enum {
    IN_FLIGHT_MAX = 1024, /* exchanges that wait on one connection */
    EARLY_MAX = 16        /* responses that wait for their request */
};

static struct capan_talks *talks_of(const struct capan_http1 *x) {
    return x->medium->carrier->talks;
}

/* What is not in clear is https (RFC 9110 4.2.2). */
static struct capan_http_head head_of(const struct capan_http1 *x, const struct capan_message *message,
                                      const struct capan_http_extent *extent) {
    return (struct capan_http_head){.secure = x->medium->is_decrypted,
                                    .request = message->start != CAPAN_START_RESPONSE,
                                    .method = message->method,
                                    .target = message->target,
                                    .status = message->status,
                                    .phrase = message->phrase,
                                    .version = message->version,
                                    .fields = message->fields,
                                    .field_count = message->field_count,
                                    .cut = message->framing & CAPAN_FRAMING_CUT,
                                    .at = {extent->first_frame, extent->first_ns}};
}

/* The value of a message's first field of that name; empty when it has none. */
static struct capan_span value_of(const struct capan_message *message, enum capan_field name) {
    size_t at = 0;
    const struct capan_http_field *field = capan_field_next(message->fields, message->field_count, name, &at);
    return field ? field->value : (struct capan_span){0};
}

/* --- the judge is told --- */

/* head NULL: the request was not captured. */
static void judge_request(struct capan_http1 *x, struct capan_pending *pending, const struct capan_http_head *head) {
    const struct capan_http_parties parties = capan_carrier_parties(x->medium->carrier, (enum capan_direction)x->asker);
    pending->judgement = capan_judging_begin(talks_of(x), x->medium->carrier, &parties, -1, head);
}

static void judge_response(struct capan_http1 *x, struct capan_pending *pending, const struct capan_message *message) {
    struct capan_http_head head = head_of(x, message, &pending->end.response.extent);
    if (pending->judgement) capan_judging_response(talks_of(x), pending->judgement, &head);
}

/* An early response has its judgement now: with its request, or without one. */
static void judge_kept(struct capan_http1 *x, struct capan_pending *pending) {
    const struct capan_message *message = capan_pending_kept_head(pending);
    pending->pair.is_early = false;
    x->queue.early_count--;
    for (uint8_t i = 0; i < pending->interim_count && pending->judgement; i++)
        capan_judging_interim(talks_of(x), pending->judgement, pending->interim[i]);
    if (message) judge_response(x, pending, message);
    capan_queue_drop_head(&x->queue, pending);
}

/* Its request was not captured. */
static void judge_orphan(struct capan_http1 *x, struct capan_pending *pending) {
    judge_request(x, pending, NULL);
    pending->request_done = true;
    if (pending->pair.is_early) judge_kept(x, pending);
}

/* --- the end of an exchange --- */

/* Why a response was not seen to its end, or at all. */
static enum capan_http_ending ending_of(struct capan_http1 *x, enum capan_stop stop) {
    const struct capan_http1_side *side = capan_http1_answerer(x);
    if (stop == CAPAN_STOP_NONE) return CAPAN_HTTP_ENDED;
    if (capan_heard_lacks(&side->heard, side->parser.offset)) return CAPAN_HTTP_CAPTURE_GAP;
    if (stop == CAPAN_STOP_CAPTURE) return CAPAN_HTTP_CAPTURE_END;
    return stop == CAPAN_STOP_CLOSED ? CAPAN_HTTP_CLOSED : CAPAN_HTTP_RESET;
}

/* A request line without version counts only when it was answered: other protocols have such lines. */
static void end_first(struct capan_http1 *x) {
    struct capan_pending *pending = x->queue.first;
    const struct capan_carrier *carrier = x->medium->carrier;
    if (pending->pair.is_early) judge_orphan(x, pending);
    if (x->asking == pending) x->asking = NULL;
    if (x->answering == pending) x->answering = NULL;
    if (pending->judgement && (pending->pair.is_answered || !pending->simple))
        capan_judging_end(talks_of(x), x->medium->carrier, &carrier->ends[x->asker], pending->judgement, &pending->end);
    else if (pending->judgement)
        capan_judging_drop(talks_of(x), pending->judgement);
    capan_queue_remove_first(&x->queue);
}

static void end_finished(struct capan_http1 *x) {
    while (x->queue.first && x->queue.first->response_done && x->queue.first->request_done) end_first(x);
}

/* Those before pending (NULL: all) get no response any more. */
static void give_up_before(struct capan_http1 *x, const struct capan_pending *pending, enum capan_http_ending how) {
    while (x->queue.first && x->queue.first != pending) {
        if (!x->queue.first->response_done) x->queue.first->end.how = how;
        end_first(x);
    }
}

void capan_http1_end_answers(struct capan_http1 *x, enum capan_stop stop) {
    give_up_before(x, NULL, ending_of(x, capan_http1_answerer(x)->closed ? CAPAN_STOP_CLOSED : stop));
}

/* --- requests --- */

/* The server had only octets before this offset when it gave these answers: their requests will not come to light. */
static void judge_early_orphans(struct capan_http1 *x, uint64_t offset) {
    for (struct capan_pending *p = x->queue.first; p && x->queue.early_count; p = capan_pending_next(p))
        if (p->pair.is_early && capan_pair_is_orphan(&p->pair, offset)) judge_orphan(x, p);
    end_finished(x);
}

static struct capan_pending *first_early(const struct capan_http1 *x) {
    struct capan_pending *pending = x->queue.early_count ? x->queue.first : NULL;
    while (pending && !pending->pair.is_early) pending = capan_pending_next(pending);
    return pending;
}

/* The oldest one makes room. */
static void give_up_first(struct capan_http1 *x) {
    const struct capan_pair *first = &x->queue.first->pair;
    x->given_up += !first->is_answered && !first->is_early;
    give_up_before(x, capan_pending_next(x->queue.first), capan_judging_give_up(talks_of(x)));
}

static struct capan_pending *new_pending(struct capan_http1 *x) {
    const bool full = x->queue.count > 1 && capan_judging_is_full(talks_of(x));
    if (x->queue.count >= IN_FLIGHT_MAX || full) give_up_first(x);
    return capan_queue_add(&x->queue);
}

/* How far the answers had come when the client sent that frame. */
static uint64_t asked_at(struct capan_http1 *x, uint32_t frame) {
    uint64_t acked = capan_heard_with(&capan_http1_answerer(x)->heard, frame);
    return acked ? acked : capan_http1_answerer(x)->parser.offset;
}

static void note_request(struct capan_http1 *x, struct capan_pending *pending, const struct capan_message *message,
                         const struct capan_http_extent *extent, uint64_t start) {
    bool is_get = span_equal(message->method, span_of("GET"));
    pending->end.request.extent = *extent;
    pending->end.request.framing = message->framing;
    pending->pair.request_start = start;
    pending->pair.asked_at = asked_at(x, extent->first_frame);
    pending->pair.after_loss = capan_http1_asker(x)->heard.lost;
    pending->is_head = span_equal(message->method, span_of("HEAD"));
    pending->is_connect = span_equal(message->method, span_of("CONNECT"));
    pending->expects = !is_get && capan_is_word(value_of(message, CAPAN_FIELD_EXPECT), "100-continue");
    pending->simple = message->start == CAPAN_START_SIMPLE || capan_http1_asker(x)->foreign;
    pending->simple_get = message->start == CAPAN_START_SIMPLE && is_get && message->target.at[0] == '/';
    /* RFC 1945 5.1 knows GET alone. */
    pending->refused = message->start == CAPAN_START_SIMPLE && !pending->simple_get;
    pending->cut |= (message->framing & CAPAN_FRAMING_CUT) != 0;
}

/* A request opens an exchange, or turns out to be that of a response which came early. */
void capan_http1_request(struct capan_http1 *x, const struct capan_message *message,
                         const struct capan_http_extent *extent, uint64_t start) {
    const struct capan_http_head head = head_of(x, message, extent);
    capan_parser_settle(&capan_http1_answerer(x)->parser);
    judge_early_orphans(x, start);
    struct capan_pending *early = first_early(x);
    struct capan_pending *pending = early ? early : new_pending(x);
    x->asking = pending;
    if (!pending) return;
    note_request(x, pending, message, extent, start);
    capan_heard_head(&capan_http1_asker(x)->heard);
    judge_request(x, pending, &head);
    if (early) judge_kept(x, early);
}

void capan_http1_refused(struct capan_http1 *x, struct capan_span octets, const struct capan_http_extent *extent,
                         uint64_t start) {
    struct capan_message message;
    capan_request_line_guess(octets, &message);
    const struct capan_http_head head = {.request = true,
                                         .cut = true,
                                         .refused = true,
                                         .secure = x->medium->is_decrypted,
                                         .method = message.method,
                                         .target = message.target,
                                         .at = {extent->first_frame, extent->first_ns}};
    struct capan_pending *pending = new_pending(x);
    if (!pending) return;
    note_request(x, pending, &message, extent, start);
    pending->simple = pending->refused = pending->cut = true;
    pending->simple_get = false;
    pending->request_done = true;
    pending->request_end = start + octets.len;
    pending->end.request.extent.wire_len = octets.len;
    judge_request(x, pending, &head);
}

static void end_request(struct capan_http1 *x, const struct capan_message_end *end) {
    struct capan_pending *pending = x->asking;
    x->asking = NULL;
    if (!pending) return;
    pending->request_done = true;
    pending->request_end = capan_http1_asker(x)->parser.start + end->extent.wire_len;
    pending->end.request.extent = end->extent;
    pending->end.request.digest_known = end->digest_known;
    pending->end.request.digest = end->digest;
    pending->end.request.framing |= end->framing;
}

/* --- responses --- */

/* No request waits: it was not captured, or the server has octets of it that we have not. */
static struct capan_pending *new_unasked(struct capan_http1 *x, const struct capan_response_begins *begins) {
    struct capan_pending *pending = new_pending(x);
    if (!pending) return NULL;
    pending->pair.known_to = begins->known_to;
    pending->pair.is_early = capan_pair_is_early(begins) && x->queue.early_count < EARLY_MAX;
    x->queue.early_count += pending->pair.is_early;
    if (!pending->pair.is_early) judge_orphan(x, pending);
    return pending;
}

/* What a server says to what is no request (RFC 9112 2.2, 3; RFC 9110 15.5.1, 15.5.15, 15.6.2; RFC 6585 5). */
static bool is_refusal(uint16_t status) {
    return status == 400 || status == 405 || status == 414 || status == 431 || status == 501 || status == 505;
}

/* Octets that are no request are answered where nothing else can be. */
static void pass_over_refused(struct capan_http1 *x, uint16_t status) {
    struct capan_pending *first;
    while ((first = x->queue.first) && first->refused && !first->pair.is_answered && first->pair.next &&
           !is_refusal(status))
        end_first(x);
}

/* Whose response it is that begins there. */
static struct capan_pending *find_pending(struct capan_http1 *x, uint64_t start, uint32_t frame) {
    const struct capan_http1_side *asker = capan_http1_asker(x), *answerer = capan_http1_answerer(x);
    const struct capan_response_begins begins = {
        .start = start,
        .known_to = capan_heard_with(&asker->heard, frame),
        .read_to = asker->parser.offset,
        .lost = answerer->heard.lost,
        .lost_head = answerer->heard.lost_head,
    };
    struct capan_pair *pair;
    switch (capan_pair_response(x->queue.first ? &x->queue.first->pair : NULL, &begins, &pair)) {
    case CAPAN_PAIRS: give_up_before(x, capan_pending_of(pair), CAPAN_HTTP_CAPTURE_GAP); return capan_pending_of(pair);
    case CAPAN_PAIRS_UNREAD: give_up_before(x, capan_pending_of(pair->next), CAPAN_HTTP_CAPTURE_GAP); break;
    case CAPAN_PAIRS_WITH_NONE: break;
    }
    return new_unasked(x, &begins);
}

static void begin_interim(struct capan_http1 *x, struct capan_pending *pending, uint16_t status) {
    if (pending->judgement)
        capan_judging_interim(talks_of(x), pending->judgement, status);
    else if (pending->pair.is_early && pending->interim_count < CAPAN_HTTP_INTERIM_MAX)
        pending->interim[pending->interim_count++] = status;
}

/* RFC 6455 4.1. */
static enum capan_speech speech_of_upgrade(const struct capan_message *message) {
    if (message->status != 101) return CAPAN_SPEECH_NONE;
    return capan_is_word(value_of(message, CAPAN_FIELD_UPGRADE), "websocket") ? CAPAN_SPEECH_WEBSOCKET
                                                                              : CAPAN_SPEECH_UPGRADED;
}

/* The protocol that a 101 names, where the request was read whole, as it must be before (RFC 7540 3.2). */
static const struct capan_protocol *upgrade_of(const struct capan_http1 *x, const struct capan_pending *pending,
                                               const struct capan_message *message) {
    if (message->status != 101 || !pending->judgement || pending->cut || !pending->request_done) return NULL;
    return capan_protocol_of_upgrade(x->medium, value_of(message, CAPAN_FIELD_UPGRADE));
}

static void begin_final(struct capan_http1 *x, struct capan_pending *pending, const struct capan_message *message,
                        const struct capan_http_extent *extent) {
    pending->pair.is_answered = true;
    if (pending->refused) capan_parser_begin_again(&capan_http1_asker(x)->parser);
    pending->end.response.extent = *extent;
    pending->end.response.framing = message->framing;
    pending->tunnels = message->status == 101 || (pending->is_connect && message->status / 100 == 2);
    pending->cut |= (message->framing & CAPAN_FRAMING_CUT) != 0;
    pending->upgrades_to = upgrade_of(x, pending, message);
    x->behind = (uint8_t)speech_of_upgrade(message);
    x->answering = pending;
    if (pending->pair.is_early && !capan_queue_keep_head(&x->queue, pending, message)) judge_orphan(x, pending);
    if (!pending->pair.is_early && !pending->upgrades_to) judge_response(x, pending, message);
    if (pending->expects && x->asking == pending) capan_parser_expect_no_body(&capan_http1_asker(x)->parser);
}

/* Responses come in the order of requests: after a loss that is not known. */
static bool is_of_given_up(struct capan_http1 *x, bool interim) {
    struct capan_heard *heard = &capan_http1_answerer(x)->heard;
    if (heard->lost) x->given_up = 0;
    if (!x->given_up) return false;
    x->given_up -= !interim;
    capan_heard_head(heard);
    return true;
}

struct capan_asked capan_http1_response(struct capan_http1 *x, const struct capan_message *message,
                                        const struct capan_http_extent *extent, uint64_t start) {
    bool interim = message->status / 100 == 1 && message->status != 101;
    if (is_of_given_up(x, interim)) return (struct capan_asked){0};
    pass_over_refused(x, message->status);
    struct capan_pending *pending = find_pending(x, start, extent->first_frame);
    capan_heard_head(&capan_http1_answerer(x)->heard);
    if (!pending) return (struct capan_asked){0};
    if (interim)
        begin_interim(x, pending, message->status);
    else
        begin_final(x, pending, message, extent);
    return (struct capan_asked){pending->end.request.extent.first_frame != 0, pending->is_head, pending->is_connect};
}

/* --- what makes way for another protocol --- */

void capan_http1_drop_handover(struct capan_http1 *x) {
    struct capan_handover *handover = x->handover;
    if (handover && handover->judgement) capan_judging_drop(talks_of(x), handover->judgement);
    capan_delete(talks_of(x)->alloc, handover, sizeof *handover);
    x->handover = NULL;
}

/* Without memory it goes unnoticed. */
static void hand_over(struct capan_http1 *x, const struct capan_handover *handover) {
    capan_http1_drop_handover(x);
    x->handover = capan_new(talks_of(x)->alloc, sizeof *x->handover);
    if (x->handover)
        *x->handover = *handover;
    else if (handover->judgement)
        capan_judging_drop(talks_of(x), handover->judgement);
}

/* What it answers in another protocol is judged there. */
static struct capan_handover handover_of(struct capan_http1 *x, struct capan_pending *pending,
                                         const struct capan_message_end *end) {
    struct capan_handover handover = {
        .to = pending->upgrades_to, .client = (enum capan_direction)x->asker, .request = pending->end.request.extent};
    handover.at[x->asker] = pending->request_end;
    handover.at[!x->asker] = capan_http1_answerer(x)->parser.start + end->extent.wire_len;
    if (handover.to) {
        handover.judgement = pending->judgement;
        pending->judgement = NULL;
    }
    return handover;
}

/* Behind CONNECT's tunnel another conversation begins (RFC 9110 9.3.6); behind 101 another protocol (15.2.2). */
static void enter_tunnel(struct capan_http1 *x, bool connect, const struct capan_handover *handover) {
    give_up_before(x, NULL, CAPAN_HTTP_CLOSED);
    x->roles_known = false;
    memcpy(x->behind_from, handover->at, sizeof x->behind_from);
    for (int i = 0; i < 2; i++) {
        if (connect)
            capan_parser_begin_inner(&x->side[i].parser);
        else
            capan_parser_give_up(&x->side[i].parser);
    }
    if (connect || handover->to) hand_over(x, handover);
}

static void note_response_end(struct capan_http1 *x, struct capan_pending *pending,
                              const struct capan_message_end *end) {
    struct capan_http_seen *seen = &pending->end.response;
    pending->response_done = true;
    pending->request_done |= pending->tunnels;
    pending->end.how = pending->tunnels ? CAPAN_HTTP_TUNNELLED : ending_of(x, end->stop);
    pending->end.body_after_304 = end->body_after_304;
    seen->extent = end->extent;
    seen->digest_known = end->digest_known;
    seen->digest = end->digest;
    seen->gunzipped = end->gunzipped;
    seen->framing |= end->framing;
}

static void end_response(struct capan_http1 *x, const struct capan_message_end *end) {
    struct capan_pending *pending = x->answering;
    struct capan_handover handover;
    x->answering = NULL;
    if (!pending) return;
    const bool tunnels = pending->tunnels, connect = pending->is_connect;
    note_response_end(x, pending, end);
    if (tunnels) handover = handover_of(x, pending, end); /* settling may be the end of the exchange */
    if (capan_http1_asker(x)->parser.state == CAPAN_PARSER_SEARCH) capan_parser_settle(&capan_http1_asker(x)->parser);
    if (tunnels) enter_tunnel(x, connect, &handover);
}

void capan_http1_message_end(struct capan_http1 *x, bool request, const struct capan_message_end *end) {
    if (request)
        end_request(x, end);
    else
        end_response(x, end);
    end_finished(x);
}
