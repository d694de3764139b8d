/* SPDX-License-Identifier: MIT */
/* What the tags of one target URI are to each other: nodes told apart, and from a file that was written anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capan/etags.h"

enum { STEPS = 5 };

static const struct story {
    const char *title;
    struct {
        const char *tag, *encoding;
        uint64_t digest;
    } step[STEPS]; /* responses, in order */
    uint8_t relations[STEPS];
    uint32_t rows, nodes;
} stories[] = {
    {"one tag", {{"\"a\"", "", 1}, {"\"a\"", "", 1}}, {CAPAN_RELATION_FIRST}, 1, 1},
    {"an inode of another disk under the same size and time",
     {{"\"1a-b1-4a676c324c384\"", "", 1}, {"\"2b-b1-4a676c324c384\"", "", 1}, {"\"2b-b1-4a676c324c384\"", "", 1}},
     {CAPAN_RELATION_FIRST, CAPAN_RELATION_OTHER_NODE},
     2,
     2},
    {"two nodes by turns, with the same content",
     {{"\"a\"", "", 1}, {"\"b\"", "", 1}, {"\"a\"", "", 1}, {"\"b\"", "", 1}},
     {CAPAN_RELATION_FIRST, CAPAN_RELATION_OTHER_NODE},
     2,
     2},
    {"three nodes by turns",
     {{"\"a\"", "", 1}, {"\"b\"", "", 1}, {"\"c\"", "", 1}, {"\"a\"", "", 1}, {"\"b\"", "", 1}},
     {CAPAN_RELATION_FIRST, CAPAN_RELATION_OTHER_NODE, CAPAN_RELATION_OTHER_NODE},
     3,
     3},
    {"written anew: the new tag stays",
     {{"\"a\"", "", 1}, {"\"b\"", "", 1}, {"\"b\"", "", 1}},
     {CAPAN_RELATION_FIRST, CAPAN_RELATION_REBUILT},
     2,
     1},
    {"changed", {{"\"a\"", "", 1}, {"\"b\"", "", 2}}, {CAPAN_RELATION_FIRST, CAPAN_RELATION_CHANGED}, 2, 1},
    {"nobody saw what", {{"\"a\"", "", 0}, {"\"b\"", "", 2}}, {CAPAN_RELATION_FIRST, CAPAN_RELATION_REPLACED}, 2, 1},
    {"variants by turns are no nodes",
     {{"\"a\"", "", 1}, {"\"a-gzip\"", "gzip", 2}, {"\"a\"", "", 1}, {"W/\"a\"", "", 1}},
     {CAPAN_RELATION_FIRST, CAPAN_RELATION_VARIANT, CAPAN_RELATION_VARIANT},
     3,
     1},
    {"nor are those with tags of their own",
     {{"\"a\"", "", 1}, {"\"z\"", "gzip", 2}, {"\"a\"", "", 1}, {"\"z\"", "gzip", 2}},
     {CAPAN_RELATION_FIRST, CAPAN_RELATION_VARIANT},
     2,
     1},
};

static struct capan_span span(const char *text) {
    return (struct capan_span){(const uint8_t *)text, strlen(text)};
}

static void give(struct capan_etags *etags, const char *tag, const char *encoding, uint64_t digest, uint32_t frame) {
    const struct capan_http_field fields[] = {{span("etag"), span(tag)}, {span("content-encoding"), span(encoding)}};
    const struct capan_exchange exchange = {.method = span("GET"),
                                            .target = span("/a"),
                                            .authority = span("made.example"),
                                            .status = 200,
                                            .response_fields = fields,
                                            .response_field_count = *encoding ? 2 : 1,
                                            .body_digest = digest,
                                            .response = {.last_frame = frame, .complete = true}};
    assert_int_equal(capan_etags_exchange(etags, &exchange, NULL), CAPAN_OK);
}

static void relations_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        const struct story *story = &stories[i];
        struct capan_etags *etags = capan_etags_new(0, 7, NULL);
        struct capan_etag_row row;
        uint64_t at = 0;
        for (uint32_t step = 0; step < STEPS && story->step[step].tag; step++)
            give(etags, story->step[step].tag, story->step[step].encoding, story->step[step].digest, step + 1);
        while (capan_etags_next(etags, &at, &row)) {
            if (at > story->rows) fail_msg("%s: more rows", story->title);
            if (row.relation != story->relations[at - 1] || row.nodes != story->nodes || row.host_nodes != story->nodes)
                fail_msg("%s: row %d is %s with %u nodes", story->title, (int)at,
                         capan_etag_relations[row.relation].token, row.nodes);
        }
        assert_int_equal(at, story->rows);
        capan_etags_free(etags);
    }
}

/* Tags without end are left out and counted; the budget is held. */
static void memory_is_bounded(void **state) {
    struct capan_etags *etags = capan_etags_new(0, 7, NULL), *poor = capan_etags_new(1, 7, NULL);
    const struct capan_exchange none = {.status = 200};
    char tag[32];
    (void)state;
    for (uint32_t i = 1; i < 100; i++) {
        const struct capan_http_field field = {span("etag"), {(const uint8_t *)tag, (size_t)sprintf(tag, "\"%u\"", i)}};
        struct capan_exchange exchange = {
            .method = span("GET"), .target = span("/"), .authority = span("made.example")};
        exchange.status = 200;
        exchange.response_fields = &field;
        exchange.response_field_count = 1;
        capan_etags_exchange(etags, &exchange, NULL);
        capan_etags_exchange(poor, &exchange, NULL);
    }
    assert_int_equal(capan_etags_exchange(etags, &none, NULL), CAPAN_OK);
    assert_int_equal(capan_etags_left_out(etags), 99 - 32);
    assert_true(capan_etags_left_out(poor) > 90);
    capan_etags_free(etags);
    capan_etags_free(poor);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(relations_are_told), cmocka_unit_test(memory_is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
