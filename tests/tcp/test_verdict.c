/* SPDX-License-Identifier: MIT */
/* The table of rules: each row can be reached, says where it comes from, and explains itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "operands.h"
#include "verdict.h"

#define F(name) CAPAN_FACT(name)

static void no_row_contradicts_itself(void **state) {
    (void)state;
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        const struct capan_tcp_rule *rule = capan_tcp_rule_at(i);
        assert_int_equal(rule->needs & rule->lacks, 0);
        assert_true(rule->kind < CAPAN_TCP_KIND_COUNT && rule->certainty < CAPAN_CERTAINTY_COUNT);
        assert_int_equal(strncmp(rule->token.source, "RFC ", 4), 0);
        assert_true(strlen(rule->token.sentence) > 0);
    }
}

/* Shapes that a segment can have besides what a row needs. */
static const uint64_t shapes[] = {0,
                                  F(ACK),
                                  F(DATA) | F(ACK),
                                  F(DATA) | F(ACK) | F(SEEN),
                                  F(DATA) | F(ACK) | F(FILLS),
                                  F(ACK) | F(RST),
                                  F(ACK) | F(SYN),
                                  F(DATA) | F(ACK) | F(SEEN) | F(CLOCKED)};

static bool is_reached(uint8_t row) {
    const struct capan_tcp_rule *rule = capan_tcp_rule_at(row);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const uint64_t facts = (shapes[i] | rule->needs) & ~rule->lacks;
        if (capan_tcp_rule(facts) == row || capan_tcp_resend_rule(facts) == row) return true;
    }
    return false;
}

static void no_row_is_shadowed(void **state) {
    (void)state;
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        if (!is_reached(i)) fail_msg("%s cannot be reached", capan_tcp_rule_at(i)->token.name);
    }
}

static void every_kind_has_a_row(void **state) {
    (void)state;
    for (uint8_t kind = 0; kind < CAPAN_TCP_KIND_COUNT; kind++) {
        bool found = false;
        for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) found |= capan_tcp_rule_at(i)->kind == kind;
        if (!found) fail_msg("no row gives %s", capan_tcp_kinds[kind].token);
    }
}

static void any_facts_select_a_row(void **state) {
    (void)state;
    srand(1);
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t facts = 0;
        for (unsigned bit = 0; bit < CAPAN_TCP_FACT_COUNT; bit++) facts |= (uint64_t)(rand() % 4 == 0) << bit;
        assert_true(capan_tcp_rule(facts) < capan_tcp_rule_count());
        assert_true(capan_tcp_resend_rule(facts) < capan_tcp_rule_count());
    }
}

static void the_order_is_the_taxonomys(void **state) {
    (void)state;
    static const struct {
        uint64_t facts;
        enum capan_tcp_kind kind;
    } cases[] = {
        {F(ACK) | F(DATA), CAPAN_KIND_DATA_NEW},
        {F(ACK) | F(ADVANCES) | F(WINDOW_CHANGED), CAPAN_KIND_ACK_ADVANCE},
        {F(ACK) | F(ADVANCES) | F(WINDOW_ZERO) | F(WINDOW_CHANGED), CAPAN_KIND_ACK_ZERO_WINDOW},
        {F(ACK) | F(PEER_WAITS), CAPAN_KIND_ACK_DUPLICATE},
        {F(ACK) | F(PEER_WAITS) | F(WINDOW_CHANGED), CAPAN_KIND_ACK_WINDOW_UPDATE},
        {F(ACK) | F(PEER_WAITS) | F(WINDOW_CHANGED) | F(NEW_SACK), CAPAN_KIND_ACK_DUPLICATE},
        {F(ACK) | F(PEER_WAITS) | F(DSACK), CAPAN_KIND_ACK_DSACK},
        {F(ACK), CAPAN_KIND_ACK_REPEAT},
        {F(ACK) | F(PROBE_SHAPE) | F(PEER_CLOSED) | F(IDLE) | F(NOTHING_OUT), CAPAN_KIND_WINDOW_PROBE},
        {F(ACK) | F(PROBE_SHAPE) | F(IDLE) | F(NOTHING_OUT), CAPAN_KIND_KEEPALIVE},
        {F(ACK) | F(PROBE_SHAPE) | F(NOTHING_OUT), CAPAN_KIND_ACK_REPEAT},
        {F(ACK) | F(DATA) | F(SEEN) | F(HEAD) | F(TIMER), CAPAN_KIND_RETRANSMIT_RTO},
        {F(ACK) | F(DATA) | F(SEEN) | F(HEAD) | F(EVIDENCE) | F(CLOCKED), CAPAN_KIND_RETRANSMIT_FAST},
        {F(ACK) | F(DATA) | F(SEEN) | F(EVIDENCE) | F(CLOCKED) | F(IN_FAST) | F(SACK_OK), CAPAN_KIND_RETRANSMIT_SACK},
        {F(ACK) | F(DATA) | F(SEEN) | F(TAIL) | F(PROBE_TIME), CAPAN_KIND_RETRANSMIT_TLP},
        {F(ACK) | F(DATA) | F(SEEN), CAPAN_KIND_RETRANSMIT_UNCLEAR},
        {F(ACK) | F(DATA) | F(FILLS) | F(TOO_SOON), CAPAN_KIND_DATA_LATE},
        {F(ACK) | F(DATA) | F(FILLS) | F(TOO_SOON) | F(NEW_TS), CAPAN_KIND_DATA_RECOVERED},
        {F(ACK) | F(DATA) | F(FILLS), CAPAN_KIND_DATA_RECOVERED},
        {F(ACK) | F(RST) | F(GONE) | F(EXACT), CAPAN_KIND_RST_LATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint8_t kind = capan_tcp_rule_at(capan_tcp_rule(cases[i].facts))->kind;
        if (kind != cases[i].kind)
            fail_msg("case %zu: %s, not %s", i, capan_tcp_kinds[kind].token, capan_tcp_kinds[cases[i].kind].token);
    }
}

static struct capan_segment resend(void) {
    return (struct capan_segment){.kind = CAPAN_KIND_RETRANSMIT_RTO,
                                  .cause = CAPAN_CAUSE_RTO,
                                  .certainty = CAPAN_CERTAIN,
                                  .len = 1448,
                                  .seq = 1,
                                  .frame = 260,
                                  .rule = capan_tcp_rule(F(ACK) | F(DATA) | F(SEEN) | F(HEAD) | F(TIMER)),
                                  .because = {211},
                                  .operand = {412000000, 2},
                                  .rto_ns = 400000000,
                                  .rtt_ns = -1,
                                  .acked_in = 262};
}

static void explains_with_frames_and_operands(void **state) {
    (void)state;
    char text[CAPAN_EXPLAIN_TEXT];
    struct capan_segment segment = resend();
    const size_t len = capan_segment_explain(&segment, text);
    assert_int_equal(len, strlen(text));
    assert_string_equal(text, "sent again 412 ms after #211, the timeout of 400 ms having run out (no. 2 in a row); "
                              "needed: not acknowledged before #262");
    segment.flags |= UINT64_C(1) << CAPAN_FLAG_SPURIOUS_DSACK;
    segment.because[2] = 263;
    capan_segment_explain(&segment, text);
    assert_non_null(strstr(text, "; needless: the receiver had it already (#263)"));
}

static void every_row_explains_itself(void **state) {
    (void)state;
    char text[CAPAN_EXPLAIN_TEXT];
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        const struct capan_tcp_rule *rule = capan_tcp_rule_at(i);
        struct capan_segment segment = resend();
        segment.rule = i;
        segment.kind = rule->kind;
        segment.flags = UINT64_MAX;
        const size_t len = capan_segment_explain(&segment, text);
        assert_int_equal(len, strlen(text));
        assert_true(text[0] != '\0' && strpbrk(text, "{}") == NULL);
        assert_ptr_equal(capan_segment_rule(&segment), &rule->token);
    }
}

static bool names_it(const struct capan_quantity *named, size_t count, const char *name, size_t len) {
    for (size_t i = 0; i < count; i++)
        if (strlen(named[i].name) == len && memcmp(named[i].name, name, len) == 0) return true;
    return false;
}

static bool is_word(const char *name, size_t len) {
    static const char *const words[] = {"above", "cause", "in_a_row", "octets", "then"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (len == strlen(words[i]) && memcmp(name, words[i], len) == 0) return true;
    return false;
}

/* Each {name} of a text is one of the row's quantities, or a word; in_a_row counts timeouts, above says how far
 * {sacked_to} is, then is {since} after {earlier}. */
static void check_names(const struct capan_tcp_rule *rule, const struct capan_quantity *named, size_t count,
                        const char *text) {
    for (const char *brace = text; (brace = strchr(brace, '{')); brace++) {
        const size_t len = strcspn(brace + 1, "}");
        if (!names_it(named, count, brace + 1, len) && !is_word(brace + 1, len))
            fail_msg("%s does not name {%.*s}", rule->token.name, (int)len, brace + 1);
    }
    if (strstr(text, "{then}"))
        assert_true(names_it(named, count, "since", strlen("since")) &&
                    names_it(named, count, "earlier", strlen("earlier")));
    if (strstr(text, "{above}")) assert_true(names_it(named, count, "sacked_to", strlen("sacked_to")));
    if (strstr(text, "{in_a_row}")) assert_true(names_it(named, count, "timeouts", strlen("timeouts")));
}

static void sentences_use_what_their_row_names(void **state) {
    (void)state;
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        const struct capan_tcp_rule *rule = capan_tcp_rule_at(i);
        const struct capan_segment segment = {.rule = i};
        struct capan_quantity named[CAPAN_QUANTITIES];
        const size_t count = capan_segment_quantities(&segment, named);
        assert_true(count < CAPAN_RULE_QUANTITIES && count <= CAPAN_QUANTITIES);
        check_names(rule, named, count, rule->text);
        for (size_t j = 0; j < count; j++) check_names(rule, named, count, capan_operand_phrase(&segment, j));
    }
}

/* A segment has room for two numbers and two frames of its rule, and for its timeout. */
static void every_quantity_is_kept_apart(void **state) {
    (void)state;
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        const struct capan_segment segment = {.rule = i, .operand = {1, 2}, .because = {3, 4, 5}, .rto_ns = 6};
        struct capan_quantity named[CAPAN_QUANTITIES];
        unsigned seen = 0;
        for (size_t j = capan_segment_quantities(&segment, named); j > 0; j--) {
            const int64_t value = named[j - 1].value;
            const bool frame = value == 3 || value == 4, timeout = value == 6;
            assert_true(frame || timeout || value == 1 || value == 2);
            assert_int_equal(named[j - 1].unit == CAPAN_UNIT_FRAME, frame);
            assert_int_equal(strcmp(named[j - 1].name, "rto") == 0, timeout);
            assert_int_equal(capan_segment_quantity(&segment, named[j - 1].name), value);
            assert_false(seen >> value & 1);
            seen |= 1u << value;
        }
    }
}

static void every_number_is_told_with_words(void **state) {
    (void)state;
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        const struct capan_segment segment = {.rule = i, .operand = {7000000, 8000000}, .because = {3, 4}};
        const uint8_t *quantities = capan_tcp_rule_at(i)->quantities;
        struct capan_quantity named[CAPAN_QUANTITIES];
        char text[CAPAN_EXPLAIN_TEXT], *part = text;
        const size_t count = capan_segment_quantities(&segment, named);
        const size_t len = capan_segment_quantities_text(&segment, text);
        assert_int_equal(len, strlen(text));
        assert_null(strpbrk(text, "{}"));
        for (size_t j = 0; j < count; j++) {
            const bool elsewhere = named[j].unit == CAPAN_UNIT_FRAME || quantities[j] == CAPAN_QUANTITY_RTO;
            const char *phrase = capan_operand_phrase(&segment, j), *brace = strchr(phrase, '{');
            assert_int_equal(phrase[0] == '\0', elsewhere);
            if (elsewhere) continue;
            assert_non_null(brace);
            if (strspn(part, "0123456789") == strcspn(part, ";"))
                fail_msg("%s tells a bare number: %s", capan_tcp_rule_at(i)->token.name, text);
            part += strcspn(part, ";") + 2;
        }
    }
}

/* What was sent again says since when, for the exchanges that waited for it; a cause is given for nothing else. */
static void traits_agree_with_the_rules(void **state) {
    (void)state;
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        const struct capan_tcp_rule *rule = capan_tcp_rule_at(i);
        const struct capan_segment segment = {.rule = i, .kind = rule->kind, .operand = {7, 7}};
        const bool again = capan_segment_is(&segment, CAPAN_TRAIT_AGAIN);
        if (again) assert_int_equal(capan_segment_quantity(&segment, "since"), 7);
        if (capan_segment_is(&segment, CAPAN_TRAIT_HOLDS_UP)) assert_true(again);
        if (rule->cause == CAPAN_CAUSE_NONE) assert_true(!again || rule->certainty == CAPAN_AMBIGUOUS);
        if (rule->cause != CAPAN_CAUSE_NONE) assert_true(again || rule->needs & F(SYN));
    }
    assert_int_equal(capan_tcp_needless_flags, UINT64_C(1) << CAPAN_FLAG_SPURIOUS_ACKED |
                                                   UINT64_C(1) << CAPAN_FLAG_SPURIOUS_DSACK |
                                                   UINT64_C(1) << CAPAN_FLAG_SPURIOUS_EIFEL);
}

static void operands_have_names_and_units(void **state) {
    (void)state;
    char text[CAPAN_EXPLAIN_TEXT];
    const uint64_t facts = F(ACK) | F(DATA) | F(SEEN) | F(EVIDENCE) | F(CLOCKED) | F(IN_FAST) | F(SACK_OK);
    const struct capan_segment segment = {
        .rule = capan_tcp_rule(facts), .operand = {21780000, 14601}, .because = {8, 21}, .rto_ns = -1};
    struct capan_quantity named[CAPAN_QUANTITIES];
    assert_int_equal(capan_segment_quantities(&segment, named), 4);
    assert_int_equal(capan_segment_quantity(&segment, "since"), 21780000);
    assert_int_equal(capan_segment_quantity(&segment, "sacked_to"), 14601);
    assert_int_equal(capan_segment_quantity(&segment, "earlier"), 8);
    assert_int_equal(capan_segment_quantity(&segment, "report"), 21);
    assert_int_equal(capan_segment_quantity(&segment, "window"), -1);
    capan_segment_quantities_text(&segment, text);
    assert_string_equal(text, "21.8 ms since #8; SACKed up to 14601");
}

static void facts_are_as_the_row_demands(void **state) {
    (void)state;
    for (uint8_t i = 0; i < capan_tcp_rule_count(); i++) {
        const struct capan_tcp_rule *rule = capan_tcp_rule_at(i);
        const struct capan_segment segment = {.rule = i};
        struct capan_fact facts[CAPAN_FACTS];
        size_t holding = 0, count = capan_segment_facts(&segment, facts);
        for (size_t j = 0; j < count; j++) {
            holding += facts[j].holds;
            assert_true(facts[j].name[0] && facts[j].sentence[0]);
        }
        assert_int_equal(holding, __builtin_popcountll(rule->needs));
        assert_int_equal(count - holding, __builtin_popcountll(rule->lacks));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_contradicts_itself),    cmocka_unit_test(no_row_is_shadowed),
        cmocka_unit_test(every_kind_has_a_row),         cmocka_unit_test(any_facts_select_a_row),
        cmocka_unit_test(the_order_is_the_taxonomys),   cmocka_unit_test(explains_with_frames_and_operands),
        cmocka_unit_test(every_row_explains_itself),    cmocka_unit_test(sentences_use_what_their_row_names),
        cmocka_unit_test(every_quantity_is_kept_apart), cmocka_unit_test(every_number_is_told_with_words),
        cmocka_unit_test(traits_agree_with_the_rules),  cmocka_unit_test(operands_have_names_and_units),
        cmocka_unit_test(facts_are_as_the_row_demands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
