/* SPDX-License-Identifier: MIT */
/* Addresses as text, memory that is counted, hashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "bytes.h"
#include "hash.h"
#include "varint.h"

/* RFC 5952 4 and 5; RFC 3986 3.2.2 for the brackets. */
static void addresses_are_written_the_canonical_way(void **state) {
    static const struct {
        uint16_t group[8];
        const char *text;
    } rows[] = {
        {{0x2001, 0xdb8, 0, 0, 0, 0, 2, 1}, "[2001:db8::2:1]:80"},
        {{0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}, "[2001:db8:0:1:1:1:1:1]:80"}, /* one group is not shortened (4.2.2) */
        {{0x2001, 0, 0, 1, 0, 0, 0, 1}, "[2001:0:0:1::1]:80"},            /* the longest run is (4.2.3) */
        {{0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}, "[2001:db8::1:0:0:1]:80"},    /* the first of equals */
        {{0, 0, 0, 0, 0, 0, 0, 0}, "[::]:80"},
        {{0, 0, 0, 0, 0, 0, 0, 1}, "[::1]:80"},
        {{0xfe80, 0, 0, 0, 0, 0, 0, 0}, "[fe80::]:80"},
        {{0xABCD, 0xEF01, 1, 2, 3, 4, 5, 0xffff}, "[abcd:ef01:1:2:3:4:5:ffff]:80"},
        {{0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201}, "[::ffff:192.0.2.1]:80"}, /* mapped (5) */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capan_endpoint end = {{.version = 6}, 80};
        char text[CAPAN_ENDPOINT_TEXT];
        for (int group = 0; group < 8; group++) {
            end.address.octets[2 * group] = (uint8_t)(rows[i].group[group] >> 8);
            end.address.octets[2 * group + 1] = (uint8_t)rows[i].group[group];
        }
        assert_int_equal(capan_endpoint_text(&end, true, text), strlen(rows[i].text));
        assert_string_equal(text, rows[i].text);
    }
}

static void endpoints_without_a_port_or_an_address(void **state) {
    struct capan_endpoint end = {{4, {10, 0, 200, 255}}, 65535};
    char text[CAPAN_ENDPOINT_TEXT];
    (void)state;
    capan_endpoint_text(&end, true, text);
    assert_string_equal(text, "10.0.200.255:65535");
    capan_endpoint_text(&end, false, text);
    assert_string_equal(text, "10.0.200.255");
    end.address.version = 0;
    capan_endpoint_text(&end, true, text);
    assert_string_equal(text, "?:65535");
    memset(&end, 0xff, sizeof end);
    end.address.version = 6;
    assert_true(capan_endpoint_text(&end, true, text) < CAPAN_ENDPOINT_TEXT);
}

static void the_counter_knows_what_is_held(void **state) {
    struct capan_counter counter;
    void *items = NULL;
    size_t capacity = 0;
    (void)state;
    capan_counter_init(&counter, &capan_libc);
    uint8_t *block = capan_new(&counter.alloc, 100);
    for (size_t i = 0; i < 100; i++) assert_int_equal(block[i], 0);
    assert_int_equal(capan_reserve(&counter.alloc, &items, &capacity, 33, 8), CAPAN_OK);
    assert_int_equal(capacity, 64);
    assert_int_equal(counter.held, 100 + 64 * 8);
    capan_delete(&counter.alloc, block, 100);
    assert_int_equal(capan_reserve(&counter.alloc, &items, &capacity, SIZE_MAX / 4, 8), CAPAN_NO_MEMORY);
    assert_int_equal(counter.held, 64 * 8);
    capan_delete(&counter.alloc, items, capacity * 8);
    assert_int_equal(counter.held, 0);
    assert_int_equal(counter.peak, 100 + 64 * 8);
}

/* By eights, and the same as one by one: an octet of each kind at each place, before octets of any other kind. */
static void printable_octets_are_counted(void **state) {
    static const uint8_t kinds[] = {0x00, 0x1f, ' ', 'a', '~', 0x7f, 0x80, 0xa0, 0xff};
    (void)state;
    for (size_t len = 0; len <= 40; len++) {
        for (size_t at = 0; at < len; at++) {
            for (size_t kind = 0; kind < sizeof kinds * sizeof kinds; kind++) {
                uint8_t octets[40];
                memset(octets, 'x', sizeof octets);
                octets[at] = kinds[kind % sizeof kinds];
                if (at + 1 < len) octets[at + 1] = kinds[kind / sizeof kinds];
                size_t count = 0;
                while (count < len && octets[count] >= ' ' && octets[count] < 0x7f) count++;
                assert_int_equal(span_printable((struct capan_span){octets, len}), count);
            }
        }
    }
}

/* The reference vectors of SipHash are for 2-4; of 1-3 its properties are held: seed, length and every octet count. */
static void hashes_depend_on_all_there_is(void **state) {
    uint8_t octets[40] = {0};
    (void)state;
    const uint64_t plain = capan_hash(capan_hash_key(1), octets, sizeof octets);
    assert_int_equal(plain, capan_hash(capan_hash_key(1), octets, sizeof octets));
    assert_int_not_equal(plain, capan_hash(capan_hash_key(2), octets, sizeof octets));
    for (size_t len = 0; len < sizeof octets; len++)
        assert_int_not_equal(plain, capan_hash(capan_hash_key(1), octets, len));
    for (size_t at = 0; at < sizeof octets; at++) {
        octets[at] = 1;
        assert_int_not_equal(plain, capan_hash(capan_hash_key(1), octets, sizeof octets));
        octets[at] = 0;
    }
}

static void spans_are_cut_inside_their_bounds(void **state) {
    const struct capan_span span = span_of("capan");
    (void)state;
    assert_true(span_equal(span_cut(span, 2, 2), span_of("pa")));
    assert_int_equal(span_cut(span, 2, SIZE_MAX).len, 3);
    assert_int_equal(span_cut(span, 9, 1).len, 0);
    assert_int_equal(span_cut((struct capan_span){NULL, 0}, 0, 5).len, 0);
}

/* RFC 9000 A.1. */
static void integers_have_the_length_they_say(void **state) {
    static const struct {
        uint8_t octets[VARINT_LEN_MAX];
        size_t len;
        uint64_t value;
    } rows[] = {
        {{0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c}, 8, UINT64_C(151288809941952652)},
        {{0x9d, 0x7f, 0x3e, 0x7d}, 4, 494878333},
        {{0x7b, 0xbd}, 2, 15293},
        {{0x25}, 1, 37},
        {{0x40, 0x25}, 2, 37},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capan_span octets = {rows[i].octets, rows[i].len - 1};
        uint64_t value = 0;
        assert_false(take_varint(&octets, &value));
        assert_int_equal(octets.len, rows[i].len - 1);
        octets.len++;
        assert_true(take_varint(&octets, &value));
        assert_int_equal(value, rows[i].value);
        assert_int_equal(octets.len, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_written_the_canonical_way),
        cmocka_unit_test(endpoints_without_a_port_or_an_address),
        cmocka_unit_test(the_counter_knows_what_is_held),
        cmocka_unit_test(printable_octets_are_counted),
        cmocka_unit_test(hashes_depend_on_all_there_is),
        cmocka_unit_test(spans_are_cut_inside_their_bounds),
        cmocka_unit_test(integers_have_the_length_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
