/* SPDX-License-Identifier: MIT */
/* The list of carriers, and what their headers add to a path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capan/carriers.h"

typedef uint32_t add_function(uint32_t path, struct capan_span header);

#define HEADER(octets)                                                                                                 \
    { (const uint8_t *)(octets), sizeof(octets) - 1 }

static void numbers_are_listed_once_and_have_a_source(void **state) {
    static const struct {
        char list;
        uint16_t number;
        const char *source;
    } rows[] = {
#define ROW(number, protocol, add, source) {LIST, number, source},
#define LIST                               'e'
        CAPAN_ETHERTYPE_CARRIERS(ROW)
#undef LIST
#define LIST 'i'
            CAPAN_IP_CARRIERS(ROW)
#undef LIST
#define LIST 'u'
                CAPAN_UDP_CARRIERS(ROW)
#undef LIST
#undef ROW
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(*rows[i].source);
        for (size_t other = 0; other < i; other++)
            assert_false(rows[i].list == rows[other].list && rows[i].number == rows[other].number);
    }
}

/* Each row adds something, and what it adds is that of no other row. */
static void networks_are_told_apart(void **state) {
    static const struct {
        add_function *add;
        struct capan_span header;
    } rows[] = {
        {capan_path_vlan, HEADER("\x00\x07\x08\x00")},
        {capan_path_vlan, HEADER("\x00\x08\x08\x00")},
        {capan_path_backbone, HEADER("\x00\x01\x00\x07")},
        {capan_path_pppoe, HEADER("\x11\x00\x00\x07\x00\x10")},
        {capan_path_vxlan, HEADER("\x08\x00\x00\x00\x00\x00\x07\x00")},
        {capan_path_geneve, HEADER("\x00\x00\x65\x58\x00\x00\x07\x00")},
        {capan_path_gre, HEADER("\x20\x00\x08\x00\x00\x00\x00\x07")},
        {capan_path_gre, HEADER("\xa0\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x08")}, /* behind a checksum */
        {capan_path_gre, HEADER("\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x00\x00\x07\x00\x00\x00\x00")}, /* ERSPAN II */
        {capan_path_gre, HEADER("\x00\x00\x22\xeb\x20\x00\x00\x08")},                                 /* ERSPAN III */
        {capan_path_gre,
         HEADER("\x30\x00\x88\xbe\x00\x00\x00\x07\x00\x00\x00\x01\x10\x00\x00\x07")}, /* ERSPAN II with a key */
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    uint32_t paths[ROWS];
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        paths[i] = rows[i].add(0, rows[i].header);
        assert_int_not_equal(paths[i], 0);
        for (size_t other = 0; other < i; other++) assert_int_not_equal(paths[i], paths[other]);
    }
}

static void these_add_nothing(void **state) {
    static const struct {
        add_function *add;
        struct capan_span header;
    } rows[] = {
        {capan_path_same, HEADER("\x01\x02\x03\x04")},
        {capan_path_vlan, HEADER("\xe0\x00\x08\x00")}, /* a priority (IEEE 802.1Q 9.6) */
        {capan_path_gre, HEADER("\x00\x00\x08\x00")},
        {capan_path_gre, HEADER("\x20\x01\x88\x0b\x00\x09\x00\x07")}, /* version 1: an end's own number */
        {capan_path_gre, HEADER("\x00\x00\x88\xbe\x10\x00\x00\x07")}, /* ERSPAN I has no header */
        {capan_path_gre, HEADER("\x20\x00\x08\x00\x00\x00\x00")},     /* cut off, and so are the next ones */
        {capan_path_gre, HEADER("\x00\x00\x22\xeb\x20\x00\x00")},
        {capan_path_gre, HEADER("\x20\x00\x08")},
        {capan_path_vlan, HEADER("\x00")},
        {capan_path_backbone, HEADER("\x00\x01\x00")},
        {capan_path_pppoe, HEADER("\x11\x00\x00")},
        {capan_path_vxlan, HEADER("\x08\x00\x00\x00\x00\x00")},
        {capan_path_geneve, HEADER("\x00\x00\x65\x58\x00\x00")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(rows[i].add(0, rows[i].header), 0);
        assert_int_equal(rows[i].add(77, rows[i].header), 77);
    }
}

/* RFC 1701's route list is not looked through for what lies behind it; the key before it counts. */
static void the_key_counts_before_source_routes(void **state) {
    const struct capan_span with =
        HEADER("\x60\x00\x22\xeb\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x09");
    const struct capan_span without = HEADER("\x20\x00\x08\x00\x00\x00\x00\x07");
    (void)state;
    assert_int_equal(capan_path_gre(0, with), capan_path_gre(0, without));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_listed_once_and_have_a_source),
        cmocka_unit_test(networks_are_told_apart),
        cmocka_unit_test(these_add_nothing),
        cmocka_unit_test(the_key_counts_before_source_routes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
