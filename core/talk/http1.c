/* SPDX-License-Identifier: MIT */
#include "http1.h"

#include "alloc.h"
#include "bytes.h"
#include "judging.h"
#include "near.h"

enum {
    SEARCH_BOTH_MAX = 4096,  /* octets looked through when neither side began with HTTP */
    SEARCH_ONE_MAX = 1 << 22 /* and when one side is silent */
};

/* --- what the parsers tell --- */

static void drop_refused(struct capan_http1_side *side) {
    capan_delete(side->owner->medium->carrier->talks->alloc, side->refused, sizeof *side->refused);
    side->refused = NULL;
}

static void tell_refused(struct capan_http1 *x) {
    const struct capan_refused *refused = capan_http1_asker(x)->refused;
    if (refused)
        capan_http1_refused(x, (struct capan_span){refused->octets, refused->len}, &refused->extent, refused->start);
    for (int i = 0; i < 2; i++) drop_refused(&x->side[i]);
}

static void set_roles(struct capan_http1 *x, uint8_t direction, bool asks) {
    struct capan_parser *other = &x->side[!direction].parser;
    if (x->roles_known) return;
    x->roles_known = true;
    x->asker = asks ? direction : !direction;
    tell_refused(x);
    if (other->kind == CAPAN_START_NONE) other->kind = asks ? CAPAN_START_RESPONSE : CAPAN_START_REQUEST;
}

static void note_foreign(struct capan_http1_side *);

static struct capan_asked on_head(void *context, const struct capan_message *message,
                                  const struct capan_http_extent *extent, uint64_t start) {
    struct capan_http1_side *side = context;
    struct capan_http1 *x = side->owner;
    bool asks = message->start != CAPAN_START_RESPONSE;
    side->head_frame = side->parser.now.frame;
    if (start == 0 && message->start == CAPAN_START_SIMPLE && !span_equal(message->method, span_of("GET")))
        note_foreign(side);
    set_roles(x, side->direction, asks);
    side->contrary = asks != (side->direction == x->asker);
    if (side->contrary) return (struct capan_asked){0};
    if (!asks) return capan_http1_response(x, message, extent, start);
    capan_http1_request(x, message, extent, start);
    return (struct capan_asked){0};
}

static void on_end(void *context, const struct capan_message_end *end) {
    struct capan_http1_side *side = context;
    if (side->contrary) return;
    if (end->extent.complete)
        capan_medium_mark(side->owner->medium, end->extent.last_frame, CAPAN_FLAG_LAST_OF_MESSAGE);
    capan_http1_message_end(side->owner, side->direction == side->owner->asker, end);
}

/* Both sides began with lines of another protocol, such as SMTP or ICAP; what looks like HTTP behind them is something
 * that they carry. */
static bool is_captured_from_syn(const struct capan_http1 *x) {
    const struct capan_tcp *tcp = x->medium->carrier->tcp;
    return tcp && capan_tcp_is_from_syn(tcp);
}

static void note_foreign(struct capan_http1_side *side) {
    struct capan_http1 *x = side->owner;
    side->foreign = is_captured_from_syn(x);
    if (!x->side[0].foreign || !x->side[1].foreign) return;
    for (int i = 0; i < 2; i++) capan_parser_give_up(&x->side[i].parser);
}

static void keep_refused(struct capan_http1_side *side, struct capan_span octets,
                         const struct capan_http_extent *extent, uint64_t start) {
    struct capan_refused *refused = side->refused;
    if (!refused) refused = capan_new(side->owner->medium->carrier->talks->alloc, sizeof *refused);
    if (!refused || side->refused) return;
    *refused = (struct capan_refused){.extent = *extent, .start = start};
    refused->len = octets.len < sizeof refused->octets ? octets.len : sizeof refused->octets;
    memcpy(refused->octets, octets.at, refused->len);
    side->refused = refused;
}

static bool is_text_line(struct capan_span octets) {
    struct capan_span line = capan_line(octets);
    for (size_t i = 0; i < line.len; i++)
        if ((line.at[i] < ' ' && line.at[i] != '\t') || line.at[i] > '~') return false;
    return line.len && line.len < octets.len;
}

static void on_refused(void *context, struct capan_span octets, const struct capan_http_extent *extent,
                       uint64_t start) {
    struct capan_http1_side *side = context;
    struct capan_http1 *x = side->owner;
    if (!x->roles_known)
        keep_refused(side, octets, extent, start);
    else if (side->direction == x->asker)
        capan_http1_refused(x, octets, extent, start);
    if (start == 0 && is_text_line(octets)) note_foreign(side);
}

static void on_lost(void *context, bool at_head) {
    struct capan_http1_side *side = context;
    capan_heard_lost(&side->heard, at_head);
}

/* The exchange whose message is being read in that direction; NULL when it is passed over. */
static struct capan_pending *pending_of(const struct capan_http1_side *side) {
    if (side->contrary) return NULL;
    return side->direction == side->owner->asker ? side->owner->asking : side->owner->answering;
}

static void on_content(void *context, uint64_t offset, struct capan_span octets) {
    const struct capan_http1_side *side = context;
    struct capan_pending *pending = pending_of(side);
    if (!pending) return;
    bool request = side->direction == side->owner->asker;
    struct capan_http_seen *seen = request ? &pending->end.request : &pending->end.response;
    capan_talks_content(side->owner->medium->carrier->talks, &seen->content, request, offset, octets);
}

static void on_trailers(void *context, const struct capan_http_field *fields, size_t count) {
    const struct capan_http1_side *side = context;
    const struct capan_pending *pending = pending_of(side);
    if (pending && pending->judgement)
        capan_judging_trailers(side->owner->medium->carrier->talks, pending->judgement,
                               side->direction == side->owner->asker, fields, count);
}

/* The first answer to a lone request line without version is no status line. */
static bool on_simple(void *context) {
    const struct capan_http1_side *side = context;
    const struct capan_http1 *x = side->owner;
    const struct capan_pending *first = x->queue.first;
    return x->roles_known && side->direction != x->asker && x->queue.count == 1 && first->simple_get &&
           !first->pair.is_answered;
}

/* --- the row of the table --- */

static void *open_http1(const struct capan_medium *medium, enum capan_direction client,
                        const struct capan_handover *handover) {
#define TOLD on_head, on_end, on_lost, on_refused, on_simple
    static const struct capan_parser_sink told = {TOLD, NULL, on_trailers}, all = {TOLD, on_content, on_trailers};
#undef TOLD
    const struct capan_talks *talks = medium->carrier->talks;
    struct capan_http1 *x = capan_new(talks->alloc, sizeof *x);
    (void)client, (void)handover;
    if (!x) return NULL;
    *x = (struct capan_http1){.medium = medium, .queue = {.alloc = talks->alloc}};
    for (uint8_t i = 0; i < 2; i++) {
        struct capan_http1_side *side = &x->side[i];
        side->owner = x;
        side->direction = i;
        capan_parser_init(&side->parser, talks->alloc, talks->content ? &all : &told, side, 0);
    }
    return x;
}

static void close_http1(void *state) {
    struct capan_http1 *x = state;
    struct capan_talks *talks = x->medium->carrier->talks;
    for (struct capan_pending *p = x->queue.first; p; p = capan_pending_next(p))
        if (p->judgement) capan_judging_drop(talks, p->judgement);
    capan_queue_free(&x->queue);
    for (int i = 0; i < 2; i++) {
        capan_parser_free(&x->side[i].parser);
        drop_refused(&x->side[i]);
    }
    capan_http1_drop_handover(x);
    capan_delete(talks->alloc, x, sizeof *x);
}

/* A head was read with that frame, and a body follows it that has not begun. */
static bool awaits_body(const struct capan_http1_side *side, uint32_t frame) {
    const struct capan_parser *parser = &side->parser;
    const bool has_body = parser->state == CAPAN_PARSER_LENGTH || parser->state == CAPAN_PARSER_CHUNKED ||
                          parser->state == CAPAN_PARSER_UNTIL_CLOSE;
    return parser->open && has_body && parser->extent.body_len == 0 && side->head_frame == frame;
}

static void read_octets(void *state, enum capan_direction direction, struct capan_span octets, struct moment at) {
    struct capan_http1 *x = state;
    capan_parser_octets(&x->side[direction].parser, octets, at);
    if (awaits_body(&x->side[direction], at.frame)) capan_medium_mark(x->medium, at.frame, CAPAN_FLAG_HEADER_ONLY);
}

static void read_gap(void *state, enum capan_direction direction, uint64_t len, struct moment at) {
    struct capan_http1_side *side = &((struct capan_http1 *)state)->side[direction];
    (void)at;
    capan_heard_gap(&side->heard, side->parser.offset);
    capan_parser_gap(&side->parser, len);
}

/* Tells which request a response can answer where others are missing. */
static void note_acked(void *state, enum capan_direction acked, uint64_t offset, uint32_t frame, bool with_octets) {
    capan_heard_acked(&((struct capan_http1 *)state)->side[acked].heard, offset, frame, with_octets);
}

static void stop(struct capan_http1_side *side, enum capan_stop stop) {
    if (!side->closed) capan_parser_stop(&side->parser, stop);
    side->closed |= stop == CAPAN_STOP_CLOSED;
}

static void end_http1(void *state, enum capan_direction direction, enum capan_end end, struct moment at) {
    struct capan_http1 *x = state;
    (void)at;
    if (end == CAPAN_ENDED_FIN) {
        stop(&x->side[direction], CAPAN_STOP_CLOSED);
        if (x->roles_known && direction != x->asker) capan_http1_end_answers(x, CAPAN_STOP_CLOSED);
        return;
    }
    enum capan_stop how = end == CAPAN_ENDED_RST ? CAPAN_STOP_RESET : CAPAN_STOP_CAPTURE;
    stop(capan_http1_asker(x), how);
    stop(capan_http1_answerer(x), how);
    capan_http1_end_answers(x, how);
}

/* Neither side spoke HTTP in what it sent so far, and neither can any more. */
static bool is_hopeless(const void *state) {
    const struct capan_http1 *x = state;
    const struct capan_parser *a = &x->side[0].parser, *b = &x->side[1].parser;
    if (x->queue.first && !x->queue.first->simple) return false;
    if (a->state == CAPAN_PARSER_OVER && b->state == CAPAN_PARSER_OVER) return true;
    if (a->found || b->found) return false;
    uint64_t searched = a->searched + b->searched;
    if (a->refused && b->refused) return searched > SEARCH_BOTH_MAX;
    return searched > SEARCH_ONE_MAX;
}

static bool hands_over(void *state, struct capan_handover *handover) {
    struct capan_http1 *x = state;
    if (!x->handover) return false;
    *handover = *x->handover;
    x->handover->judgement = NULL;
    capan_http1_drop_handover(x);
    return true;
}

static enum capan_speech speech(const void *state, uint64_t from[2]) {
    const struct capan_http1 *x = state;
    memcpy(from, x->behind_from, sizeof x->behind_from);
    if (x->behind) return (enum capan_speech)x->behind;
    return x->side[0].parser.found || x->side[1].parser.found ? CAPAN_SPEECH_HTTP : CAPAN_SPEECH_NONE;
}

static void prefetch_http1(const void *state) {
    bring_near(state, sizeof(struct capan_http1));
}

const struct capan_protocol capan_protocol_http1 = {
    .open = open_http1,
    .octets = read_octets,
    .gap = read_gap,
    .acked = note_acked,
    .end = end_http1,
    .hopeless = is_hopeless,
    .hands_over = hands_over,
    .speech = speech,
    .prefetch = prefetch_http1,
    .close = close_http1,
};
