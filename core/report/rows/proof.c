/* SPDX-License-Identifier: MIT */
/* Columns of proofs: a verdict, and what it rests on. */
#include "bytes.h"
#include "capan/prove.h"
#include "capan/sentence.h"
#include "column.h"
#include "sentence.h"

/* Each once. */
static void add_frame(struct capan_proof *proof, uint32_t frame) {
    for (size_t i = 0; i < proof->frame_count; i++)
        if (proof->frames[i] == frame) return;
    if (frame && proof->frame_count < CAPAN_PROOF_FRAMES) proof->frames[proof->frame_count++] = frame;
}

/* A frame that was not captured, a duration that there was not. */
static bool is_absent(const struct capan_quantity *quantity) {
    return quantity->unit == CAPAN_UNIT_FRAME ? quantity->value == 0
                                              : quantity->unit == CAPAN_UNIT_NS && quantity->value < 0;
}

static void leave_out_absent(struct capan_proof *proof) {
    size_t kept = 0;
    for (size_t i = 0; i < proof->quantity_count; i++)
        if (!is_absent(&proof->quantities[i])) proof->quantities[kept++] = proof->quantities[i];
    proof->quantity_count = kept;
}

static void add_quantity(struct capan_proof *proof, const char *name, enum capan_unit unit, int64_t value) {
    if (proof->quantity_count < CAPAN_PROOF_QUANTITIES)
        proof->quantities[proof->quantity_count++] = (struct capan_quantity){name, unit, value};
}

/* The frame that shows that it was needless is none that the rule names. */
void capan_prove_segment(struct capan_proof *proof, const struct capan_segment *segment) {
    proof->segment = segment;
    proof->exchange = NULL;
    proof->verdict = &capan_tcp_kinds[segment->kind];
    proof->rule = capan_segment_rule(segment);
    proof->section = proof->rule->source;
    proof->fact_count = capan_segment_facts(segment, proof->facts);
    proof->quantity_count = capan_segment_quantities(segment, proof->quantities);
    add_quantity(proof, "shown_by", CAPAN_UNIT_FRAME, segment->because[2]);
    leave_out_absent(proof);
    proof->frame_count = 0;
    for (size_t i = 0; i < sizeof segment->because / sizeof *segment->because; i++)
        add_frame(proof, segment->because[i]);
}

/* Where its messages lie, which no sentence tells. */
static void add_places(struct capan_proof *proof, const struct capan_exchange *exchange) {
    const struct capan_http_extent *request = &exchange->request, *response = &exchange->response;
    add_quantity(proof, "request_begins", CAPAN_UNIT_FRAME, request->first_frame);
    if (request->first_frame) add_quantity(proof, "request_octets", CAPAN_UNIT_OCTETS, (int64_t)request->wire_len);
    add_quantity(proof, "response_begins", CAPAN_UNIT_FRAME, response->first_frame);
    if (response->first_frame) add_quantity(proof, "response_octets", CAPAN_UNIT_OCTETS, (int64_t)response->wire_len);
    add_quantity(proof, "copy_in", CAPAN_UNIT_FRAME, exchange->known_in);
    leave_out_absent(proof);
}

/* Its rule is the reason; where that has no section of its own, the outcome has one. */
void capan_prove_exchange(struct capan_proof *proof, const struct capan_exchange *exchange) {
    proof->segment = NULL;
    proof->exchange = exchange;
    proof->verdict = &capan_http_outcomes[exchange->outcome];
    proof->rule = &capan_http_reasons[exchange->reason];
    proof->section = *proof->rule->source ? proof->rule->source : proof->verdict->source;
    proof->fact_count = capan_exchange_facts(exchange, proof->facts);
    proof->quantity_count = capan_exchange_quantities(exchange, proof->quantities);
    add_places(proof, exchange);
    proof->frame_count = 0;
    add_frame(proof, exchange->request.last_frame);
    add_frame(proof, exchange->response.last_frame);
    add_frame(proof, exchange->validator_in);
    add_frame(proof, exchange->known_in);
    add_frame(proof, exchange->delayed_in);
    add_frame(proof, exchange->crossed_fin);
}

static struct capan_value frame(struct capan_row *row) {
    const struct capan_proof *proof = row->proof;
    if (proof->segment) return value_number(proof->segment->frame);
    return proof->frame_count ? value_number(proof->frames[0]) : CAPAN_ABSENT;
}

static struct capan_value stream(struct capan_row *row) {
    const struct capan_proof *proof = row->proof;
    return value_number(proof->segment ? proof->segment->stream : proof->exchange->stream);
}

static struct capan_value of(struct capan_row *row) {
    return value_word(row->proof->segment ? "segment" : "exchange");
}

static struct capan_value exchange_index(struct capan_row *row) {
    return row->proof->segment ? CAPAN_ABSENT : value_number(row->proof->exchange->index);
}

static struct capan_value verdict(struct capan_row *row) {
    return value_word(row->proof->verdict->token);
}

/* "RESEND_NEXT_HOLE" is resend-next-hole, as tokens are written. */
static struct capan_value rule_name(struct capan_row *row) {
    const char *name = row->proof->rule->name;
    size_t len = 0;
    for (; name[len] && len < sizeof row->text - 1; len++) {
        const bool capital = name[len] >= 'A' && name[len] <= 'Z';
        row->text[len] = (char)(name[len] == '_' ? '-' : capital ? name[len] - 'A' + 'a' : name[len]);
    }
    return value_octets(row->text, len);
}

static struct capan_value rule_section(struct capan_row *row) {
    return value_text(row->proof->section);
}

static struct capan_value rule_sentence(struct capan_row *row) {
    return value_text(row->proof->rule->sentence);
}

static struct capan_value certainty(struct capan_row *row) {
    const struct capan_proof *proof = row->proof;
    const uint8_t number = proof->segment ? proof->segment->certainty : proof->exchange->certainty;
    return value_word(capan_certainties[number].token);
}

static struct capan_value cause(struct capan_row *row) {
    const struct capan_segment *segment = row->proof->segment;
    return segment && segment->cause ? value_word(capan_tcp_causes[segment->cause].token) : CAPAN_ABSENT;
}

static struct capan_value facts(struct capan_row *row) {
    const struct capan_proof *proof = row->proof;
    if (!proof->fact_count) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_FACTS, .as.facts = {proof->facts, proof->fact_count}};
}

static struct capan_value quantities(struct capan_row *row) {
    const struct capan_proof *proof = row->proof;
    if (!proof->quantity_count) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_QUANTITIES,
                                .as.quantities = {proof->quantities, proof->quantity_count}};
}

static struct capan_value frames(struct capan_row *row) {
    return value_numbers(row->proof->frames, row->proof->frame_count);
}

static struct capan_value signed_number(int64_t number) {
    return (struct capan_value){.type = CAPAN_VALUE_SIGNED, .as.integer = number};
}

static struct capan_value time(struct capan_row *row) {
    const struct capan_segment *segment = row->proof->segment;
    return segment ? value_moment(segment->time_ns) : CAPAN_ABSENT;
}

static struct capan_value seq(struct capan_row *row) {
    return row->proof->segment ? signed_number(row->proof->segment->seq) : CAPAN_ABSENT;
}

static struct capan_value ack(struct capan_row *row) {
    return row->proof->segment ? signed_number(row->proof->segment->ack) : CAPAN_ABSENT;
}

static struct capan_value len(struct capan_row *row) {
    return row->proof->segment ? value_number(row->proof->segment->len) : CAPAN_ABSENT;
}

static struct capan_value method(struct capan_row *row) {
    return row->proof->exchange ? value_span(row->proof->exchange->method) : CAPAN_ABSENT;
}

static struct capan_value target(struct capan_row *row) {
    return row->proof->exchange ? value_span(row->proof->exchange->target) : CAPAN_ABSENT;
}

static struct capan_value field_lines(const struct capan_http_field *fields, size_t count) {
    if (!count) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_FIELDS, .as.fields = {fields, count}};
}

static struct capan_value request_fields(struct capan_row *row) {
    const struct capan_exchange *exchange = row->proof->exchange;
    return exchange ? field_lines(exchange->request_fields, exchange->request_field_count) : CAPAN_ABSENT;
}

static struct capan_value response_fields(struct capan_row *row) {
    const struct capan_exchange *exchange = row->proof->exchange;
    return exchange ? field_lines(exchange->response_fields, exchange->response_field_count) : CAPAN_ABSENT;
}

static void say_formula(struct sentence *text, const char *name, bool holds, const char *formula) {
    if (!formula || !*formula) return;
    if (text->len) sentence_text(text, "; ");
    sentence_text(text, name);
    sentence_text(text, holds ? ": " : ": not ");
    sentence_text(text, formula);
}

static struct capan_value readings(struct capan_row *row) {
    const struct capan_proof *proof = row->proof;
    const bool of_segment = proof->segment;
    struct sentence text = sentence_in(row->text, sizeof row->text);
    for (size_t i = 0; of_segment && i < proof->fact_count; i++)
        say_formula(&text, proof->facts[i].name, proof->facts[i].holds,
                    capan_proof_formula(true, true, proof->facts[i].name));
    for (size_t i = 0; i < proof->quantity_count; i++)
        say_formula(&text, proof->quantities[i].name, true,
                    capan_proof_formula(of_segment, false, proof->quantities[i].name));
    return text.len ? value_octets(row->text, text.len) : CAPAN_ABSENT;
}

static struct capan_value explain(struct capan_row *row) {
    const struct capan_proof *proof = row->proof;
    return value_octets(row->text, proof->segment ? capan_segment_explain(proof->segment, row->text)
                                                  : capan_exchange_explain(proof->exchange, row->text));
}

#define CAPAN_ROW struct capan_proof
static const struct capan_column columns[] = {
    {"frame", "the segment's; the last one of the request, or of the response where that alone is known",
     CAPAN_MADE(UNSIGNED, FRAME, frame)},
    {"stream", "the TCP connection, counted from 0 as Wireshark's tcp.stream",
     CAPAN_MADE(UNSIGNED, IDENTIFIER, stream)},
    {"time", "the segment's, since 1970-01-01 UTC", CAPAN_MADE(MOMENT, NS, time)},
    {"seq", "the segment's number, relative", CAPAN_MADE(SIGNED, SEQUENCE, seq)},
    {"ack", "what it acknowledges, relative; 0 nothing", CAPAN_MADE(SIGNED, SEQUENCE, ack)},
    {"len", "octets that it carries", CAPAN_MADE(UNSIGNED, OCTETS, len)},
    {"of", "segment or exchange: what the verdict is about", CAPAN_MADE(WORD, NONE, of), .words = "segment exchange"},
    {"index", "the exchange's, as in exchanges", CAPAN_MADE(UNSIGNED, IDENTIFIER, exchange_index)},
    {"method", "the request's", CAPAN_MADE(OCTETS, NONE, method)},
    {"target", "as the request has it", CAPAN_MADE(OCTETS, NONE, target)},
    {"request_fields", "field lines of the request that a verdict may rest on",
     CAPAN_MADE(FIELDS, NONE, request_fields)},
    {"response_fields", "likewise of the response", CAPAN_MADE(FIELDS, NONE, response_fields)},
    {"verdict", "the segment's tcp.kind or the exchange's http.outcome", CAPAN_MADE(WORD, NONE, verdict)},
    {"rule.name", "the rule that gave it; of an exchange its http.reason", CAPAN_MADE(OCTETS, NONE, rule_name)},
    {"rule.section", "where the rule comes from", CAPAN_MADE(OCTETS, NONE, rule_section)},
    {"rule.sentence", "what the rule says", CAPAN_MADE(OCTETS, NONE, rule_sentence)},
    {"certainty", "certain, likely, ambiguous or provisional", CAPAN_MADE(WORD, NONE, certainty),
     CAPAN_LIST(capan_certainties)},
    {"cause", "what made the segment's sender send again", CAPAN_MADE(WORD, NONE, cause), CAPAN_LIST(capan_tcp_causes)},
    {"facts", "what the rule asks, and whether it holds", CAPAN_MADE(FACTS, NONE, facts)},
    {"quantities", "the numbers and frames that the rule names, each with its unit",
     CAPAN_MADE(QUANTITIES, NONE, quantities)},
    {"frames", "the frames that prove it, the telling one first", CAPAN_MADE(NUMBERS, FRAME, frames)},
    {"readings", "how the facts and quantities are read from frames, as prove reads them",
     CAPAN_MADE(OCTETS, NONE, readings)},
    {"explain", "the verdict as a sentence", CAPAN_MADE(OCTETS, NONE, explain)},
};

const struct capan_table capan_proof_table = CAPAN_TABLE("proofs", columns, 0);
