/* SPDX-License-Identifier: MIT */
/* The critical path of a page: back from the exchange that ended last, to 100 %. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "pagetime.h"

#define MS INT64_C(1000000)

/* An exchange of that time: a millisecond of network, the rest the server's. */
static struct capan_exchange exchange_of(int64_t first_ms, int64_t last_ms) {
    struct capan_exchange exchange = {
        .request = {.first_frame = 1, .first_ns = first_ms * MS, .last_ns = first_ms * MS},
        .response = {.last_frame = 2, .last_ns = last_ms * MS}};
    exchange.time.part_ns[CAPAN_SPENT_SERVER] = (last_ms - first_ms - 1) * MS;
    exchange.time.part_ns[CAPAN_SPENT_PATH] = MS;
    return exchange;
}

static struct capan_page tell(const struct capan_exchange *exchanges, size_t count, int64_t last_ms) {
    struct pagetime pagetime = {0};
    struct capan_page page = {.last_ns = last_ms * MS};
    for (size_t i = 0; i < count; i++) capan_pagetime_add(&pagetime, &exchanges[i], &capan_libc);
    capan_pagetime_tell(&pagetime, &page);
    capan_pagetime_free(&pagetime, &capan_libc);
    return page;
}

/* The document takes 10 ms, the client 2 ms, its image 20 ms; what went on beside the image counts for nothing. */
static void follows_what_was_waited_for(void **state) {
    (void)state;
    const struct capan_exchange exchanges[] = {exchange_of(0, 10), exchange_of(12, 32), exchange_of(12, 20)};
    const struct capan_page page = tell(exchanges, 3, 32);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_SERVER], 28 * MS);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_PATH], 2 * MS);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_CLIENT], 2 * MS);
}

/* A part that is asked for while the document still comes: of the document only what went before counts. */
static void cuts_what_still_went_on(void **state) {
    (void)state;
    const struct capan_exchange exchanges[] = {exchange_of(0, 100), exchange_of(40, 120)};
    const struct capan_page page = tell(exchanges, 2, 120);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_SERVER], 40 * MS + 79 * MS);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_PATH], MS);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_CLIENT], 0);
}

static void waits_for_handshakes(void **state) {
    (void)state;
    struct capan_exchange exchanges[] = {exchange_of(0, 10), exchange_of(50, 60)};
    exchanges[1].time.connect_ns = 20 * MS;
    exchanges[1].time.tls_ns = 15 * MS;
    const struct capan_page page = tell(exchanges, 2, 60);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_CONNECT], 20 * MS);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_TLS], 15 * MS);
    assert_int_equal(page.part_ns[CAPAN_PAGE_SPENT_CLIENT], 5 * MS);
}

/* What the client had already need not have been asked for. */
static void tells_what_advice_spares(void **state) {
    (void)state;
    char text[CAPAN_EXPLAIN_TEXT];
    struct capan_exchange exchanges[] = {exchange_of(0, 10), exchange_of(10, 40)};
    exchanges[1].known_in = 1;
    exchanges[0].advice = exchanges[1].advice = UINT64_C(1) << CAPAN_ADVICE_EXPLICIT_LIFETIME;
    const struct capan_page page = tell(exchanges, 2, 40);
    assert_int_equal(page.saves_ns[CAPAN_ADVICE_EXPLICIT_LIFETIME], 30 * MS);
    capan_page_explain(&page, text);
    assert_string_equal(text, "95 % server, 5 % network; at most spared by explicit-lifetime: 30.0 ms");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_what_was_waited_for),
        cmocka_unit_test(cuts_what_still_went_on),
        cmocka_unit_test(waits_for_handshakes),
        cmocka_unit_test(tells_what_advice_spares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
