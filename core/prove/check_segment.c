/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "capan/rules.h"
#include "check.h"
#include "verdict.h"

/* "RESEND_NEXT_HOLE" is resend-next-hole. */
static bool is_named(const char *name, struct capan_span token) {
    size_t i = 0;
    for (; i < token.len && name[i]; i++) {
        const char c = name[i] == '_' ? '-' : name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
        if (c != (char)token.at[i]) return false;
    }
    return i == token.len && !name[i];
}

static const struct capan_tcp_rule *find_rule(struct capan_span name) {
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++)
        if (is_named(capan_tcp_rule_at(i)->token.name, name)) return capan_tcp_rule_at(i);
    return NULL;
}

static unsigned count_bits(uint64_t set) {
    unsigned count = 0;
    for (; set; set &= set - 1) count++;
    return count;
}

/* They are those that the rule asks, as it asks them. */
static void check_asked(struct check *check, const struct capan_tcp_rule *rule) {
    const struct claim *claim = check->claim;
    if (claim->fact_count != count_bits(rule->needs | rule->lacks))
        capan_refute_number(check, "facts", (int64_t)claim->fact_count, "not as many as the rule asks");
    for (size_t i = 0; i < claim->fact_count; i++) {
        const int number = capan_find_token(capan_tcp_facts, CAPAN_TCP_FACT_COUNT, span_of(claim->facts[i].name));
        const uint64_t asked = claim->facts[i].holds ? rule->needs : rule->lacks;
        if (number < 0 || !(asked >> number & 1))
            capan_refute_number(check, claim->facts[i].name, claim->facts[i].holds, "the rule does not ask it so");
    }
}

static void check_rule(struct check *check, const struct capan_tcp_rule *rule) {
    const struct claim *claim = check->claim;
    capan_check_text(check, "verdict", claim->verdict, capan_tcp_kinds[rule->kind].token);
    capan_check_text(check, "section", claim->section, rule->token.source);
    capan_check_text(check, "sentence", claim->sentence, rule->token.sentence);
    const int certainty = capan_find_token(capan_certainties, CAPAN_CERTAINTY_COUNT, claim->certainty);
    if (certainty < (int)rule->certainty) capan_refute(check, "certainty", claim->certainty, "surer than the rule is");
    check_asked(check, rule);
}

static void check_own(struct check *check, const char *name, struct claimed said, int64_t is) {
    check->proved->read++;
    if (!said.known || said.value != is) capan_refute_number(check, name, said.value, "the segment has another");
}

/* Of several segments in one frame that with its numbers. */
static const struct record *find_segment(const struct capan_prover *prover, const struct claim *claim) {
    const struct recording *recording = &prover->recording;
    if (!claim->frame.known || claim->frame.value < 1 || claim->frame.value > UINT32_MAX) return NULL;
    const uint32_t frame = (uint32_t)claim->frame.value;
    const struct record *first = capan_recording_find(recording, frame, RECORD_NONE);
    for (const struct record *at = first; at && at < recording->records + recording->count && at->frame == frame; at++)
        if (at->seq == claim->seq.value && at->len == claim->len.value) return at;
    return first;
}

void capan_check_segment(struct check *check) {
    const struct claim *claim = check->claim;
    const struct capan_tcp_rule *rule = find_rule(claim->rule);
    const struct record *self = check->scene.self = find_segment(check->prover, claim);
    if (!self) {
        capan_refute_number(check, "frame", claim->frame.value, "it holds no segment");
        return;
    }
    if (!rule) {
        capan_refute(check, "rule", claim->rule, "there is no such rule");
        return;
    }
    check_rule(check, rule);
    check_own(check, "time", claim->time, self->time_ns);
    check_own(check, "seq", claim->seq, self->seq);
    check_own(check, "ack", claim->ack, self->ack);
    check_own(check, "len", claim->len, self->len);
    capan_check_stream(check, self);
    capan_check_facts(check);
    capan_check_quantities(check);
    capan_check_frames(check);
}
