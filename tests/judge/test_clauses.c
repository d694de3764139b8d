/* SPDX-License-Identifier: MIT */
/* The clauses of an exchange's sentence: their names exist, and those that no judge script reaches are told here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "bytes.h"
#include "clauses.h"
#include "explain.h"

#define TABLE(clauses)                                                                                                 \
    { clauses, sizeof(clauses) / sizeof *(clauses) }
static const struct {
    const struct capan_clause *at;
    size_t count;
} tables[] = {TABLE(capan_clauses), TABLE(capan_precondition_clauses), TABLE(capan_lost_clauses),
              TABLE(capan_figure_clauses)};

typedef void visitor(const struct capan_token *, const char *name, size_t len, void *context);

/* Each {name} of each text. */
static void visit_names(visitor *visit, void *context) {
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (size_t i = 0; i < tables[t].count; i++) {
            const struct capan_token *token = &tables[t].at[i].token;
            const char *text = token->sentence ? token->sentence : "";
            for (const char *open; (open = strchr(text, '{')); text = strchr(open, '}') + 1) {
                assert_non_null(strchr(open, '}'));
                visit(token, open + 1, (size_t)(strchr(open, '}') - open) - 1, context);
            }
        }
    }
}

static void assert_known(const struct capan_token *token, const char *name, size_t len, void *context) {
    (void)context;
    for (const char *const *known = capan_told_names; *known; known++)
        if (strlen(*known) == len && strncmp(*known, name, len) == 0) return;
    fail_msg("%s names {%.*s}, which nothing stands for", token->token, (int)len, name);
}

static void what_a_text_names_exists(void **state) {
    (void)state;
    visit_names(assert_known, NULL);
}

struct search {
    const char *name;
    bool found;
};

static void note_name(const struct capan_token *token, const char *name, size_t len, void *context) {
    struct search *search = context;
    (void)token;
    search->found |= strlen(search->name) == len && strncmp(search->name, name, len) == 0;
}

static void every_name_is_in_some_text(void **state) {
    (void)state;
    for (const char *const *name = capan_told_names; *name; name++) {
        struct search search = {*name, false};
        visit_names(note_name, &search);
        if (!search.found) fail_msg("no text names {%s}", *name);
    }
}

static void names_are_told_apart(void **state) {
    const char *by_key[128] = {0};
    (void)state;
    for (const char *const *name = capan_told_names; *name; name++) {
        const size_t len = strlen(*name);
        const char **place = &by_key[CAPAN_TOLD_KEY(len, (*name)[0], (*name)[len - 1])];
        if (*place) fail_msg("{%s} and {%s} clash", *name, *place);
        *place = *name;
    }
}

static void every_clause_has_a_name_of_its_own(void **state) {
    (void)state;
    for (size_t i = 0; i < CAPAN_CLAUSES; i++) {
        assert_true(*capan_clauses[i].token.token);
        assert_true(*capan_clauses[i].token.sentence);
        assert_int_equal(capan_clauses[i].needs & capan_clauses[i].lacks, 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(capan_clauses[i].token.token, capan_clauses[j].token.token);
    }
}

static const struct capan_exchange bare = {
    .h2_stream = -1,
    .outcome = CAPAN_OUTCOME_PLAIN,
    .fresh_lifetime_s = -1,
    .age_s = -1,
    .unchanged_s = -1,
    .full_server_ns = -1,
    .answered_ns = -1,
    .server_ns = -1,
    .rtt_ns = -1,
    .round_trips_x100 = -1,
    .content_ns = -1,
    .delayed_ns = -1,
};

static void every_fact_selects_something(void **state) {
    struct capan_fact facts[CAPAN_EXCHANGE_FACTS];
    uint64_t asked = 0;
    (void)state;
    assert_int_equal(capan_exchange_facts(&bare, facts), CAPAN_TOLD_FACT_COUNT);
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (size_t i = 0; i < tables[t].count; i++) asked |= tables[t].at[i].needs | tables[t].at[i].lacks;
    for (unsigned i = 0; i < CAPAN_TOLD_FACT_COUNT; i++) {
        assert_false(facts[i].holds);
        if (!(asked >> i & 1)) fail_msg("no clause asks for %s", facts[i].name);
    }
}

static void assert_sentence(const struct capan_exchange *exchange, const char *expected) {
    char text[CAPAN_EXPLAIN_TEXT];
    assert_int_equal(capan_exchange_explain(exchange, text), strlen(expected));
    assert_string_equal(text, expected);
}

static struct capan_exchange with_request(void) {
    struct capan_exchange exchange = bare;
    exchange.method = span_of("GET");
    exchange.target = span_of("/a");
    exchange.status = 200;
    return exchange;
}

/* What the connection of an exchange tells comes from segments, which judge scripts do not have. */
static void the_connection_has_its_clauses(void **state) {
    struct capan_exchange exchange = with_request();
    (void)state;
    exchange.h2_stream = 5;
    exchange.request.last_frame = 3;
    exchange.round_trips_x100 = 123450;
    exchange.rtt_ns = 20004499;
    assert_sentence(&exchange,
                    "GET /a (frame 3) on stream 5; 200: nothing conditional about it; the network took 1234.5 round "
                    "trips of 20.004 ms");
    exchange.content_ns = 45000000;
    assert_sentence(&exchange,
                    "GET /a (frame 3) on stream 5; 200: nothing conditional about it; the network took 1234.5 round "
                    "trips of 20.004 ms, and the content came within 45.000 ms");
    exchange.content_ns = -1;
    exchange.handshakes = (struct capan_handshakes){.tcp = 1, .tunnel = 1, .tls = 2};
    assert_sentence(&exchange,
                    "GET /a (frame 3) on stream 5; 200: nothing conditional about it; the network took 1234.5 round "
                    "trips of 20.004 ms, and before it 4 for the handshake of TCP and CONNECT and TLS");
    exchange = with_request();
    exchange.status = 0;
    exchange.crossed_fin = 8;
    assert_sentence(&exchange, "GET /a; nothing conditional about it; it crossed the FIN of frame 8: the server had "
                               "given up the idle connection, and the client may ask again (RFC 9112 9.5)");
    exchange = with_request();
    exchange.delayed_by = &capan_http_outcomes[CAPAN_OUTCOME_PLAIN]; /* a token of any list */
    exchange.delayed_ns = 1500;
    exchange.delayed_in = 9;
    assert_sentence(&exchange, "GET /a; 200: nothing conditional about it; held up 0.002 ms by frame 9, plain");
}

static void what_is_not_captured_is_not_told(void **state) {
    struct capan_exchange exchange = bare;
    (void)state;
    assert_sentence(&exchange, "a response; nothing conditional about it");
    exchange.status = 200;
    assert_sentence(&exchange, "a response; 200: nothing conditional about it");
    exchange.response.last_frame = 4;
    assert_sentence(&exchange, "a response; 200 (frame 4): nothing conditional about it");
    exchange.request.last_frame = 3;
    assert_sentence(&exchange, "a request that cannot be read (frame 3); 200 (frame 4): nothing conditional about it");
}

static int64_t quantity_of(const struct capan_exchange *exchange, const char *name, enum capan_unit unit) {
    struct capan_quantity list[CAPAN_EXCHANGE_QUANTITIES];
    size_t count = capan_exchange_quantities(exchange, list);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) != 0) continue;
        assert_int_equal(list[i].unit, unit);
        return list[i].value;
    }
    return INT64_MIN;
}

static void quantities_are_those_that_are_known(void **state) {
    struct capan_exchange exchange = with_request();
    (void)state;
    assert_int_equal(quantity_of(&exchange, "status", CAPAN_UNIT_IDENTIFIER), 200);
    assert_int_equal(quantity_of(&exchange, "server_time", CAPAN_UNIT_NS), INT64_MIN);
    assert_int_equal(quantity_of(&exchange, "saved", CAPAN_UNIT_OCTETS), INT64_MIN);
    exchange.server_ns = 0;
    exchange.saved = 411;
    exchange.request.last_frame = 4;
    assert_int_equal(quantity_of(&exchange, "server_time", CAPAN_UNIT_NS), 0);
    assert_int_equal(quantity_of(&exchange, "saved", CAPAN_UNIT_OCTETS), 411);
    assert_int_equal(quantity_of(&exchange, "request_frame", CAPAN_UNIT_FRAME), 4);
}

static void clauses_are_those_that_are_told(void **state) {
    const struct capan_token *list[CAPAN_EXCHANGE_CLAUSES];
    struct capan_exchange exchange = with_request();
    (void)state;
    assert_int_equal(capan_exchange_clauses(&exchange, list), 3);
    assert_string_equal(list[0]->token, "cut-request");
    assert_string_equal(list[1]->token, "conditions");
    assert_string_equal(list[2]->token, "cut-response");
    assert_true(capan_told_facts(&exchange) & CAPAN_TOLD(HAS_STATUS));
    assert_false(capan_told_facts(&exchange) & CAPAN_TOLD(HAS_RESPONSE_END));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_text_names_exists),
        cmocka_unit_test(every_name_is_in_some_text),
        cmocka_unit_test(names_are_told_apart),
        cmocka_unit_test(every_clause_has_a_name_of_its_own),
        cmocka_unit_test(every_fact_selects_something),
        cmocka_unit_test(the_connection_has_its_clauses),
        cmocka_unit_test(what_is_not_captured_is_not_told),
        cmocka_unit_test(quantities_are_those_that_are_known),
        cmocka_unit_test(clauses_are_those_that_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
