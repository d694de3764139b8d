/* SPDX-License-Identifier: MIT */
/* One frame's verdicts with everything they rest on. */
#include "bytes.h"
#include "capan/rules.h"
#include "cells.h"
#include "clock.h"
#include "human.h"
#include "tell.h"

static void put_word(struct capan_story *story, const char *word) {
    capan_style(&story->out, story->text.colour, CAPAN_STYLE_DIM);
    out_text(&story->out, "  ");
    capan_cell_left(&story->out, word, 12);
    capan_style(&story->out, story->text.colour, CAPAN_STYLE_PLAIN);
}

/* "token: sentence (source)" */
static void put_token(struct capan_story *story, const char *word, const struct capan_token *token) {
    put_word(story, word);
    capan_text_token(&story->text, token, 0);
    if (*token->sentence && *token->token) out_text(&story->out, ": ");
    out_text(&story->out, token->sentence);
    if (*token->source) capan_out_format(&story->out, " (%s)", token->source);
    out_char(&story->out, '\n');
}

static void put_tokens(struct capan_story *story, const char *word, const struct capan_token *list, uint64_t mask) {
    for (const struct capan_token *token; (token = capan_take_token(list, &mask));) put_token(story, word, token);
}

static void put_octets(struct capan_story *story, const char *word, struct capan_span octets) {
    if (!octets.len) return;
    put_word(story, word);
    capan_out_printable(&story->out, octets, 0);
    out_char(&story->out, '\n');
}

/* Another frame, in a line. */
static void put_frame(struct capan_story *story, const char *word, uint32_t frame) {
    if (!frame) return;
    const struct capan_step *step = capan_story_step(story, frame);
    put_word(story, word);
    capan_out_format(&story->out, "#%u", frame);
    if (step) {
        out_text(&story->out, " at ");
        capan_cell_moment(&story->out, step->segment.time_ns, story->origin_ns, 0);
        capan_out_format(&story->out, " %c %s, seq %lld, ack %lld, %u octets",
                         step->segment.direction == CAPAN_C2S ? '>' : '<', capan_tcp_kinds[step->segment.kind].token,
                         (long long)step->segment.seq, (long long)step->segment.ack, step->segment.len);
    }
    out_char(&story->out, '\n');
}

static void put_duration(struct capan_story *story, const char *word, int64_t ns) {
    char duration[CAPAN_HUMAN];
    if (ns < 0) return;
    put_word(story, word);
    capan_out_format(&story->out, "%s\n", capan_human_duration(duration, CAPAN_DURATION_ROUGH, ns));
}

static void prove_segment(struct capan_story *story, const struct capan_step *step) {
    const struct capan_segment *segment = &step->segment;
    struct capan_out *out = &story->out;
    char text[CAPAN_EXPLAIN_TEXT];
    put_token(story, "verdict", &capan_tcp_kinds[segment->kind]);
    put_token(story, "by the rule", capan_segment_rule(segment));
    put_octets(story, "operands",
               (struct capan_span){(const uint8_t *)text, capan_segment_quantities_text(segment, text)});
    put_token(story, "certainty", &capan_certainties[segment->certainty]);
    put_octets(story, "so", (struct capan_span){(const uint8_t *)text, capan_segment_explain(segment, text)});
    for (int i = 0; i < 3; i++) put_frame(story, "because of", segment->because[i]);
    if (segment->cause) put_token(story, "cause", &capan_tcp_causes[segment->cause]);
    put_tokens(story, "flag", capan_tcp_flags, segment->flags);
    put_word(story, "numbers");
    capan_out_format(
        out, "seq %lld (raw %u), ack %lld (raw %u), window %u%s, %u in flight\n", (long long)segment->seq,
        segment->raw_seq, (long long)segment->ack, segment->raw_ack, segment->window & ~CAPAN_WINDOW_UNSCALED,
        segment->window & CAPAN_WINDOW_UNSCALED ? " times a scale that was not captured" : "", segment->outstanding);
    put_word(story, "frame");
    capan_tell_layers(out, story, segment);
    out_char(out, '\n');
    put_word(story, "states");
    capan_out_format(out, "client %s, server %s\n", capan_tcp_states[segment->client_state].token,
                     capan_tcp_states[segment->server_state].token);
    for (uint32_t i = 0; i < step->acks_count; i++) put_frame(story, "covers", story->acks[step->acks_at + i]);
    put_frame(story, "covered by", segment->acked_in);
    put_duration(story, "round trip", segment->rtt_ns);
    put_duration(story, "timeout", segment->rto_ns);
}

static void put_lifetime(struct capan_story *story, const struct capan_exchange *exchange) {
    if (exchange->fresh_lifetime_s < 0 && exchange->age_s < 0) return;
    put_word(story, "freshness");
    if (exchange->fresh_lifetime_s >= 0)
        capan_out_format(&story->out, "lifetime %lld s%s", (long long)exchange->fresh_lifetime_s,
                         exchange->fresh_heuristic ? " (a tenth of its age at the server, RFC 9111 4.2.2)" : "");
    else
        out_text(&story->out, "no lifetime: neither max-age nor Expires, nor a Last-Modified to guess from "
                              "(RFC 9111 4.2.1)");
    if (exchange->age_s >= 0) capan_out_format(&story->out, ", age %lld s", (long long)exchange->age_s);
    if (exchange->known_no_cache) out_text(&story->out, ", not used without asking (no-cache, RFC 9111 5.2.2.4)");
    out_char(&story->out, '\n');
}

static void put_cost(struct capan_story *story, const char *word, uint64_t octets) {
    char number[CAPAN_HUMAN];
    if (!octets) return;
    put_word(story, word);
    capan_out_format(&story->out, "%s octets\n", capan_human_count(number, octets));
}

/* "1.1 round trips of 31.0 ms, and before it 1 for TCP, 0 for CONNECT, 2 for TLS". */
static void put_waiting(struct capan_story *story, const struct capan_exchange *exchange) {
    const struct capan_handshakes *paid = &exchange->handshakes;
    char trips[CAPAN_HUMAN], rtt[CAPAN_HUMAN];
    if (exchange->round_trips_x100 < 0) return;
    put_word(story, "waited");
    capan_out_format(&story->out, "%s round trips of %s",
                     capan_human_tenths(trips, (uint64_t)exchange->round_trips_x100, true),
                     capan_human_duration(rtt, CAPAN_DURATION_ROUGH, exchange->rtt_ns));
    if (capan_handshake_sum(paid))
        capan_out_format(&story->out, ", and before it %u for TCP, %u for CONNECT, %u for TLS", paid->tcp, paid->tunnel,
                         paid->tls);
    out_char(&story->out, '\n');
}

static void put_page(struct capan_story *story, const struct capan_page_part *part) {
    char trips[CAPAN_HUMAN];
    if (!part->number) return;
    put_word(story, "page");
    capan_out_format(&story->out, "%llu, of which it is the %s; request %u", (unsigned long long)part->number,
                     capan_page_roles[part->role].token, part->requests);
    if (part->path_x100)
        capan_out_format(&story->out, ", %s round trips on the longest chain that ends with it",
                         capan_human_tenths(trips, (uint64_t)part->path_x100, true));
    out_char(&story->out, '\n');
}

static void put_fields(struct capan_story *story, const struct capan_http_field *fields, size_t count) {
    uint8_t text[CAPAN_FIELDS_TEXT];
    put_octets(story, "saying", capan_fields_text(fields, count, text));
}

static void prove_exchange(struct capan_story *story, const struct capan_exchange *exchange) {
    struct capan_out *out = &story->out;
    char text[CAPAN_EXPLAIN_TEXT];
    out_text(out, "\nHTTP exchange ");
    capan_out_u64(out, exchange->index);
    out_text(out, ": ");
    capan_out_printable(out, exchange->method, 0);
    out_char(out, ' ');
    capan_out_printable(out, exchange->target, 0);
    capan_out_format(out, ", answered %u\n", exchange->status);
    put_frame(story, "asked in", exchange->request.last_frame);
    put_fields(story, exchange->request_fields, exchange->request_field_count);
    put_frame(story, "answered in", exchange->response.last_frame);
    put_fields(story, exchange->response_fields, exchange->response_field_count);
    put_token(story, "condition", &capan_http_conds[exchange->cond]);
    struct capan_token outcome = capan_http_outcomes[exchange->outcome];
    outcome.source = exchange->source;
    outcome.sentence = exchange->sentence;
    put_token(story, "verdict", &outcome);
    put_token(story, "reason", &capan_http_reasons[exchange->reason]);
    put_token(story, "certainty", &capan_certainties[exchange->certainty]);
    put_octets(story, "so", (struct capan_span){(const uint8_t *)text, capan_exchange_explain(exchange, text)});
    put_token(story, "provenance", &capan_http_provenances[exchange->provenance]);
    put_frame(story, "issued in", exchange->validator_in);
    put_frame(story, "last had in", exchange->known_in);
    put_token(story, "validators", &capan_http_compares[exchange->compare]);
    put_token(story, "served by", &capan_http_served_bys[exchange->served_by]);
    put_lifetime(story, exchange);
    put_duration(story, "server time", exchange->server_ns);
    put_waiting(story, exchange);
    put_page(story, &exchange->page);
    put_cost(story, "saved", exchange->saved);
    put_cost(story, "wasted", exchange->wasted);
    put_tokens(story, "violates", capan_http_violations, exchange->violations);
    put_tokens(story, "framed with", capan_http_framings, exchange->request_framing | exchange->response_framing);
    put_tokens(story, "advice", capan_http_advices, exchange->advice);
}

void capan_prove(struct capan_story *story) {
    const struct capan_step *step = capan_story_step(story, story->frame);
    if (!step) {
        capan_out_format(&story->out, "frame %u holds no TCP segment that was kept\n", story->frame);
        return;
    }
    for (; step < story->steps + story->steps_count && step->segment.frame == story->frame; step++) {
        capan_text_ends(&story->text, step->segment.stream, &step->client, &step->server);
        capan_out_format(&story->out, "  frame %u, %s, at ", step->segment.frame,
                         step->segment.direction == CAPAN_C2S ? "client > server" : "client < server");
        capan_cell_moment(&story->out, step->segment.time_ns, story->origin_ns, 0);
        out_char(&story->out, '\n');
        prove_segment(story, step);
    }
    for (size_t i = 0; i < story->exchanges_count; i++)
        if (story->exchanges[i]->stream == step[-1].segment.stream) prove_exchange(story, story->exchanges[i]);
}
