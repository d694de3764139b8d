/* SPDX-License-Identifier: MIT */
/* What exchanges come to, host by host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "hosts.h"

static void sums_are_of_what_the_exchanges_say(void **state) {
    const struct capan_exchange exchanges[] = {
        {.outcome = CAPAN_OUTCOME_NOT_MODIFIED,
         .cond = CAPAN_COND_VALIDATE_ETAG,
         .saved = 1000,
         .round_trips_x100 = 150,
         .handshakes = {.tcp = 1, .tls = 2}},
        {.cond = CAPAN_COND_VALIDATE_ETAG, .wasted = 70, .round_trips_x100 = -1},
        {.violations = 6, .round_trips_x100 = 100},
    };
    struct capan_host host = {0};
    (void)state;
    for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++) capan_host_add(&host, &exchanges[i]);
    assert_int_equal(host.exchanges, 3);
    assert_int_equal(host.conditional, 2);
    assert_int_equal(host.not_modified, 1);
    assert_int_equal(host.in_vain, 1);
    assert_int_equal(host.violations, 1);
    assert_int_equal(host.saved, 1000);
    assert_int_equal(host.wasted, 70);
    assert_int_equal(host.round_trips_x100, 250);
    assert_int_equal(host.handshakes, 3);
}

static void a_host_is_named_by_its_authority_or_address(void **state) {
    struct capan_exchange exchange = {.server = {{4, {192, 0, 2, 1}}, 80}};
    char name[12];
    (void)state;
    assert_int_equal(capan_host_name(&exchange, name, sizeof name), 11);
    assert_string_equal(name, "192.0.2.1:8"); /* cut off */
    exchange.authority = span_of("a\x80 \x1b.test");
    capan_host_name(&exchange, name, sizeof name);
    assert_string_equal(name, "a???.test");
}

/* Memory does not grow with the number of hosts: those beyond HOSTS_KEPT are one. */
static void late_hosts_are_others(void **state) {
    static struct capan_hosts hosts;
    char name[16];
    (void)state;
    for (unsigned i = 0; i < 2 * HOSTS_KEPT; i++) {
        snprintf(name, sizeof name, "host-%u", i);
        const struct capan_exchange exchange = {.authority = span_of(name), .saved = 10, .wasted = i};
        capan_hosts_add(&hosts, &exchange);
        capan_hosts_add(&hosts, &exchange);
    }
    assert_int_equal(hosts.count, HOSTS_KEPT);
    assert_string_equal(hosts.at[3].name, "host-3");
    assert_int_equal(hosts.at[3].sums.exchanges, 2);
    assert_int_equal(hosts.at[3].sums.saved, 20);
    assert_int_equal(hosts.at[3].sums.wasted, 6);
    assert_int_equal(hosts.others.exchanges, 2 * HOSTS_KEPT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_of_what_the_exchanges_say),
        cmocka_unit_test(a_host_is_named_by_its_authority_or_address),
        cmocka_unit_test(late_hosts_are_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
