/* SPDX-License-Identifier: MIT */
#include "quantity.h"

enum {
    BESIDE = 4, /* frames of the same connection that a loose word may mean */
    SEARCHED_MAX = 1 << 22
};

static void add(struct values *values, int64_t value) {
    if (value >= 0 && values->count < VALUES_MAX) values->at[values->count++] = value;
}

bool capan_values_have(const struct values *values, int64_t value) {
    for (size_t i = 0; i < values->count; i++)
        if (values->at[i] == value) return true;
    return false;
}

static void add_message(struct values *values, const struct capan_http_extent *extent) {
    add(values, (int64_t)extent->head_len);
    add(values, (int64_t)extent->body_len);
    add(values, (int64_t)(extent->body_len + extent->body_missing));
    add(values, (int64_t)extent->wire_len);
}

/* Octets of the message that are still to come behind this frame. */
static int64_t left_of(const struct facts *facts, const struct fact_frame *frame,
                       const struct capan_http_extent *extent) {
    const struct fact_frame *first = capan_facts_frame(facts, extent->first_frame);
    if (!first || !first->tcp) return -1;
    return first->segment.seq + (int64_t)extent->wire_len - (frame->segment.seq + frame->segment.len);
}

static void add_header(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    bool response;
    const struct capan_exchange *exchange = capan_facts_exchange(facts, frame, &response);
    if (!exchange) return;
    const struct capan_http_extent *extent = response ? &exchange->response : &exchange->request;
    if (extent->first_frame == frame->number) add(values, (int64_t)extent->head_len);
    const struct fact_frame *first = capan_facts_frame(facts, extent->first_frame);
    if (first && first->tcp && frame->segment.seq >= first->segment.seq + (int64_t)extent->head_len) add(values, 0);
}

static void add_body(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    bool response;
    const struct capan_exchange *exchange = capan_facts_exchange(facts, frame, &response);
    if (!exchange) return;
    const struct capan_http_extent *extent = response ? &exchange->response : &exchange->request;
    add(values, (int64_t)(extent->body_len + extent->body_missing));
    add(values, (int64_t)extent->body_len);
}

static void add_octets(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    const struct capan_segment *segment = &frame->segment;
    bool response;
    const struct capan_exchange *exchange = capan_facts_exchange(facts, frame, &response);
    add(values, segment->len);
    add(values, frame->frame_len);
    add(values, frame->newly);
    add(values, segment->ack - 1);
    add(values, segment->seq - 1 + segment->len);
    add(values, segment->seq - 1);
    add(values, segment->outstanding);
    add(values, frame->padding);
    if (!exchange) return;
    add_message(values, &exchange->request);
    add_message(values, &exchange->response);
    add(values, left_of(facts, frame, response ? &exchange->response : &exchange->request));
}

/* Scaled, and as in the header. */
static void add_windows(const struct fact_frame *frame, struct values *values) {
    add(values, frame->segment.window & ~CAPAN_WINDOW_UNSCALED);
    add(values, frame->window);
}

static void add_mss(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    const struct capan_connection *connection = capan_facts_connection(facts, frame->segment.stream);
    if (frame->mss) {
        add(values, frame->mss);
        return;
    }
    for (unsigned i = 0; connection && i < 2; i++)
        if (connection->tcp.side[i].mss_announced) add(values, connection->tcp.side[i].mss_announced);
}

static void add_scale(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    const struct capan_connection *connection = capan_facts_connection(facts, frame->segment.stream);
    const int8_t scale = frame->scale >= 0 ? frame->scale
                         : connection      ? connection->tcp.side[frame->segment.direction].window_scale
                                           : -1;
    add(values, scale);
    if (scale >= 0) add(values, (int64_t)1 << scale);
}

/* Relative numbers begin with the SYN at 0; those of the wire are as good. */
static void add_isn(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    const struct capan_connection *connection = capan_facts_connection(facts, frame->segment.stream);
    add(values, 0);
    for (unsigned i = 0; connection && i < 2; i++)
        if (connection->tcp.side[i].isn_known) add(values, connection->tcp.side[i].isn);
}

static void add_ports(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    add(values, capan_facts_end(facts, frame, true).port);
    add(values, capan_facts_end(facts, frame, false).port);
}

static void add_largest(const struct facts *facts, const struct fact_frame *frame, struct values *values) {
    const struct capan_connection *connection = capan_facts_connection(facts, frame->segment.stream);
    for (unsigned left = 2; connection && left > 0; left--) add(values, connection->tcp.side[left - 1].mss_observed);
}

void capan_quantity_of(const struct facts *facts, const struct fact_frame *frame, enum capan_claim_what what,
                       struct values *values) {
    const struct capan_segment *segment = &frame->segment;
    const bool acks = segment->header_flags & CAPAN_TH_ACK;
    values->count = 0;
    switch (what) {
    case CAPAN_CLAIM_FRAME_LENGTH: add(values, frame->frame_len); break;
    case CAPAN_CLAIM_PAYLOAD: add(values, frame->tcp ? (int64_t)segment->len : (int64_t)frame->echo_len); break;
    case CAPAN_CLAIM_HEADER_LENGTH: add_header(facts, frame, values); break;
    case CAPAN_CLAIM_BODY_LENGTH: add_body(facts, frame, values); break;
    case CAPAN_CLAIM_SENT:
        add(values, segment->seq - 1 + segment->len);
        add(values, segment->seq - 1);
        add(values, segment->len);
        break;
    case CAPAN_CLAIM_RECEIVED:
        add(values, segment->ack - 1);
        add(values, frame->newly);
        add(values, segment->len);
        break;
    case CAPAN_CLAIM_SEQ:
        add(values, segment->seq);
        add(values, segment->raw_seq);
        add(values, (uint32_t)segment->seq);
        if (segment->header_flags & CAPAN_TH_SYN) add(values, 0);
        break;
    case CAPAN_CLAIM_ACK:
        if (acks) add(values, segment->ack);
        if (acks) add(values, segment->raw_ack);
        break;
    case CAPAN_CLAIM_NEXT_SEQ:
        add(values, fact_next(frame));
        add(values, (uint32_t)(segment->raw_seq + (uint32_t)(fact_next(frame) - segment->seq)));
        break;
    case CAPAN_CLAIM_WINDOW: add_windows(frame, values); break;
    case CAPAN_CLAIM_MSS: add_mss(facts, frame, values); break;
    case CAPAN_CLAIM_SCALE: add_scale(facts, frame, values); break;
    case CAPAN_CLAIM_ISN: add_isn(facts, frame, values); break;
    case CAPAN_CLAIM_PORT: add_ports(facts, frame, values); break;
    case CAPAN_CLAIM_LARGEST: add_largest(facts, frame, values); break;
    case CAPAN_CLAIM_OCTETS: add_octets(facts, frame, values); break;
    default: break;
    }
}

/* --- verdicts --------------------------------------------------------------------------------------------------- */

/* What a loose word may mean besides: a quantity of another kind is one that people call by the same name. */
static bool may_be_beside(enum capan_claim_what what) {
    return what == CAPAN_CLAIM_SEQ || what == CAPAN_CLAIM_ACK || what == CAPAN_CLAIM_NEXT_SEQ ||
           what == CAPAN_CLAIM_WINDOW || what == CAPAN_CLAIM_PAYLOAD || what == CAPAN_CLAIM_FRAME_LENGTH ||
           what == CAPAN_CLAIM_SENT || what == CAPAN_CLAIM_RECEIVED || what == CAPAN_CLAIM_OCTETS ||
           what == CAPAN_CLAIM_HEADER_LENGTH;
}

static bool has(const struct facts *facts, const struct fact_frame *frame, enum capan_claim_what what, int64_t value) {
    struct values values;
    capan_quantity_of(facts, frame, what, &values);
    return capan_values_have(&values, value);
}

/* A frame next to it on its connection that has the value; NULL: none. */
static const struct fact_frame *beside(const struct facts *facts, const struct fact_frame *frame,
                                       enum capan_claim_what what, int64_t value) {
    for (int step = 1; may_be_beside(what) && step >= -1; step -= 2) {
        const struct fact_frame *at = frame;
        for (unsigned i = 0; i < BESIDE && (at = capan_facts_beside(facts, at, step)); i++)
            if (has(facts, at, what, value)) return at;
    }
    return NULL;
}

/* Words that say that the number is of something still to come. */
static bool looks_ahead(const struct reader *reader, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (token_is_word(reader_token(reader, i), "expects|expect|expected|next|later|will|then|future|until|before"))
            return true;
    return false;
}

static void refute(struct reader *reader, const struct asked *asked, const struct fact_frame *frame,
                   const struct values *values) {
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED};
    struct sentence right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why),
                    said = sentence_in(judged.said, sizeof judged.said);
    const struct capan_span text = reader_token(reader, asked->number)->text;
    const char *what = capan_claim_whats[asked->what].token;
    sentence_octets(&said, text.at, min_size(text.len, sizeof judged.said / 2));
    capan_say(&right, "%lld", (long long)values->at[0]);
    capan_say(&why, "#%u: %s %lld, not ", frame->number, what, (long long)values->at[0]);
    sentence_octets(&why, text.at, min_size(text.len, 40));
    if (asked->what == CAPAN_CLAIM_ISN) judged.source = "RFC 9293 3.4";
    if (asked->what == CAPAN_CLAIM_ISN) capan_say(&why, ": the SYN has number 0 and takes it, the first octet is 1");
    capan_judged_frame(&judged, frame->number);
    capan_claim(reader, asked->what, asked->from, asked->to, &judged);
}

/* The frame is none that can be told of: beyond the capture, or without TCP. */
static void judge_without(struct reader *reader, const struct asked *asked, uint32_t frame) {
    char why[96];
    struct sentence sentence = sentence_in(why, sizeof why);
    if (frame > reader->facts->total)
        capan_say(&sentence, "the capture has %llu frames", (unsigned long long)reader->facts->total);
    else
        capan_say(&sentence, "#%u has no TCP", frame);
    capan_claim_absent(reader, asked->what, asked->from, asked->to, why);
}

static bool confirm(struct reader *reader, const struct asked *asked, const struct subjects *subjects, int64_t value) {
    for (size_t left = subjects->count; left > 0; left--) {
        const struct fact_frame *frame = capan_facts_frame(reader->facts, subjects->frames[left - 1]);
        if (!frame || !has(reader->facts, frame, asked->what, value)) continue;
        capan_claim_confirmed(reader, asked->what, asked->from, asked->to, frame->number);
        return true;
    }
    return false;
}

/* The number fits a frame beside what was named: said of it where the sentence leaves room for that, else nothing. */
static bool leave(struct reader *reader, const struct asked *asked, const struct subjects *subjects, int64_t value) {
    const bool strict =
        subjects->close || (subjects->binding == BOUND_BEFORE && !looks_ahead(reader, reader->begin, asked->from));
    for (size_t i = 0; i < subjects->count; i++) {
        const struct fact_frame *frame = capan_facts_frame(reader->facts, subjects->frames[i]);
        const struct fact_frame *other = frame ? beside(reader->facts, frame, asked->what, value) : NULL;
        if (!other || strict) continue;
        capan_claim_confirmed(reader, asked->what, asked->from, asked->to, other->number);
        return true;
    }
    return false;
}

/* "Frame 8 acknowledges frames 6 and 7, ack=1832": another frame that the clause of the nearest one names. */
static bool fits_clause(struct reader *reader, const struct asked *asked, const struct subjects *subjects,
                        int64_t value) {
    if (subjects->binding != BOUND_BEFORE || asked->frame) return false;
    for (size_t i = capan_clause_begin(reader, subjects->at); i < subjects->at; i++) {
        const struct token *token = reader_token(reader, i);
        const struct fact_frame *frame =
            token->type == TOKEN_FRAME ? capan_facts_frame(reader->facts, token->value) : NULL;
        if (!frame || !has(reader->facts, frame, asked->what, value)) continue;
        capan_claim_confirmed(reader, asked->what, asked->from, asked->to, frame->number);
        return true;
    }
    return false;
}

static bool is_of_octets(enum capan_claim_what what) {
    return what == CAPAN_CLAIM_FRAME_LENGTH || what == CAPAN_CLAIM_PAYLOAD || what == CAPAN_CLAIM_HEADER_LENGTH ||
           what == CAPAN_CLAIM_BODY_LENGTH || what == CAPAN_CLAIM_SENT || what == CAPAN_CLAIM_RECEIVED;
}

/* The sentence names no frame: the number may be of any that has it. Beyond SEARCHED_MAX it may be, for all we know. */
static bool fits_another(struct reader *reader, const struct asked *asked, const struct subjects *subjects,
                         int64_t value) {
    const struct facts *facts = reader->facts;
    if (subjects->binding != BOUND_CONTEXT) return false;
    for (size_t i = 0; i < facts->frame_count; i++) {
        const struct fact_frame *frame = &facts->frames[i];
        if (++reader->searched > SEARCHED_MAX) return true;
        if (has(facts, frame, asked->what, value)) return true;
        if (is_of_octets(asked->what) && has(facts, frame, CAPAN_CLAIM_OCTETS, value)) return true;
    }
    return false;
}

static bool any_frame_has(const struct facts *facts, enum capan_claim_what what, int64_t value) {
    for (size_t i = 0; i < facts->connection_count; i++) {
        const struct fact_frame *frame = capan_facts_frame(facts, facts->connections[i].first_frame);
        if (frame && has(facts, frame, what, value)) return true;
    }
    return false;
}

/* No frame is named. What is the same for all frames of a connection can still be told. */
static void judge_unbound(struct reader *reader, const struct asked *asked, int64_t value) {
    const bool whole = asked->what == CAPAN_CLAIM_MSS || asked->what == CAPAN_CLAIM_LARGEST ||
                       asked->what == CAPAN_CLAIM_PORT || asked->what == CAPAN_CLAIM_ISN ||
                       asked->what == CAPAN_CLAIM_SCALE;
    const struct facts *facts = reader->facts;
    if (!whole || !facts->connection_count) return;
    if (any_frame_has(facts, asked->what, value)) {
        capan_claim_confirmed(reader, asked->what, asked->from, asked->to, 0);
        return;
    }
    const struct fact_frame *frame = capan_facts_frame(facts, facts->connections[0].first_frame);
    struct values values = {.count = 0};
    if (frame) capan_quantity_of(facts, frame, asked->what, &values);
    if (!values.count || asked->weak || facts->connection_count > 1)
        capan_claim_absent(reader, asked->what, asked->from, asked->to, "no connection has it");
    else
        refute(reader, asked, frame, &values);
}

void capan_judge_number(struct reader *reader, const struct asked *asked) {
    const struct token *number = reader_token(reader, asked->number);
    const int64_t value = number->value > INT64_MAX ? INT64_MAX : (int64_t)number->value;
    struct subjects subjects = {.binding = BOUND_BEFORE, .frames = {asked->frame}, .count = 1};
    struct values values;
    if (!asked->frame) capan_subjects(reader, asked->number, &subjects);
    if (number->decimals) return;
    if (!subjects.count) {
        judge_unbound(reader, asked, value);
        return;
    }
    if (confirm(reader, asked, &subjects, value)) return;
    if (!asked->frame && leave(reader, asked, &subjects, value)) return;
    if (fits_clause(reader, asked, &subjects, value) || fits_another(reader, asked, &subjects, value)) return;
    const bool whole = asked->what == CAPAN_CLAIM_MSS || asked->what == CAPAN_CLAIM_PORT ||
                       asked->what == CAPAN_CLAIM_LARGEST || asked->what == CAPAN_CLAIM_SCALE;
    if (whole && !asked->frame && subjects.binding != BOUND_BEFORE &&
        any_frame_has(reader->facts, asked->what, value)) {
        capan_claim_confirmed(reader, asked->what, asked->from, asked->to, 0);
        return;
    }
    const struct fact_frame *frame = capan_facts_frame(reader->facts, subjects.frames[subjects.count - 1]);
    if (!frame || !frame->tcp) {
        judge_without(reader, asked, subjects.frames[subjects.count - 1]);
        return;
    }
    capan_quantity_of(reader->facts, frame, asked->what, &values);
    if (values.count && !asked->weak) refute(reader, asked, frame, &values);
}
