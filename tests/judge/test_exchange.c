/* SPDX-License-Identifier: MIT */
/* A copy of an exchange has everything in its own block: the original may change and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "capan/exchange.h"
#include "failing.h"

enum { LISTS = 4, FIELDS = 3, TEXT = 64 };

/* An exchange whose spans all point into texts. */
struct original {
    struct capan_exchange exchange;
    struct capan_http_field fields[LISTS][FIELDS];
    char texts[3 + LISTS * FIELDS * 2][TEXT];
};

static struct capan_span text_of(struct original *original, unsigned number) {
    int len =
        snprintf(original->texts[number], TEXT, "text %u %.*s", number, (int)number, "abcdefghijklmnopqrstuvwxyz");
    return (struct capan_span){(const uint8_t *)original->texts[number], (size_t)len};
}

static void fill(struct original *original) {
    struct capan_exchange *exchange = &original->exchange;
    unsigned number = 3;
    *original = (struct original){.exchange = {.index = 7, .h2_stream = -1, .status = 304}};
    for (unsigned list = 0; list < LISTS; list++)
        for (unsigned i = 0; i < FIELDS; i++, number += 2)
            original->fields[list][i] =
                (struct capan_http_field){text_of(original, number), text_of(original, number + 1)};
    exchange->method = text_of(original, 0);
    exchange->target = text_of(original, 1);
    exchange->authority = text_of(original, 2);
    exchange->request_fields = original->fields[0], exchange->request_field_count = 3;
    exchange->response_fields = original->fields[1], exchange->response_field_count = 2;
    exchange->request_trailers = original->fields[2], exchange->request_trailer_count = 1;
    exchange->response_trailers = original->fields[3], exchange->response_trailer_count = 3;
    original->fields[0][1].value.len = 0; /* an empty field value */
}

static void assert_same_fields(const struct capan_http_field *a, const struct capan_http_field *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_true(span_equal(a[i].name, b[i].name));
        assert_true(span_equal(a[i].value, b[i].value));
    }
}

static void a_copy_outlives_the_original(void **state) {
    struct original *original = malloc(sizeof *original), same;
    struct failing memory;
    (void)state;
    failing_init(&memory, 0);
    fill(original);
    fill(&same);
    struct capan_exchange *copy = capan_exchange_copy(&memory.alloc, &original->exchange);
    assert_non_null(copy);
    assert_int_equal(memory.requests, 1);
    memset(original, 0xa5, sizeof *original);
    free(original);
    assert_int_equal(copy->index, 7);
    assert_int_equal(copy->status, 304);
    assert_int_equal(copy->h2_stream, -1);
    assert_true(span_equal(copy->method, same.exchange.method));
    assert_true(span_equal(copy->target, same.exchange.target));
    assert_true(span_equal(copy->authority, same.exchange.authority));
    assert_int_equal(copy->request_field_count, 3);
    assert_int_equal(copy->response_trailer_count, 3);
    assert_same_fields(copy->request_fields, same.exchange.request_fields, 3);
    assert_same_fields(copy->response_fields, same.exchange.response_fields, 2);
    assert_same_fields(copy->request_trailers, same.exchange.request_trailers, 1);
    assert_same_fields(copy->response_trailers, same.exchange.response_trailers, 3);
    capan_exchange_free(&memory.alloc, copy);
    assert_int_equal(memory.held, 0);
}

static void a_copy_can_be_copied(void **state) {
    struct original original;
    (void)state;
    fill(&original);
    struct capan_exchange *first = capan_exchange_copy(&capan_libc, &original.exchange);
    struct capan_exchange *second = capan_exchange_copy(&capan_libc, first);
    capan_exchange_free(&capan_libc, first);
    assert_same_fields(second->response_trailers, original.exchange.response_trailers, 3);
    capan_exchange_free(&capan_libc, second);
}

/* What was not captured has no octets, and no list. */
static void nothing_stays_nothing(void **state) {
    const struct capan_exchange nothing = {.h2_stream = -1};
    (void)state;
    struct capan_exchange *copy = capan_exchange_copy(&capan_libc, &nothing);
    assert_null(copy->method.at);
    assert_null(copy->request_fields);
    assert_null(copy->response_trailers);
    capan_exchange_free(&capan_libc, copy);
    capan_exchange_free(&capan_libc, NULL);
}

static void without_memory_there_is_no_copy(void **state) {
    struct original original;
    (void)state;
    fill(&original);
    for (size_t refuse = 1;; refuse++) {
        struct failing memory;
        failing_init(&memory, refuse);
        struct capan_exchange *copy = capan_exchange_copy(&memory.alloc, &original.exchange);
        assert_int_equal(copy == NULL, memory.requests >= refuse);
        capan_exchange_free(&memory.alloc, copy);
        assert_int_equal(memory.held, 0);
        if (memory.requests < refuse) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_outlives_the_original),
        cmocka_unit_test(a_copy_can_be_copied),
        cmocka_unit_test(nothing_stays_nothing),
        cmocka_unit_test(without_memory_there_is_no_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
