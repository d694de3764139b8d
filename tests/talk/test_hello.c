/* SPDX-License-Identifier: MIT */
/* What a ClientHello says, in however many records and pieces it comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "hello.h"

enum { HEADER = 5, AFTER_RANDOM = 43, ROOM = 256 };

/* A ClientHello that offers two protocols and names a server. */
static size_t put_hello(uint8_t at[ROOM]) {
    static const uint8_t begin[] = {22, 3, 1, 0, 88, 1, 0, 0, 84, 3, 3};
    static const uint8_t rest[] = {2,  7,  7,  0,   2,   0x13, 1,   1,   0,   0,   33,  0,   16,  0,  12,
                                   0,  10, 2,  'h', '2', 6,    'h', 't', 't', 'p', '/', 'x', 0,   0,  0,
                                   13, 0,  11, 0,   0,   8,    'a', '.', 'e', 'x', 'a', 'm', 'p', 'l'};
    memset(at, 0, ROOM);
    memcpy(at, begin, sizeof begin);
    memcpy(at + AFTER_RANDOM, rest, sizeof rest);
    const size_t len = AFTER_RANDOM + sizeof rest;
    at[4] = (uint8_t)(len - HEADER);
    at[8] = (uint8_t)(len - HEADER - 4);
    at[AFTER_RANDOM + 10] = (uint8_t)(sizeof rest - 11);
    return len;
}

static void read_pieces(const uint8_t *at, size_t len, size_t piece, struct capan_tls_names *names) {
    struct capan_hello hello = {0};
    memset(names, 0, sizeof *names);
    for (size_t i = 0; i < len; i += piece)
        capan_hello_octets(&hello, &capan_libc, (struct capan_span){at + i, len - i < piece ? len - i : piece}, names);
    capan_hello_end(&hello, &capan_libc, names);
    assert_null(hello.message);
}

static void names_are_read_from_any_pieces(void **state) {
    uint8_t octets[ROOM];
    const size_t len = put_hello(octets);
    struct capan_tls_names names;
    (void)state;
    for (size_t piece = 1; piece <= len; piece++) {
        read_pieces(octets, len, piece, &names);
        assert_string_equal(names.host, "a.exampl");
        assert_string_equal(names.alpn, "h2, http/x");
    }
}

/* The message's octets are spread over records of five. */
static void names_are_read_across_records(void **state) {
    uint8_t octets[ROOM], records[2 * ROOM];
    const size_t len = put_hello(octets);
    size_t end = 0;
    struct capan_tls_names names;
    (void)state;
    for (size_t at = HEADER; at < len; at += 5) {
        const size_t part = len - at < 5 ? len - at : 5;
        memcpy(records + end, octets, HEADER);
        records[end + 4] = (uint8_t)part;
        memcpy(records + end + HEADER, octets + at, part);
        end += HEADER + part;
    }
    read_pieces(records, end, 7, &names);
    assert_string_equal(names.host, "a.exampl");
    assert_string_equal(names.alpn, "h2, http/x");
}

static void a_short_one_has_no_name_or_a_whole_one(void **state) {
    uint8_t octets[ROOM];
    const size_t len = put_hello(octets);
    struct capan_tls_names names;
    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        read_pieces(octets, cut, ROOM, &names);
        assert_true(strncmp("a.exampl", names.host, strlen(names.host)) == 0);
        assert_true(strcmp(names.alpn, "") == 0 || strncmp("h2", names.alpn, 2) == 0 || names.alpn[0] == 'h');
    }
}

static void another_record_ends_it(void **state) {
    uint8_t octets[ROOM];
    const size_t len = put_hello(octets);
    struct capan_tls_names names;
    (void)state;
    octets[0] = 23;
    read_pieces(octets, len, ROOM, &names);
    assert_string_equal(names.host, "");
}

static void beginnings(void **state) {
    uint8_t octets[ROOM];
    put_hello(octets);
    (void)state;
    for (size_t len = 0; len <= HEADER; len++)
        assert_int_equal(capan_hello_begins((struct capan_span){octets, len}), CAPAN_BEGINS_PERHAPS);
    assert_int_equal(capan_hello_begins((struct capan_span){octets, HEADER + 1}), CAPAN_BEGINS);
    octets[HEADER] = 2;
    assert_int_equal(capan_hello_begins((struct capan_span){octets, HEADER + 1}), CAPAN_BEGINS_NOT);
    assert_int_equal(capan_hello_begins((struct capan_span){(const uint8_t *)"GET /", 5}), CAPAN_BEGINS_NOT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_from_any_pieces),
        cmocka_unit_test(names_are_read_across_records),
        cmocka_unit_test(a_short_one_has_no_name_or_a_whole_one),
        cmocka_unit_test(another_record_ends_it),
        cmocka_unit_test(beginnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
