/* SPDX-License-Identifier: MIT */
/* SHA-1 by the vectors of RFC 3174 7.3, and where a message just fits into its last block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sha1.h"

static void check(const char *octets, size_t len, const char *expected) {
    uint8_t hash[CAPAN_SHA1];
    char text[2 * CAPAN_SHA1 + 1];
    capan_sha1((const uint8_t *)octets, len, hash);
    for (size_t i = 0; i < CAPAN_SHA1; i++) snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, expected);
}

static void vectors(void **state) {
    (void)state;
    check("abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

static void last_blocks(void **state) {
    static const struct {
        size_t len;
        const char *hash;
    } rows[] = {{0, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},  {55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"},
                {56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"}, {63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"},
                {64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"}, {200, "e61cfffe0d9195a525fc6cf06ca2d77119c24a40"}};
    char octets[200];
    (void)state;
    memset(octets, 'a', sizeof octets);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check(octets, rows[i].len, rows[i].hash);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(last_blocks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
