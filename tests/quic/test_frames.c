/* SPDX-License-Identifier: MIT */
/* Each frame of QUIC is taken off whole, and one that is cut short not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "frames.h"

#define FRAME(octets)                                                                                                  \
    { (const uint8_t *)(octets), sizeof(octets) - 1 }

/* RFC 9000 19 and RFC 9221 4, in their order. */
static const struct capan_span others[] = {
    FRAME("\x00"),
    FRAME("\x01"),
    FRAME("\x02\x09\x01\x01\x02\x03\x04"), /* an ACK of two ranges */
    FRAME("\x03\x09\x01\x00\x02\x01\x01\x01"),
    FRAME("\x05\x04\x01"),
    FRAME("\x06\x00\x03"
          "abc"),
    FRAME("\x07\x02"
          "ab"),
    FRAME("\x10\x09"),
    FRAME("\x11\x04\x09"),
    FRAME("\x12\x09"),
    FRAME("\x13\x09"),
    FRAME("\x14\x09"),
    FRAME("\x15\x04\x09"),
    FRAME("\x16\x09"),
    FRAME("\x17\x09"),
    FRAME("\x18\x01\x00\x02"
          "cd"
          "0123456789abcdef"),
    FRAME("\x19\x01"),
    FRAME("\x1a"
          "01234567"),
    FRAME("\x1b"
          "01234567"),
    FRAME("\x1c\x01\x06\x02"
          "no"),
    FRAME("\x1d\x01\x02"
          "no"),
    FRAME("\x1e"),
    FRAME("\x31\x02"
          "dg"),
};

static void other_frames_are_passed_over(void **unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct capan_quic_frame frame;
        for (size_t len = 0; len <= others[i].len; len++) {
            struct capan_span octets = {others[i].at, len};
            assert_int_equal(capan_quic_frame_take(&octets, &frame), len == others[i].len);
            assert_int_equal(frame.kind, CAPAN_QUIC_OTHER);
            if (len == others[i].len) assert_int_equal(octets.len, 0);
        }
    }
}

/* RFC 9000 19.8: with and without offset, length and FIN. */
static void streams_say_what_they_carry(void **unused) {
    static const struct {
        struct capan_span octets;
        int64_t offset;
        size_t len, left;
        bool is_last;
    } rows[] = {
        {FRAME("\x08\x04"
               "data"),
         0, 4, 0, false},
        {FRAME("\x09\x04"), 0, 0, 0, true},
        {FRAME("\x0a\x04\x03"
               "data"),
         0, 3, 1, false},
        {FRAME("\x0c\x04\x07"
               "data"),
         7, 4, 0, false},
        {FRAME("\x0f\x04\x07\x04"
               "data\x01"),
         7, 4, 1, true},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capan_span octets = rows[i].octets;
        struct capan_quic_frame frame;
        assert_true(capan_quic_frame_take(&octets, &frame));
        assert_int_equal(frame.kind, CAPAN_QUIC_STREAM);
        assert_int_equal(frame.stream, 4);
        assert_int_equal(frame.offset, rows[i].offset);
        assert_int_equal(frame.octets.len, rows[i].len);
        assert_int_equal(octets.len, rows[i].left);
        assert_int_equal(frame.is_last, rows[i].is_last);
    }
}

static void what_is_no_frame_ends_the_packet(void **unused) {
    static const struct capan_span rows[] = {
        FRAME("\x1f"),     /* of no type */
        FRAME("\x40\xff"), /* likewise */
        FRAME("\x0a\x04\x05"
              "data"), /* longer than the packet */
        FRAME("\x0c\x04\xff\xff\xff\xff\xff\xff\xff\xff"
              "data"),                                             /* beyond 2^62 - 1 */
        FRAME("\x02\x09\x01\xff\xff\xff\xff\xff\xff\xff\xff\x00"), /* more ranges than there are */
        FRAME("\x04\x04\x00"),
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capan_span octets = rows[i];
        struct capan_quic_frame frame;
        assert_false(capan_quic_frame_take(&octets, &frame));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(other_frames_are_passed_over),
                                       cmocka_unit_test(streams_say_what_they_carry),
                                       cmocka_unit_test(what_is_no_frame_ends_the_packet)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
