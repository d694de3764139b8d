/* SPDX-License-Identifier: MIT */
/* Phrases found in sentences, and what they catch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "pattern.h"

static const struct {
    const char *pattern, *text;
    int from;   /* the token at which it is found; -1: nowhere */
    int caught; /* the first token that it catches; -1: none */
} rows[] = {
    {"next sequence ?number : {n}", "the next sequence number: 364", 1, 5},
    {"next sequence ?number : {n}", "the next sequence: 364", 1, 4},
    {"next sequence ?number : {n}", "the next number: 364", -1, -1},
    {"has|have received {n} bytes|octets", "it has received 12 octets", 1, 3},
    {"psh *3 boundary", "PSH is a message boundary", 0, -1},
    {"psh *2 boundary", "PSH is a message boundary", -1, -1},
    {"if - none - match", "the If-None-Match field", 1, -1},
    {"{f} *4 {n} bytes", "frame 4 has some 20 bytes", 0, 0},
    {"{c} retransmissions", "three retransmissions", 0, 0},
    {"{c} retransmissions", "many retransmissions", -1, -1},
    {"{v} ok", "HTTP/1.1 OK", 0, 0},
    {"a ?b ?c d", "a c d", 0, -1},
    {"304 *2 body", "a 304 has a body", 1, -1},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tokens tokens = {.count = 0};
        struct match match;
        assert_int_equal(capan_tokens_read(&tokens, span_of(rows[i].text), &capan_libc), CAPAN_OK);
        const bool found = capan_pattern_find(rows[i].pattern, tokens.at, 0, tokens.count, &match);
        assert_int_equal(found ? (int)match.from : -1, rows[i].from);
        assert_int_equal(found && match.count ? (int)match.caught[0] : -1, rows[i].caught);
        capan_tokens_free(&tokens, &capan_libc);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
