/* SPDX-License-Identifier: MIT */
/* Changes to the servers' fields: what a glob matches, what a change does, and that what is advised holds. */
#include "made.h"
#include "rewrite.h"

static struct capan_span span(const char *text) {
    return (struct capan_span){(const uint8_t *)text, strlen(text)};
}

static void globs_match(void **state) {
    static const struct {
        const char *glob, *text;
        bool matches;
    } rows[] = {
        {"*", "", true},
        {"*", "/a", true},
        {"/img/*", "/img/", true},
        {"/img/*", "/images/", false},
        {"*.css", "/a.css", true},
        {"*.css", "/a.css?1", false},
        {"a*b*c", "abcbc", true},
        {"a*b*c", "acb", false},
        {"a?c", "abc", false},
        {"a?c", "a?c", true},
        {"", "", true},
        {"", "a", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (capan_glob_matches(span(rows[i].glob), span(rows[i].text)) != rows[i].matches)
            fail_msg("%s against %s", rows[i].glob, rows[i].text);
}

static void changes_are_read(void **state) {
    static const struct {
        const char *change;
        bool removes, understood, concerns; /* http://made.example/a.css */
    } rows[] = {
        {"*: Cache-Control: max-age=600", false, true, true},
        {"/a*: etag:", false, true, true},
        {"/b*: ETag: \"x\"", false, true, false},
        {"made.example/*: ETag", true, true, true},
        {"other.example/*: ETag", true, true, false},
        {"http://made.example/*: Vary", true, true, true},
        {"https://*: Vary", true, true, false},
        {"", false, false, false},
        {"Cache-Control: no-cache", false, false, false},
        {": ETag", true, false, false},
        {"*: E Tag: 1", false, false, false},
    };
    const struct capan_url url = {span("http://made.example/a.css"), span("made.example/a.css"), span("/a.css")};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capan_rewrite rewrite;
        enum capan_result result = capan_rewrite_read(&rewrite, &capan_libc, rows[i].change, rows[i].removes);
        if (result != (rows[i].understood ? CAPAN_OK : CAPAN_USAGE)) fail_msg("%s", rows[i].change);
        if (result != CAPAN_OK) continue;
        if (capan_rewrite_concerns(&rewrite, &url) != rows[i].concerns) fail_msg("%s concerns", rows[i].change);
        capan_rewrite_free(&rewrite, &capan_libc);
    }
}

static void fields_are_replaced(void **state) {
    struct capan_http_field fields[4];
    struct capan_rewrite rewrite;
    size_t count = made_lines(fields, "ETag: \"a\"\nAge: 1\netag: \"b\"");
    (void)state;
    assert_int_equal(capan_rewrite_read(&rewrite, &capan_libc, "*: ETAG:  \"c\" ", false), CAPAN_OK);
    capan_rewrite_apply(&rewrite, fields, &count);
    assert_int_equal(count, 2);
    assert_memory_equal(fields[0].name.at, "Age", 3);
    assert_int_equal(fields[1].value.len, 3);
    assert_memory_equal(fields[1].value.at, "\"c\"", 3);
    capan_rewrite_free(&rewrite, &capan_libc);
}

/* Two pictures without a word on caching, one of which changes; a page that must not be stored; and a style sheet that
 * changes between its second and third request. */
static void give_site(struct capan_whatif *whatif) {
    static const char *const targets[] = {"/img/a.png", "/img/b.png", "/", "/x/y.css"};
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 4; i++) {
            const struct made made = {.at_s = 100 * round + i,
                                      .client = 1,
                                      .method = "GET",
                                      .target = targets[i],
                                      .status = 200,
                                      .answers = i == 2 ? "Cache-Control: no-store" : "X: y",
                                      .digest = (uint64_t)(i == 3 && round == 2 ? 9 : i + 1)};
            made_give(whatif, &made, (size_t)(4 * round + i));
        }
}

static void advice_holds(void **state) {
    struct capan_whatif_change changes[CAPAN_WHATIF_CHANGES];
    struct capan_whatif *whatif = made_cache(false);
    (void)state;
    give_site(whatif);
    assert_int_equal(capan_whatif_replay(whatif), CAPAN_OK);
    const size_t count = capan_whatif_changes(whatif, changes);
    assert_int_equal(count, 1);
    assert_memory_equal(changes[0].urls.at, "made.example/img/*", changes[0].urls.len);
    assert_int_equal(changes[0].max_age_s, 600);
    assert_int_equal(changes[0].requests, 4);
    assert_int_equal(changes[0].octets, 4 * 240);
    assert_int_equal(changes[0].round_trips_x100, 4 * 200);
    assert_int_equal(changes[0].outdated, 0);
    capan_whatif_free(whatif);
}

static void what_is_advised_can_be_set(void **state) {
    struct capan_whatif *whatif = made_cache(false);
    const struct capan_whatif_group *groups;
    size_t count, served = 0;
    (void)state;
    assert_int_equal(capan_whatif_set(whatif, "made.example/img/*: Cache-Control: max-age=600"), CAPAN_OK);
    give_site(whatif);
    assert_int_equal(capan_whatif_replay(whatif), CAPAN_OK);
    for (size_t i = 0; i < capan_whatif_row_count(whatif); i++)
        served += capan_whatif_row_at(whatif, i)->served == CAPAN_WHATIF_CACHE;
    assert_int_equal(served, 4);
    assert_int_equal(capan_whatif_groups(whatif, &groups, &count), CAPAN_OK);
    assert_int_equal(count, 1 + 1 + 4);
    assert_int_equal(groups[0].sum.exchanges, 12);
    assert_int_equal(groups[0].sum.served[CAPAN_WHATIF_CACHE], 4);
    assert_int_equal(groups[0].sum.spared_octets, 4 * 240);
    capan_whatif_free(whatif);
}

/* What changed is told where the cache would have answered. */
static void outdated_answers_are_told(void **state) {
    struct capan_whatif *whatif = made_cache(false);
    (void)state;
    assert_int_equal(capan_whatif_set(whatif, "*.css: Cache-Control: max-age=600"), CAPAN_OK);
    give_site(whatif);
    assert_int_equal(capan_whatif_replay(whatif), CAPAN_OK);
    assert_false(capan_whatif_row_at(whatif, 7)->outdated);
    assert_int_equal(capan_whatif_row_at(whatif, 7)->served, CAPAN_WHATIF_CACHE);
    assert_true(capan_whatif_row_at(whatif, 11)->outdated);
    capan_whatif_free(whatif);
}

/* Over budget, exchanges are left out and counted. */
static void memory_is_bounded(void **state) {
    const struct capan_whatif_config config = {.memory = 1, .seed = 7};
    struct capan_whatif *whatif = capan_whatif_new(&config, NULL);
    const struct capan_exchange exchange = {.round_trips_x100 = -1};
    (void)state;
    for (int i = 0; i < 99; i++) capan_whatif_exchange(whatif, &exchange);
    assert_true(capan_whatif_left_out(whatif) > 0);
    assert_int_equal(capan_whatif_left_out(whatif) + capan_whatif_row_count(whatif), 99);
    assert_int_equal(capan_whatif_replay(whatif), CAPAN_OK);
    capan_whatif_free(whatif);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs_match),
        cmocka_unit_test(changes_are_read),
        cmocka_unit_test(fields_are_replaced),
        cmocka_unit_test(advice_holds),
        cmocka_unit_test(what_is_advised_can_be_set),
        cmocka_unit_test(outdated_answers_are_told),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
