/* SPDX-License-Identifier: MIT */
/* What parts of a split capture say of themselves: what is written is read, in both byte orders, and nothing else is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "slice.h"

static const struct capan_slice whole = {.part = 3,
                                         .parts = 7,
                                         .id = UINT64_C(0x0123456789abcdef),
                                         .origin_ns = INT64_C(1767225600000000001),
                                         .packets = 12,
                                         .frames = UINT64_C(1) << 40,
                                         .whole = true};

static void assert_same(const struct capan_slice *a, const struct capan_slice *b) {
    assert_int_equal(a->part, b->part);
    assert_int_equal(a->parts, b->parts);
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->origin_ns, b->origin_ns);
    assert_int_equal(a->packets, b->packets);
    assert_int_equal(a->frames, b->frames);
    assert_int_equal(a->whole, b->whole);
}

static void turn(uint8_t *at, size_t len) {
    for (size_t i = 0; i < len / 2; i++) {
        const uint8_t other = at[i];
        at[i] = at[len - 1 - i];
        at[len - 1 - i] = other;
    }
}

static void section_is_read_as_written(void **state) {
    (void)state;
    uint8_t value[CAPAN_SLICE_SECTION_LEN];
    struct capan_slice read;
    capan_slice_write_section(value, &whole);
    assert_true(capan_slice_read_section(&read, (struct capan_span){value, sizeof value}, false));
    assert_same(&read, &whole);
    assert_false(capan_slice_read_section(&read, (struct capan_span){value, sizeof value}, true));
    assert_false(capan_slice_read_section(&read, (struct capan_span){value, sizeof value - 1}, false));
}

/* Who turns a file's byte order around turns the numbers of an option it does not know only by chance: the mark, which
 * is text, stays. */
static void section_is_read_in_the_other_order(void **state) {
    (void)state;
    static const struct {
        size_t at, len;
    } numbers[] = {{0, 4}, {8, 2}, {10, 2}, {12, 4}, {16, 4}, {20, 8}, {28, 8}, {36, 8}, {44, 8}};
    uint8_t value[CAPAN_SLICE_SECTION_LEN];
    struct capan_slice read;
    capan_slice_write_section(value, &whole);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) turn(value + numbers[i].at, numbers[i].len);
    assert_true(capan_slice_read_section(&read, (struct capan_span){value, sizeof value}, true));
    assert_same(&read, &whole);
}

static void impossible_sections_are_none(void **state) {
    (void)state;
    uint8_t value[CAPAN_SLICE_SECTION_LEN];
    struct capan_slice slice = whole, read;
    slice.part = 8;
    capan_slice_write_section(value, &slice);
    assert_false(capan_slice_read_section(&read, (struct capan_span){value, sizeof value}, false));
    slice.part = 0;
    capan_slice_write_section(value, &slice);
    assert_false(capan_slice_read_section(&read, (struct capan_span){value, sizeof value}, false));
}

static void packet_is_read_as_written(void **state) {
    (void)state;
    const struct capan_slice_packet written = {.frame = 4000000000u, .file = 59, .flags = CAPAN_SLICE_UNNAMED};
    struct capan_slice_packet read;
    uint8_t value[CAPAN_SLICE_PACKET_LEN];
    capan_slice_write_packet(value, &written);
    assert_true(capan_slice_read_packet(&read, (struct capan_span){value, sizeof value}, false));
    assert_int_equal(read.frame, written.frame);
    assert_int_equal(read.file, written.file);
    assert_int_equal(read.flags, written.flags);
    memset(value + 8, 0, 4);
    assert_false(capan_slice_read_packet(&read, (struct capan_span){value, sizeof value}, false));
}

static void notice_is_read_as_written(void **state) {
    (void)state;
    struct capan_slice_notice notice, written = {CAPAN_SLICE_LOST_FRAGMENTS, 7};
    uint8_t value[CAPAN_SLICE_NOTICE_LEN];
    capan_slice_write_notice(value, &written);
    assert_true(capan_slice_read_notice(&notice, (struct capan_span){value, sizeof value}, false));
    assert_int_equal(notice.lost, CAPAN_SLICE_LOST_FRAGMENTS);
    assert_int_equal(notice.number, 7);
    written.lost = 3;
    capan_slice_write_notice(value, &written);
    assert_false(capan_slice_read_notice(&notice, (struct capan_span){value, sizeof value}, false));
    value[4] ^= 1;
    assert_false(capan_slice_read_notice(&notice, (struct capan_span){value, sizeof value}, false));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(section_is_read_as_written),   cmocka_unit_test(section_is_read_in_the_other_order),
        cmocka_unit_test(impossible_sections_are_none), cmocka_unit_test(packet_is_read_as_written),
        cmocka_unit_test(notice_is_read_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
