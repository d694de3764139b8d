/* SPDX-License-Identifier: MIT */
/* The digest of bodies: the same however split, another for another body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest.h"

enum { LEN = 300 };

static uint64_t digest_of(const uint8_t *octets, size_t len, size_t piece, uint64_t seed) {
    struct capan_digest digest;
    capan_digest_init(&digest, seed);
    for (size_t at = 0; at < len; at += piece) {
        capan_digest_add(&digest, (struct capan_span){octets + at, piece < len - at ? piece : len - at});
        capan_digest_add(&digest, (struct capan_span){NULL, 0});
    }
    return capan_digest_value(&digest);
}

static void fill(uint8_t *octets) {
    for (size_t i = 0; i < LEN; i++) octets[i] = (uint8_t)(i * 73 + i / 7);
}

static void splits_do_not_matter(void **state) {
    (void)state;
    uint8_t octets[LEN];
    fill(octets);
    for (size_t len = 0; len <= LEN; len++) {
        uint64_t whole = digest_of(octets, len, LEN, 1);
        assert_true(whole != 0);
        for (size_t piece = 1; piece < 70; piece++) assert_true(digest_of(octets, len, piece, 1) == whole);
    }
}

/* One bit, one octet more, another seed, two blocks in another order. */
static void other_octets_other_digest(void **state) {
    (void)state;
    uint8_t octets[LEN], other[LEN];
    fill(octets);
    uint64_t whole = digest_of(octets, LEN, LEN, 1);
    assert_true(digest_of(octets, LEN, LEN, 2) != whole);
    assert_true(digest_of(octets, LEN - 1, LEN, 1) != whole);
    for (size_t bit = 0; bit < LEN * 8; bit++) {
        octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(digest_of(octets, LEN, LEN, 1) != whole);
        octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    memcpy(other, octets, LEN);
    memcpy(other, octets + 32, 32);
    memcpy(other + 32, octets, 32);
    assert_true(digest_of(other, LEN, LEN, 1) != whole);
    static const uint8_t zeros[LEN];
    for (size_t len = 1; len < LEN; len++)
        assert_true(digest_of(zeros, len, LEN, 1) != digest_of(zeros, len - 1, LEN, 1));
}

/* Its header, some octets, and the trailer's 300,000 octets, however split. */
static void gzip_says_what_it_comes_to(void **state) {
    uint8_t file[LEN] = {0x1f, 0x8b, 8};
    (void)state;
    const uint8_t len[] = {0xe0, 0x93, 0x04, 0x00}; /* 300,000 */
    memcpy(file + LEN - sizeof len, len, sizeof len);
    for (size_t piece = 1; piece <= LEN; piece++) {
        struct capan_digest digest;
        capan_digest_init(&digest, 1);
        for (size_t at = 0; at < LEN; at += piece)
            capan_digest_add(&digest, (struct capan_span){file + at, piece < LEN - at ? piece : LEN - at});
        assert_int_equal(capan_digest_gunzipped(&digest), 300000);
        capan_digest_add(&digest, (struct capan_span){(const uint8_t *)"\xff\xff\xff", 3}); /* more than it can be */
        assert_int_equal(capan_digest_gunzipped(&digest), 0);
    }
}

static void other_files_say_nothing(void **state) {
    uint8_t file[4096] = {0x1f, 0x8b, 8};
    struct capan_digest digest;
    (void)state;
    file[sizeof file - 4] = 10; /* of so many octets: there was a member before */
    capan_digest_init(&digest, 1);
    assert_int_equal(capan_digest_gunzipped(&digest), 0);
    capan_digest_add(&digest, (struct capan_span){file, sizeof file});
    assert_int_equal(capan_digest_gunzipped(&digest), 0);
    file[0] = 'x', file[sizeof file - 3] = 0x20;
    capan_digest_init(&digest, 1);
    capan_digest_add(&digest, (struct capan_span){file, sizeof file});
    assert_int_equal(capan_digest_gunzipped(&digest), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_do_not_matter), cmocka_unit_test(other_octets_other_digest),
        cmocka_unit_test(gzip_says_what_it_comes_to), cmocka_unit_test(other_files_say_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
