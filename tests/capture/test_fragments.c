/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "failing.h"
#include "fragments.h"

enum { V4 = 4, V6 = 6 };

/* Octets whose values tell where they belong. */
static uint8_t pattern[65536];

static int fill_pattern(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (uint8_t)(i * 7 + i / 251);
    return 0;
}

static struct capan_fragment fragment(uint8_t version, uint32_t id, uint32_t start, uint32_t end, bool more) {
    struct capan_fragment made = {.offset = start, .more = more, .octets = {pattern + start, end - start}};
    made.key.src.version = made.key.dst.version = version;
    made.key.src.octets[3] = 1;
    made.key.dst.octets[3] = 2;
    made.key.id = id;
    return made;
}

static bool add(struct capan_fragments *fragments, struct capan_fragment piece, struct capan_whole *whole) {
    return capan_fragments_add(fragments, &piece, whole);
}

/* Every order of four fragments, with each given twice or once. */
static void any_order(void **state) {
    (void)state;
    static const uint32_t cuts[] = {0, 8, 800, 1600, 1605};
    for (int order = 0; order < 256; order++) {
        struct capan_fragments fragments;
        struct capan_whole whole = {{NULL, 0}, 0};
        capan_fragments_init(&fragments, &capan_libc);
        unsigned seen = 0;
        bool complete = false;
        for (int shift = 0; shift < 8; shift += 2) {
            unsigned which = (unsigned)order >> shift & 3;
            bool last = (seen | 1u << which) == 15 && seen != 15;
            complete = add(&fragments, fragment(V6, 9, cuts[which], cuts[which + 1], which < 3), &whole);
            assert_int_equal(complete, last);
            seen |= 1u << which;
        }
        if (complete) {
            assert_int_equal(whole.octets.len, 1605);
            assert_memory_equal(whole.octets.at, pattern, 1605);
            assert_int_equal(fragments.held, 0);
        }
        capan_fragments_free(&fragments);
    }
}

/* RFC 791 leaves open whose octets stay; ours are those that came first. */
static void first_wins_in_ipv4(void **state) {
    (void)state;
    struct capan_fragments fragments;
    struct capan_whole whole;
    capan_fragments_init(&fragments, &capan_libc);
    struct capan_fragment false_one = fragment(V4, 1, 16, 48, true);
    false_one.octets.at = pattern + 1000;
    assert_false(add(&fragments, fragment(V4, 1, 0, 24, true), &whole));
    assert_false(add(&fragments, false_one, &whole));
    assert_true(add(&fragments, fragment(V4, 1, 32, 50, false), &whole));
    assert_memory_equal(whole.octets.at, pattern, 24);
    assert_memory_equal(whole.octets.at + 24, pattern + 1008, 24);
    assert_memory_equal(whole.octets.at + 48, pattern + 48, 2);
    capan_fragments_free(&fragments);
}

static void overlap_voids_ipv6(void **state) {
    (void)state;
    struct capan_fragments fragments;
    struct capan_whole whole;
    capan_fragments_init(&fragments, &capan_libc);
    assert_false(add(&fragments, fragment(V6, 1, 0, 24, true), &whole));
    assert_false(add(&fragments, fragment(V6, 1, 0, 24, true), &whole)); /* an exact duplicate may pass */
    assert_false(add(&fragments, fragment(V6, 1, 16, 32, true), &whole));
    assert_false(add(&fragments, fragment(V6, 1, 24, 40, false), &whole));
    assert_int_equal(fragments.held, 0);
    assert_true(!add(&fragments, fragment(V6, 2, 8, 16, false), &whole) &&
                add(&fragments, fragment(V6, 2, 0, 8, true), &whole));
    capan_fragments_drop(&fragments);
    assert_int_equal(fragments.lost, 4);
    capan_fragments_free(&fragments);
}

/* Lengths that cannot be change nothing. */
static void impossible_lengths(void **state) {
    (void)state;
    struct capan_fragments fragments;
    struct capan_whole whole;
    capan_fragments_init(&fragments, &capan_libc);
    assert_false(add(&fragments, fragment(V4, 1, 0, 16, true), &whole));
    assert_false(add(&fragments, fragment(V4, 1, 8, 8, true), &whole));
    assert_false(add(&fragments, fragment(V4, 1, 16, 21, true), &whole)); /* less than a block, and not the last */
    assert_false(add(&fragments, fragment(V4, 1, 65528, 65536, false), &whole));
    assert_false(add(&fragments, fragment(V4, 1, 32, 40, false), &whole));
    assert_false(add(&fragments, fragment(V4, 1, 16, 24, false), &whole)); /* another end than before */
    assert_false(add(&fragments, fragment(V4, 1, 40, 48, true), &whole));
    assert_true(add(&fragments, fragment(V4, 1, 16, 32, true), &whole));
    assert_int_equal(whole.octets.len, 40);
    assert_memory_equal(whole.octets.at, pattern, 40);
    capan_fragments_free(&fragments);
}

static void keys_part(void **state) {
    (void)state;
    struct capan_fragments fragments;
    struct capan_whole whole;
    capan_fragments_init(&fragments, &capan_libc);
    struct capan_fragment others[6];
    for (int i = 0; i < 6; i++) others[i] = fragment(V4, 1, 0, 8, true);
    others[0].key.id = 2;
    others[1].key.path = 3;
    others[2].key.protocol = 17;
    others[3].key.src.octets[0] = 9;
    others[4].key.dst.octets[0] = 9;
    others[5].key.src.version = V6;
    for (int i = 0; i < 6; i++) assert_false(add(&fragments, others[i], &whole));
    assert_false(add(&fragments, fragment(V4, 1, 8, 16, false), &whole));
    assert_int_equal(fragments.index.count, 7);
    capan_fragments_free(&fragments);
}

/* RFC 1122 3.3.2: after 60 seconds its identification may mean another datagram. */
static void late_is_lost(void **state) {
    (void)state;
    struct capan_fragments fragments;
    struct capan_whole whole;
    capan_fragments_init(&fragments, &capan_libc);
    struct capan_fragment second = fragment(V4, 1, 8, 16, false);
    second.time_ns = INT64_C(60000000001);
    assert_false(add(&fragments, fragment(V4, 1, 0, 8, true), &whole));
    assert_false(add(&fragments, second, &whole));
    assert_int_equal(fragments.lost, 1);
    assert_int_equal(fragments.index.count, 1);
    capan_fragments_free(&fragments);
}

/* Neither many small datagrams nor few large ones hold more than the bounds. */
static void memory_is_bounded(void **state) {
    (void)state;
    struct capan_fragments fragments;
    struct capan_counter counter;
    struct capan_whole whole;
    capan_counter_init(&counter, &capan_libc);
    capan_fragments_init(&fragments, &counter.alloc);
    for (uint32_t id = 0; id < 20000; id++)
        assert_false(add(&fragments, fragment(V4, id, id % 2 ? 65520 : 8, id % 2 ? 65528 : 16, true), &whole));
    assert_true(fragments.held <= 8 * 1024 * 1024);
    assert_true(counter.peak < 12 * 1024 * 1024);
    capan_fragments_drop(&fragments);
    assert_int_equal(fragments.lost, 20000);
    capan_fragments_free(&fragments);
    assert_int_equal(counter.held, 0);
}

/* Eight octets at a time, backwards and forwards. */
static void smallest_blocks(void **state) {
    (void)state;
    struct capan_fragments fragments;
    struct capan_whole whole;
    capan_fragments_init(&fragments, &capan_libc);
    for (uint32_t start = 0; start < 65528; start += 8)
        assert_int_equal(add(&fragments, fragment(V4, 1, start, start + 8, start < 65520), &whole), start == 65520);
    assert_memory_equal(whole.octets.at, pattern, 65528);
    for (uint32_t start = 65520; start > 0; start -= 8)
        assert_false(add(&fragments, fragment(V4, 2, start, start + 8, start < 65520), &whole));
    assert_true(add(&fragments, fragment(V4, 2, 0, 8, true), &whole));
    assert_memory_equal(whole.octets.at, pattern, 65528);
    capan_fragments_free(&fragments);
}

/* Whichever allocation fails, a fragment is lost and nothing else happens. */
static void no_memory(void **state) {
    enum { DATAGRAM = 1, OCTETS, NONE };
    (void)state;
    for (size_t refused = DATAGRAM; refused <= NONE; refused++) {
        struct failing failing;
        struct capan_fragments fragments;
        struct capan_whole whole;
        failing_init(&failing, refused);
        capan_fragments_init(&fragments, &failing.alloc);
        bool complete = add(&fragments, fragment(V4, 1, 0, 8, true), &whole);
        failing.refuse = 0;
        complete |= add(&fragments, fragment(V4, 1, 8, 16, false), &whole);
        assert_int_equal(complete, refused == NONE);
        capan_fragments_free(&fragments);
        assert_int_equal(failing.held, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order),          cmocka_unit_test(first_wins_in_ipv4),
        cmocka_unit_test(overlap_voids_ipv6), cmocka_unit_test(impossible_lengths),
        cmocka_unit_test(keys_part),          cmocka_unit_test(late_is_lost),
        cmocka_unit_test(smallest_blocks),    cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, fill_pattern, NULL);
}
