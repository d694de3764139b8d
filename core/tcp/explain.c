/* SPDX-License-Identifier: MIT */
#include "human.h"
#include "operands.h"
#include "sentence.h"
#include "verdict.h"

static void put_duration(struct sentence *out, int64_t ns) {
    char text[CAPAN_HUMAN];
    sentence_text(out, capan_human_duration(text, CAPAN_DURATION_THREE_DIGITS, ns));
}

static void put_number(struct sentence *out, const char *before, uint64_t number, const char *behind) {
    sentence_text(out, before);
    sentence_number(out, number);
    sentence_text(out, behind);
}

static void put_frame(struct sentence *out, uint32_t frame) {
    if (frame)
        put_number(out, "#", frame, "");
    else
        sentence_text(out, "an earlier frame");
}

#define PHRASE(name, token, sentence, phrase) phrase,
static const char *const cause_phrases[] = {CAPAN_TCP_CAUSES(PHRASE)};

/* A rule's text is filled in with what the rule names. */
struct filling {
    const struct capan_segment *segment;
    struct capan_quantity named[CAPAN_QUANTITIES];
    size_t count;
    bool says_octets; /* the text has the word itself */
};

static void put_quantity(struct sentence *out, const struct filling *filling, const struct capan_quantity *quantity) {
    switch (quantity->unit) {
    case CAPAN_UNIT_NS: put_duration(out, quantity->value); return;
    case CAPAN_UNIT_FRAME: put_frame(out, (uint32_t)quantity->value); return;
    default: sentence_signed(out, quantity->value); break;
    }
    if (quantity->unit == CAPAN_UNIT_OCTETS && !filling->says_octets)
        sentence_text(out, quantity->value == 1 ? " octet" : " octets");
}

static struct filling filling_of(const struct capan_segment *segment) {
    struct filling filling = {.segment = segment};
    filling.count = capan_segment_quantities(segment, filling.named);
    return filling;
}

/* The quantity of that name; NULL when the rule names none such. */
static const struct capan_quantity *find(const struct filling *filling, const char *name, size_t len) {
    for (size_t i = 0; i < filling->count; i++) {
        const char *known = filling->named[i].name;
        if (strncmp(known, name, len) == 0 && known[len] == '\0') return &filling->named[i];
    }
    return NULL;
}

/* Nothing for the first one. */
static void put_in_a_row(struct sentence *out, const struct filling *filling) {
    const struct capan_quantity *timeouts = find(filling, "timeouts", strlen("timeouts"));
    if (timeouts && timeouts->value > 1) put_number(out, " (no. ", (uint64_t)timeouts->value, " in a row)");
}

/* Nothing when it is not known what came before. */
static void put_then(struct sentence *out, const struct filling *filling) {
    const struct capan_quantity *since = find(filling, "since", strlen("since"));
    const struct capan_quantity *earlier = find(filling, "earlier", strlen("earlier"));
    if (!since || !earlier || since->value < 0) return;
    sentence_text(out, " ");
    put_duration(out, since->value);
    sentence_text(out, " after ");
    put_frame(out, (uint32_t)earlier->value);
}

/* Nothing where what was SACKed lies below: such a hole is found by time, or is what is left to send (RFC 6675 4,
 * RFC 8985 6.2). */
static void put_above(struct sentence *out, const struct filling *filling) {
    const struct capan_quantity *sacked_to = find(filling, "sacked_to", strlen("sacked_to"));
    if (!sacked_to || sacked_to->value < filling->segment->seq + filling->segment->len) return;
    sentence_text(out, ", SACKed above up to ");
    sentence_signed(out, sacked_to->value);
}

static void put_octets(struct sentence *out, const struct capan_segment *segment) {
    sentence_text(out, segment->window & CAPAN_WINDOW_UNSCALED ? "units of a scale that was not captured" : "octets");
}

/* A quantity's name, or one of the words above, cause, in_a_row, octets and then. */
static void put_name(struct sentence *out, const char *name, size_t len, void *context) {
    const struct filling *filling = context;
    const struct capan_quantity *quantity = find(filling, name, len);
    if (quantity)
        put_quantity(out, filling, quantity);
    else if (name[0] == 'a')
        put_above(out, filling);
    else if (name[0] == 'c')
        sentence_text(out, cause_phrases[filling->segment->cause]);
    else if (name[0] == 'o')
        put_octets(out, filling->segment);
    else if (name[0] == 't')
        put_then(out, filling);
    else
        put_in_a_row(out, filling);
}

/* Of data first sent and of plain ACKs: what happened to them. */
static void put_plain(struct sentence *out, const struct capan_segment *segment) {
    const bool ack = segment->kind == CAPAN_KIND_ACK_ADVANCE;
    if (ack) {
        sentence_text(out, "acknowledges everything below ");
        sentence_signed(out, segment->ack);
    } else if (segment->kind == CAPAN_KIND_DATA_NEW) {
        put_number(out, "", segment->len, " new octets from ");
        sentence_signed(out, segment->seq);
    } else {
        sentence_text(out, capan_tcp_kinds[segment->kind].sentence);
    }
    if (ack && segment->acks_count)
        put_number(out, ", ", segment->acks_count,
                   segment->acks_count == 1 ? " data frame newly" : " data frames newly");
    if (ack && segment->rtt_ns >= 0) {
        sentence_text(out, ", ");
        put_duration(out, segment->rtt_ns);
        sentence_text(out, " after the last of them passed here");
    }
}

/* Why it was not needed, apart from why it was sent. */
static const struct {
    enum capan_tcp_flag flag;
    const char *text;
} proofs[] = {
    {CAPAN_FLAG_SPURIOUS_ACKED, "acknowledged before"},
    {CAPAN_FLAG_SPURIOUS_DSACK, "the receiver had it already"},
    {CAPAN_FLAG_SPURIOUS_EIFEL, "the answer was to the original"},
};

/* What else is to be said of it. */
static const struct {
    enum capan_tcp_flag flag;
    const char *text;
} remarks[] = {
    {CAPAN_FLAG_GAP_CAPTURE_LOSS, "; octets before it were acknowledged though never seen: the capture missed them"},
    {CAPAN_FLAG_GAP_PATH_LOSS, "; octets before it were lost on the path and sent again"},
    {CAPAN_FLAG_OVERLAP_CONFLICT, "; its content differs from what was sent before"},
    {CAPAN_FLAG_BEYOND_WINDOW, "; beyond the window that was offered"},
    {CAPAN_FLAG_WINDOW_FULL, "; fills the receiver's window"},
    {CAPAN_FLAG_CUT_OFF, "; something was under way: octets not acknowledged, or a question not answered"},
    {CAPAN_FLAG_PEER_SILENT, "; the third try in vain: its peer has fallen silent, or the path to it"},
};

static void put_needless(struct sentence *out, const struct capan_segment *segment) {
    const char *before = "; needless: ";
    if (!(segment->flags & capan_tcp_needless_flags)) return;
    for (unsigned i = 0; i < sizeof proofs / sizeof *proofs; i++) {
        if (!(segment->flags >> proofs[i].flag & 1)) continue;
        sentence_text(out, before);
        sentence_text(out, proofs[i].text);
        before = ", and ";
    }
    if (segment->because[2]) put_number(out, " (#", segment->because[2], ")");
}

static void put_flags(struct sentence *out, const struct capan_segment *segment) {
    for (unsigned i = 0; i < sizeof remarks / sizeof *remarks; i++) {
        if (segment->flags >> remarks[i].flag & 1) sentence_text(out, remarks[i].text);
    }
}

const struct capan_token *capan_segment_rule(const struct capan_segment *segment) {
    return &capan_tcp_rule_at(segment->rule)->token;
}

size_t capan_segment_explain(const struct capan_segment *segment, char text[CAPAN_EXPLAIN_TEXT]) {
    struct sentence out = sentence_in(text, CAPAN_EXPLAIN_TEXT);
    const char *rule_text = capan_tcp_rule_at(segment->rule)->text;
    if (rule_text[0]) {
        struct filling filling = filling_of(segment);
        filling.says_octets = strstr(rule_text, "} octets") || strstr(rule_text, "{octets}");
        capan_say_filled(&out, rule_text, put_name, &filling);
    } else {
        put_plain(&out, segment);
    }
    put_needless(&out, segment);
    put_flags(&out, segment);
    if (capan_segment_is(segment, CAPAN_TRAIT_HOLDS_UP) && !(segment->flags & capan_tcp_needless_flags)) {
        if (segment->acked_in)
            put_number(&out, "; needed: not acknowledged before #", segment->acked_in, "");
        else
            sentence_text(&out, "; never acknowledged in this capture");
    } else if (segment->acked_in) {
        put_number(&out, "; acknowledged in #", segment->acked_in, "");
    }
    return out.len;
}

size_t capan_segment_quantities_text(const struct capan_segment *segment, char text[CAPAN_EXPLAIN_TEXT]) {
    struct sentence out = sentence_in(text, CAPAN_EXPLAIN_TEXT);
    struct filling filling = filling_of(segment);
    for (size_t i = 0; i < filling.count; i++) {
        const char *phrase = capan_operand_phrase(segment, i);
        const bool unknown = filling.named[i].unit == CAPAN_UNIT_NS && filling.named[i].value < 0;
        if (!phrase[0] || unknown) continue;
        if (out.len) sentence_text(&out, "; ");
        capan_say_filled(&out, phrase, put_name, &filling);
    }
    return out.len;
}
