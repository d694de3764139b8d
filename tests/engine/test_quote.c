/* SPDX-License-Identifier: MIT */
/* What is read of a packet that an ICMP error quotes, however short the quotation is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "quote.h"

enum { ICMP_HEADER = 8, TCP = 6, FRAGMENT = 44 };

static const uint8_t ipv4[] = {3,    4,   0, 0,  0,  0, 0,    0, /* ICMP */
                               0x46, 0,   0, 60, 0,  1, 0x40, 0, 64, TCP, 0, 0,
                               10,   0,   0, 1,  10, 0, 0,    2, 1,  1,   1, 1, /* options */
                               0xaa, 0xbb};

static void ipv4_has_options(void **state) {
    struct quote quote;
    (void)state;
    assert_true(capan_quote_read(&quote, (struct capan_span){ipv4, sizeof ipv4}));
    assert_int_equal(quote.from.version, 4);
    assert_memory_equal(quote.from.octets, "\x0a\0\0\x01", 4);
    assert_memory_equal(quote.to.octets, "\x0a\0\0\x02", 4);
    assert_int_equal(quote.protocol, TCP);
    assert_int_equal(quote.octets.len, 2);
    assert_int_equal(quote.octets.at[0], 0xaa);
}

static void ipv4_may_be_short_or_wrong(void **state) {
    uint8_t message[sizeof ipv4];
    struct quote quote;
    (void)state;
    for (size_t len = 0; len < sizeof ipv4; len++) {
        const bool read = capan_quote_read(&quote, (struct capan_span){ipv4, len});
        assert_int_equal(read, len >= ICMP_HEADER + 20);
        assert_int_equal(quote.octets.len, len > ICMP_HEADER + 24 ? len - ICMP_HEADER - 24 : 0);
    }
    memcpy(message, ipv4, sizeof ipv4);
    for (unsigned first = 0; first < 256; first++) {
        message[ICMP_HEADER] = (uint8_t)first;
        const bool read = capan_quote_read(&quote, (struct capan_span){message, sizeof message});
        assert_int_equal(read, first >> 4 == 4 && (first & 15) >= 5);
    }
}

/* Behind another fragment than the first there is no header to read. */
static void ipv4_may_be_a_fragment(void **state) {
    uint8_t message[sizeof ipv4];
    struct quote quote;
    (void)state;
    memcpy(message, ipv4, sizeof ipv4);
    message[ICMP_HEADER + 7] = 1;
    assert_true(capan_quote_read(&quote, (struct capan_span){message, sizeof message}));
    assert_int_equal(quote.protocol, TCP);
    assert_int_equal(quote.octets.len, 0);
}

static void ipv6_may_be_a_fragment(void **state) {
    uint8_t message[ICMP_HEADER + 40 + 8 + 3] = {2, 0, 0, 0, 0, 0, 0, 0, 0x60};
    uint8_t *ip = message + ICMP_HEADER;
    struct quote quote;
    (void)state;
    ip[6] = FRAGMENT;
    ip[8] = 0x20, ip[24] = 0xfe;
    ip[40] = TCP;
    ip[40 + 3] = 1; /* more fragments */
    assert_true(capan_quote_read(&quote, (struct capan_span){message, sizeof message}));
    assert_int_equal(quote.from.version, 6);
    assert_int_equal(quote.from.octets[0], 0x20);
    assert_int_equal(quote.to.octets[0], 0xfe);
    assert_int_equal(quote.protocol, TCP);
    assert_int_equal(quote.octets.len, 3);
    ip[40 + 3] = 8; /* offset 1 */
    assert_true(capan_quote_read(&quote, (struct capan_span){message, sizeof message}));
    assert_int_equal(quote.octets.len, 0);
    ip[6] = TCP;
    assert_true(capan_quote_read(&quote, (struct capan_span){message, sizeof message}));
    assert_int_equal(quote.octets.len, 8 + 3);
    assert_false(capan_quote_read(&quote, (struct capan_span){message, ICMP_HEADER + 39}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_has_options),
        cmocka_unit_test(ipv4_may_be_short_or_wrong),
        cmocka_unit_test(ipv4_may_be_a_fragment),
        cmocka_unit_test(ipv6_may_be_a_fragment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
