/* SPDX-License-Identifier: MIT */
/* A stream in order from segments in any order. RFC 9293 3.10.7.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "failing.h"
#include "reassembly.h"

enum { SPACE = 4096, LIMIT = 1 << 20 };

/* The stream as it was handed on: '?' stands for an octet of a gap. */
struct heard {
    char octets[SPACE + 1];
    size_t len;
    uint32_t last_frame;
    size_t pieces;
};

static void hear(struct heard *heard, const struct capan_piece *piece) {
    assert_true(piece->octets.len + piece->missing > 0 && heard->len + piece->octets.len + piece->missing <= SPACE);
    assert_int_equal(piece->at.ns, (int64_t)piece->at.frame * 1000);
    if (piece->octets.len) memcpy(heard->octets + heard->len, piece->octets.at, piece->octets.len);
    memset(heard->octets + heard->len + piece->octets.len, '?', (size_t)piece->missing);
    heard->len += piece->octets.len + (size_t)piece->missing;
    heard->last_frame = piece->at.frame;
    heard->pieces++;
}

/* One stream being put together, and what came out. */
struct bench {
    struct capan_reassembly reassembly;
    struct heard heard;
    uint32_t frame;
    size_t limit;
};

static void start(struct bench *bench, const struct capan_alloc *alloc) {
    memset(bench, 0, sizeof *bench);
    bench->limit = LIMIT;
    capan_reassembly_init(&bench->reassembly, alloc);
}

static void read_on(struct bench *bench, struct capan_reading *reading) {
    struct capan_piece piece;
    while (capan_reading_next(reading, &piece)) hear(&bench->heard, &piece);
}

static void put_snapped(struct bench *bench, int64_t offset, const char *octets, size_t captured, uint32_t len) {
    struct capan_reading reading;
    bench->frame++;
    const struct capan_reassembly_segment segment = {
        offset, {(const uint8_t *)octets, captured}, len, {bench->frame, (int64_t)bench->frame * 1000}};
    capan_reading_begin(&reading, &bench->reassembly);
    capan_reading_segment(&reading, &segment, bench->limit);
    read_on(bench, &reading);
}

static void put(struct bench *bench, int64_t offset, const char *octets) {
    put_snapped(bench, offset, octets, strlen(octets), (uint32_t)strlen(octets));
}

static void acked(struct bench *bench, int64_t offset) {
    struct capan_reading reading;
    bench->frame++;
    capan_reading_begin(&reading, &bench->reassembly);
    capan_reading_acked(&reading, offset, (struct moment){bench->frame, (int64_t)bench->frame * 1000});
    read_on(bench, &reading);
}

static void read_last(struct bench *bench) {
    struct capan_reading reading;
    capan_reading_begin(&reading, &bench->reassembly);
    capan_reading_last(&reading);
    read_on(bench, &reading);
}

static void finish(struct bench *bench, const char *expected) {
    read_last(bench);
    assert_int_equal(bench->reassembly.waiting_len, 0);
    assert_null(bench->reassembly.waiting);
    assert_string_equal(bench->heard.octets, expected);
    assert_int_equal(bench->reassembly.next, strlen(expected));
    capan_reassembly_free(&bench->reassembly);
}

static void hands_on_at_once_what_is_in_order(void **state) {
    (void)state;
    struct failing failing;
    failing_init(&failing, 1);
    struct bench bench;
    start(&bench, &failing.alloc);
    put(&bench, 0, "abc");
    put(&bench, 3, "def");
    assert_int_equal(bench.heard.pieces, 2);
    assert_int_equal(failing.requests, 0);
    finish(&bench, "abcdef");
}

static void names_the_frame_that_filled_the_hole(void **state) {
    (void)state;
    struct bench bench;
    start(&bench, &capan_libc);
    put(&bench, 3, "def");
    assert_int_equal(bench.heard.pieces, 0);
    put(&bench, 0, "abc");
    assert_int_equal(bench.heard.last_frame, 2);
    finish(&bench, "abcdef");
}

static void lets_the_first_copy_win(void **state) {
    (void)state;
    struct bench bench;
    start(&bench, &capan_libc);
    put(&bench, 2, "cd");
    put(&bench, 1, "XXXXX");
    put(&bench, 0, "aYYYYYg");
    put(&bench, 0, "ZZZ");
    finish(&bench, "aXcdXXg");
}

static void ignores_octets_before_the_first(void **state) {
    (void)state;
    struct bench bench;
    start(&bench, &capan_libc);
    put(&bench, -3, "xyzab");
    put(&bench, -9, "old");
    finish(&bench, "ab");
}

static void gives_up_a_hole_that_was_acknowledged(void **state) {
    (void)state;
    struct bench bench;
    start(&bench, &capan_libc);
    put(&bench, 2, "cd");
    put(&bench, 6, "gh");
    acked(&bench, 5);
    assert_string_equal(bench.heard.octets, "??cd?");
    put(&bench, 4, "XF");
    acked(&bench, INT64_MIN);
    finish(&bench, "??cd?Fgh");
}

static void gives_up_the_first_hole_beyond_the_limit(void **state) {
    (void)state;
    struct bench bench;
    start(&bench, &capan_libc);
    bench.limit = 0;
    put(&bench, 1, "b");
    assert_string_equal(bench.heard.octets, "?b");
    put(&bench, 4, "efg");
    finish(&bench, "?b??efg");
}

static void counts_bookkeeping_towards_the_limit(void **state) {
    (void)state;
    struct failing failing;
    failing_init(&failing, 0);
    struct bench bench;
    start(&bench, &failing.alloc);
    bench.limit = 4096;
    for (int64_t offset = SPACE - 1; offset > 0; offset -= 2) {
        put(&bench, offset, "x");
        assert_true(failing.held <= bench.limit);
    }
    capan_reassembly_free(&bench.reassembly);
    assert_int_equal(failing.held, 0);
}

static void tells_octets_that_were_not_captured(void **state) {
    (void)state;
    struct bench bench;
    start(&bench, &capan_libc);
    put_snapped(&bench, 0, "ab", 2, 4);
    put_snapped(&bench, 6, "gh", 2, 4);
    put_snapped(&bench, 4, "ef", 2, 2);
    put_snapped(&bench, 10, "", 0, 3);
    put_snapped(&bench, 14, "", 0, 2);
    finish(&bench, "ab??efgh????????");
}

/* Whatever the order, the cuts and the copies, the same stream comes out. */
static void any_order_gives_the_same_stream(void **state) {
    (void)state;
    uint32_t random = 20251122;
    print_message("seed %u\n", random);
    char text[SPACE + 1] = {0};
    for (unsigned run = 0; run < 300; run++) {
        const size_t len = 1 + run * 3;
        for (size_t i = 0; i < len; i++) text[i] = (char)('a' + i * 7 % 26);
        text[len] = 0;
        struct bench bench;
        start(&bench, &capan_libc);
        while (bench.reassembly.next < (int64_t)len) {
            random = random * 1664525 + 1013904223;
            const size_t at = (random >> 8) % len, most = 1 + (random >> 27);
            const size_t part = most < len - at ? most : len - at;
            put_snapped(&bench, (int64_t)at, text + at, part, (uint32_t)part);
        }
        finish(&bench, text);
    }
}

static void survives_every_refused_allocation(void **state) {
    (void)state;
    for (size_t refuse = 1; refuse < 40; refuse++) {
        struct failing failing;
        failing_init(&failing, refuse);
        struct bench bench;
        start(&bench, &failing.alloc);
        for (int64_t offset = 90; offset >= 0; offset -= 3) put(&bench, offset, offset % 2 ? "xyzxy" : "uvw");
        read_last(&bench);
        assert_int_equal(bench.reassembly.next, 93);
        capan_reassembly_free(&bench.reassembly);
        assert_int_equal(failing.held, 0);
    }
}

/* One octet in each segment, in the orders an attacker would choose; quadratic time would take minutes. */
static void one_octet_segments_cost_little(void **state) {
    (void)state;
    enum { SEGMENTS = 300000 };
    for (unsigned order = 0; order < 3; order++) {
        struct bench bench;
        start(&bench, &capan_libc);
        bench.limit = SIZE_MAX;
        const clock_t begin = clock();
        for (int64_t i = 0; i < SEGMENTS; i++) {
            const int64_t place = order == 0 ? i : order == 1 ? SEGMENTS - i : i * 7919 % SEGMENTS;
            put(&bench, 2 * place + 1, "x");
        }
        assert_true((clock() - begin) / CLOCKS_PER_SEC < 20);
        capan_reassembly_free(&bench.reassembly);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_on_at_once_what_is_in_order),
        cmocka_unit_test(names_the_frame_that_filled_the_hole),
        cmocka_unit_test(lets_the_first_copy_win),
        cmocka_unit_test(ignores_octets_before_the_first),
        cmocka_unit_test(gives_up_a_hole_that_was_acknowledged),
        cmocka_unit_test(gives_up_the_first_hole_beyond_the_limit),
        cmocka_unit_test(counts_bookkeeping_towards_the_limit),
        cmocka_unit_test(tells_octets_that_were_not_captured),
        cmocka_unit_test(any_order_gives_the_same_stream),
        cmocka_unit_test(survives_every_refused_allocation),
        cmocka_unit_test(one_octet_segments_cost_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
