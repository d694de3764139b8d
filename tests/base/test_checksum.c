/* SPDX-License-Identifier: MIT */
/* What a segment's octets say of its TCP checksum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capan/packet.h"

enum { LEN = 21, FIELD_AT = 16 };

/* A segment of LEN octets, an odd number, from 192.0.2.1 to 198.51.100.2. */
struct segment {
    uint8_t octets[LEN];
    struct capan_packet packet;
};

static void make(struct segment *segment, uint16_t field) {
    static const uint8_t octets[LEN] = {0x04, 0x00, 0x00, 0x50, 0,    0, 0, 1, 0, 0,  0,
                                        2,    0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0, 'x'};
    memcpy(segment->octets, octets, LEN);
    segment->octets[FIELD_AT] = (uint8_t)(field >> 8);
    segment->octets[FIELD_AT + 1] = (uint8_t)field;
    segment->packet = (struct capan_packet){
        .src = {4, {192, 0, 2, 1}}, .dst = {4, {198, 51, 100, 2}}, .octets = {segment->octets, LEN}, .wire_len = LEN};
}

/* RFC 9293 3.1 by hand: c000 0201 c633 6402 0006 0015 and the segment's own 16-bit words. */
enum { WITHOUT_LEN = 0xec3d, WITH_LEN = 0xec52, SUM = 0xb8b6, GOOD = 0xffff - SUM };

static void a_checksum_is_judged_by_its_value(void **state) {
    static const struct {
        uint16_t field;
        enum capan_checksum judged;
    } rows[] = {
        {GOOD, CAPAN_CHECKSUM_GOOD},
        {GOOD + 1, CAPAN_CHECKSUM_BAD},
        {WITH_LEN, CAPAN_CHECKSUM_PARTIAL},
        {WITHOUT_LEN, CAPAN_CHECKSUM_PARTIAL},
    };
    struct segment segment;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make(&segment, rows[i].field);
        assert_int_equal(capan_tcp_checksum(&segment.packet), rows[i].judged);
    }
}

/* What is not there is neither good nor bad; the field itself may still show the pseudo-header's sum. */
static void a_cut_segment_is_not_verified(void **state) {
    struct segment segment;
    (void)state;
    make(&segment, GOOD + 1);
    segment.packet.octets.len = LEN - 1;
    assert_int_equal(capan_tcp_checksum(&segment.packet), CAPAN_CHECKSUM_UNKNOWN);
    make(&segment, WITH_LEN);
    segment.packet.octets.len = FIELD_AT + 2;
    assert_int_equal(capan_tcp_checksum(&segment.packet), CAPAN_CHECKSUM_PARTIAL);
    segment.packet.octets.len = FIELD_AT + 1;
    assert_int_equal(capan_tcp_checksum(&segment.packet), CAPAN_CHECKSUM_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_checksum_is_judged_by_its_value),
        cmocka_unit_test(a_cut_segment_is_not_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
