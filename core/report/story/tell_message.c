/* SPDX-License-Identifier: MIT */
#include "human.h"
#include "telling.h"

enum { OVERLAPPING = 32 }; /* exchanges that one segment is held against */

static void say_octets(struct sentence *paragraph, struct capan_span span) {
    capan_say(paragraph, "%.*s", (int)span.len, span.len ? (const char *)span.at : "");
}

/* The messages that segments carry. */
static bool is_new_data(const struct capan_segment *segment) {
    return segment->len > 0 && capan_segment_is(segment, CAPAN_TRAIT_MESSAGE);
}

static void add_part(struct capan_parts *parts, const struct capan_segment *segment) {
    if (parts->count < CAPAN_PARTS_SHOWN) {
        parts->frame[parts->count] = segment->frame;
        parts->len[parts->count] = segment->len;
    }
    parts->count++;
    parts->sum += segment->len;
}

/* "411 in #6 + 1420 in #7 + 719 in #9 = 2550 octets" when the parts are the message and nothing else. */
static void say_parts(struct sentence *paragraph, const struct capan_parts *parts,
                      const struct capan_http_extent *extent, struct capan_span coding, uint32_t decoded_len) {
    uint64_t framing = extent->wire_len - extent->head_len - extent->body_len - extent->body_missing;
    capan_say(paragraph, " %llu octets = header %llu", (unsigned long long)extent->wire_len,
              (unsigned long long)extent->head_len);
    if (extent->body_len) capan_say(paragraph, " + body %llu", (unsigned long long)extent->body_len);
    if (extent->body_len && coding.len) {
        capan_say(paragraph, " (coded: %.*s", (int)coding.len, (const char *)coding.at);
        if (decoded_len) capan_say(paragraph, ", decoded %u", decoded_len);
        capan_say(paragraph, ")");
    }
    if (extent->body_missing) capan_say(paragraph, " + %llu not captured", (unsigned long long)extent->body_missing);
    if (framing && framing < extent->wire_len) capan_say(paragraph, " + framing %llu", (unsigned long long)framing);
    if (parts->sum != extent->wire_len || parts->count < 2) return;
    for (size_t i = 0; i < parts->count && i < CAPAN_PARTS_SHOWN; i++) {
        if (parts->count > CAPAN_PARTS_SHOWN && i == CAPAN_PARTS_SHOWN - 1)
            capan_say(paragraph, " + ... in %zu segments", parts->count);
        else
            capan_say(paragraph, "%s%u in #%u", i ? " + " : " = ", parts->len[i], parts->frame[i]);
    }
}

static void say_fields(struct sentence *paragraph, const struct capan_http_field *fields, size_t count) {
    uint8_t text[CAPAN_FIELDS_TEXT];
    struct capan_span written = capan_fields_text(fields, count, text);
    if (!written.len) return;
    capan_say(paragraph, " It says ");
    say_octets(paragraph, written);
    capan_say(paragraph, ".");
}

/* number: from 1, of the connection's requests. */
static void say_request(struct sentence *paragraph, struct capan_thread *thread, const struct capan_exchange *exchange,
                        ptrdiff_t number) {
    char duration[CAPAN_HUMAN];
    capan_say(paragraph, "Request %td on this connection", number);
    if (exchange->h2_stream >= 0) capan_say(paragraph, ", on stream %lld", (long long)exchange->h2_stream);
    capan_say(paragraph, ": ");
    say_octets(paragraph, exchange->method);
    capan_say(paragraph, " ");
    say_octets(paragraph, exchange->target);
    if (exchange->authority.len) capan_say(paragraph, " of ");
    say_octets(paragraph, exchange->authority);
    if (thread->last_response_ns >= 0 && exchange->request.first_ns > thread->last_response_ns)
        capan_say(paragraph, ", %s after the last answer",
                  capan_human_duration(duration, CAPAN_DURATION_ROUGH,
                                       exchange->request.first_ns - thread->last_response_ns));
    capan_say(paragraph, ": %s.", capan_http_conds[exchange->cond].sentence);
    say_fields(paragraph, exchange->request_fields, exchange->request_field_count);
    say_parts(paragraph, &thread->parts[CAPAN_C2S], &exchange->request, (struct capan_span){NULL, 0}, 0);
    capan_say(paragraph, ".");
}

/* What they mean is in the verdict's own explanation. */
static void say_tokens(struct sentence *paragraph, const char *lead, const struct capan_token *list, uint64_t mask) {
    if (!mask) return;
    for (const struct capan_token *token; (token = capan_take_token(list, &mask)); lead = ", ") {
        capan_say(paragraph, "%s%s", lead, token->token);
        if (*token->source) capan_say(paragraph, " (%s)", token->source);
    }
    capan_say(paragraph, ".");
}

static void say_response(struct sentence *paragraph, struct capan_thread *thread,
                         const struct capan_exchange *exchange) {
    char explain[CAPAN_EXPLAIN_TEXT], first[CAPAN_HUMAN], last[CAPAN_HUMAN];
    capan_say(paragraph, "Completes the response %u", exchange->status);
    if (exchange->request.last_frame) capan_say(paragraph, " to #%u", exchange->request.last_frame);
    if (exchange->request.last_frame && exchange->answered_ns >= 0)
        capan_say(
            paragraph, ", begun after %s, whole after %s",
            capan_human_duration(first, CAPAN_DURATION_ROUGH, exchange->answered_ns),
            capan_human_duration(last, CAPAN_DURATION_ROUGH, exchange->response.last_ns - exchange->request.last_ns));
    capan_say(paragraph, ":");
    say_parts(paragraph, &thread->parts[CAPAN_S2C], &exchange->response,
              span_cut(capan_response_field(exchange, "content-encoding"), 0, CAPAN_NAME_KEPT), exchange->decoded_len);
    capan_say(paragraph, ". Verdict %s", capan_http_outcomes[exchange->outcome].token);
    if (exchange->reason) capan_say(paragraph, " (%s)", capan_http_reasons[exchange->reason].token);
    if (capan_exchange_explain(exchange, explain)) capan_say(paragraph, ": %s", explain);
    capan_say(paragraph, ".");
    say_fields(paragraph, exchange->response_fields, exchange->response_field_count);
    say_tokens(paragraph, " That is ", capan_http_violations, exchange->violations);
    say_tokens(paragraph, " Framed with ", capan_http_framings, exchange->request_framing | exchange->response_framing);
    say_tokens(paragraph, " Advice: ", capan_http_advices, exchange->advice);
}

static void say_progress(struct sentence *paragraph, const struct capan_parts *parts,
                         const struct capan_exchange *exchange) {
    const struct capan_http_extent *response = &exchange->response;
    uint64_t body = response->body_len + response->body_missing;
    if (exchange->h2_stream >= 0) return; /* segments carry parts of several messages */
    if (parts->sum <= response->head_len) {
        capan_say(paragraph, "Header of the response to #%u: %llu of %llu octets.", exchange->request.last_frame,
                  (unsigned long long)parts->sum, (unsigned long long)response->head_len);
    } else if (parts->sum - response->head_len < body) {
        uint64_t so_far = parts->sum - response->head_len;
        capan_say(paragraph, "Response to #%u: body %llu of %llu octets, %llu to come.", exchange->request.last_frame,
                  (unsigned long long)so_far, (unsigned long long)body, (unsigned long long)(body - so_far));
    }
}

static bool same_endpoint(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    size_t len = a->address.version == 6 ? 16 : 4;
    return a->port == b->port && a->address.version == b->address.version &&
           memcmp(a->address.octets, b->address.octets, len) == 0;
}

static bool goes_with(const struct capan_exchange *exchange, const struct capan_step *step, bool request) {
    bool asks = same_endpoint(&exchange->client, &step->client);
    return asks == ((step->segment.direction == CAPAN_C2S) == request);
}

static void tell_message(struct capan_out *out, struct capan_thread *thread, const struct capan_step *step,
                         struct capan_exchange *const *at) {
    const struct capan_exchange *exchange = *at;
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    uint32_t frame = step->segment.frame;
    if (goes_with(exchange, step, true) && frame == exchange->request.last_frame) {
        say_request(&paragraph, thread, exchange, at - thread->first + 1);
        thread->parts[CAPAN_C2S] = (struct capan_parts){.count = 0};
    } else if (goes_with(exchange, step, false) && capan_story_within(&exchange->response, frame)) {
        if (frame < exchange->response.last_frame) {
            say_progress(&paragraph, &thread->parts[CAPAN_S2C], exchange);
        } else {
            say_response(&paragraph, thread, exchange);
            thread->last_response_ns = exchange->response.last_ns;
            thread->parts[CAPAN_S2C] = (struct capan_parts){.count = 0};
        }
    }
    capan_text_paragraph(out, 4, &paragraph);
}

void capan_tell_messages(struct capan_out *out, struct capan_thread *thread, const struct capan_step *step) {
    uint32_t frame = step->segment.frame;
    if (is_new_data(&step->segment)) add_part(&thread->parts[step->segment.direction], &step->segment);
    while (thread->next < thread->end && capan_exchange_last_frame(*thread->next) < frame) thread->next++;
    for (struct capan_exchange **at = thread->next; at < thread->end && at < thread->next + OVERLAPPING; at++) {
        if (capan_exchange_first_frame(*at) > frame) break;
        tell_message(out, thread, step, at);
    }
}
