/* SPDX-License-Identifier: MIT */
/* One change known is the one that is told; of the same work twice nothing is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capan/diff.h"
#include "chance.h"

enum { MS = 1000000, CONNECTIONS = 40, EXCHANGES = 8, TARGETS = 4, PAIRS = 20 };

/* What is otherwise after than before. */
struct work {
    int64_t server_ns; /* more of the server's time, at one target or everywhere (-1) */
    int server_target;
    bool no_etag;        /* a field is removed, and answers come whole */
    unsigned loss_x1000; /* segments of a thousand that are sent again */
    int64_t load_ns;     /* more of the server's time in the second half */
};

static unsigned dice(unsigned sides) {
    return (unsigned)(rand() / 7) % sides;
}

/* A few times as long now and then, as servers are. */
static int64_t server_time(void) {
    int64_t ns = 5 * MS + (int64_t)dice(6000) * 1000;
    return dice(10) ? ns : ns * 4;
}

static void play_exchange(struct capan_diff *diff, enum capan_diff_side side, const struct work *work, uint32_t stream,
                          int64_t rtt_ns) {
    static const char *const targets[TARGETS] = {"/", "/a.css", "/b.js", "/api?x=1"};
    static const struct capan_http_field fields[] = {{{(const uint8_t *)"cache-control", 13}, {NULL, 0}},
                                                     {{(const uint8_t *)"etag", 4}, {NULL, 0}}};
    const unsigned target = dice(TARGETS);
    const bool validated = !work->no_etag && dice(3) == 0,
               slow = work->server_target < 0 || work->server_target == (int)target;
    struct capan_exchange exchange = {.stream = stream,
                                      .authority = {(const uint8_t *)"made.example", 12},
                                      .target = {(const uint8_t *)targets[target], strlen(targets[target])},
                                      .status = validated ? 304 : 200,
                                      .outcome = validated ? 2 : 1,
                                      .response_fields = fields,
                                      .response_field_count = work->no_etag ? 1 : 2,
                                      .rtt_ns = rtt_ns,
                                      .server_ns = server_time() + (slow ? work->server_ns : 0) +
                                                   (stream >= CONNECTIONS / 2 ? work->load_ns : 0)};
    exchange.request.first_ns = stream * 100 * MS;
    exchange.response.body_len = validated ? 0 : 1000 + 500 * target + dice(200);
    exchange.response.last_ns = (int64_t)dice(5000) * 1000;
    assert_int_equal(capan_diff_exchange(diff, side, &exchange), CAPAN_OK);
}

static void play(struct capan_diff *diff, enum capan_diff_side side, const struct work *work) {
    for (uint32_t stream = 0; stream < CONNECTIONS; stream++) {
        struct capan_connection connection = {.stream = stream, .first_ns = stream * 100 * MS};
        const int64_t rtt_ns = 20 * MS + (int64_t)dice(4000) * 1000;
        connection.tcp.side[1].data_segments = 150 + dice(60);
        for (uint64_t i = 0; i < connection.tcp.side[1].data_segments; i++)
            connection.tcp.side[1].resent_segments += dice(1000) < work->loss_x1000 + 1;
        for (int i = 0; i < EXCHANGES; i++) play_exchange(diff, side, work, stream, rtt_ns);
        assert_int_equal(capan_diff_connection(diff, side, &connection), CAPAN_OK);
    }
}

static const struct capan_diff_row *first_of(struct capan_diff *diff, const struct work *after, size_t *leading) {
    const struct work same = {.server_target = -1};
    const struct capan_diff_row *rows;
    size_t count;
    play(diff, CAPAN_DIFF_BEFORE, &same);
    play(diff, CAPAN_DIFF_AFTER, after);
    assert_int_equal(capan_diff_rows(diff, &rows, &count), CAPAN_OK);
    *leading = 0;
    for (size_t i = 0; i < count; i++) *leading += !rows[i].follows;
    return count ? rows : NULL;
}

static struct capan_diff *open_diff(unsigned seed) {
    const struct capan_diff_config config = {.seed = seed};
    struct capan_diff *diff = capan_diff_new(&config, NULL);
    srand(seed);
    assert_non_null(diff);
    return diff;
}

static void assert_nothing(const struct work *after) {
    for (unsigned seed = 1; seed <= PAIRS; seed++) {
        struct capan_diff *diff = open_diff(seed);
        size_t leading;
        assert_null(first_of(diff, after, &leading));
        capan_diff_free(diff);
    }
}

static void test_the_same_work_does_not_differ(void **state) {
    (void)state;
    assert_nothing(&(struct work){.server_target = -1});
}

/* What comes and goes within one capture is no difference between two. */
static void test_load_for_half_of_the_time_is_no_change(void **state) {
    (void)state;
    assert_nothing(&(struct work){.server_target = -1, .load_ns = 10 * MS});
}

static void test_one_change_is_the_one_told(void **state) {
    static const struct {
        struct work work;
        enum capan_diff_measure measure;
        enum capan_diff_change change;
        const char *name, *at;
    } changes[] = {
        {{.server_ns = 20 * MS, .server_target = -1}, CAPAN_DIFF_SERVER_TIME, CAPAN_DIFF_CHANGE_GREW, "", ""},
        {{.server_ns = 20 * MS, .server_target = 3},
         CAPAN_DIFF_SERVER_TIME,
         CAPAN_DIFF_CHANGE_GREW,
         "",
         "made.example/api"},
        {{.no_etag = true, .server_target = -1}, CAPAN_DIFF_FIELD, CAPAN_DIFF_CHANGE_WENT, "etag", ""},
        {{.loss_x1000 = 10, .server_target = -1}, CAPAN_DIFF_RESENT, CAPAN_DIFF_CHANGE_GREW, "", ""},
    };
    (void)state;
    for (unsigned seed = 1; seed <= PAIRS; seed++) {
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
            struct capan_diff *diff = open_diff(seed);
            size_t leading;
            const struct capan_diff_row *row = first_of(diff, &changes[i].work, &leading);
            assert_non_null(row);
            assert_int_equal(leading, 1);
            assert_int_equal(row->measure, changes[i].measure);
            if (changes[i].measure != CAPAN_DIFF_RESENT || row->count[0])
                assert_int_equal(row->change, changes[i].change);
            assert_string_equal(row->name, changes[i].name);
            assert_string_equal(row->at, changes[i].at);
            capan_diff_free(diff);
        }
    }
}

static void test_logarithms(void **state) {
    (void)state;
    assert_true(capan_chance_log(1) == 0);
    assert_true(capan_chance_log(1000) > 6.90775 && capan_chance_log(1000) < 6.90776);
    assert_true(capan_chance_log(.5) > -.69315 && capan_chance_log(.5) < -.69314);
}

/* Ten and ten that do not overlap: one of 92,378 ways is as far apart, either side. */
static void test_samples_that_do_not_overlap(void **state) {
    struct measured before[10], after[10];
    (void)state;
    for (int i = 0; i < 10; i++)
        before[i] = (struct measured){i, (uint8_t)(i * 7 % 4)}, after[i] = (struct measured){100 + i, before[i].part};
    const double log = capan_chance_of_samples(&(struct measurements){before, 10}, &(struct measurements){after, 10});
    assert_true(log > capan_chance_log(90000) && log < capan_chance_log(95000));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_same_work_does_not_differ),
                                       cmocka_unit_test(test_load_for_half_of_the_time_is_no_change),
                                       cmocka_unit_test(test_one_change_is_the_one_told),
                                       cmocka_unit_test(test_logarithms),
                                       cmocka_unit_test(test_samples_that_do_not_overlap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
