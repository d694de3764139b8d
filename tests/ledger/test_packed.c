/* SPDX-License-Identifier: MIT */
/* What is kept of a segment is all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packed.h"

static uint64_t state = 20260101;

static uint64_t next_number(void) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 20 ^ state << 30;
}

/* Any size from nothing to all bits. */
static uint64_t number(unsigned bits) {
    unsigned used = (unsigned)(next_number() % (bits + 1));
    return used ? next_number() >> (64 - used) : 0;
}

static struct capan_segment any_segment(void) {
    return (struct capan_segment){.serial = number(64),
                                  .time_ns = (int64_t)number(63),
                                  .seq = (int64_t)number(64),
                                  .ack = -(int64_t)number(40),
                                  .outstanding = (uint32_t)number(32),
                                  .flags = number(64),
                                  .operand = {(int64_t)number(64), (int64_t)number(64)},
                                  .rtt_ns = (int64_t)number(40) - 1,
                                  .rto_ns = (int64_t)number(40) - 1,
                                  .frame = (uint32_t)number(32),
                                  .stream = (uint32_t)number(32),
                                  .raw_seq = (uint32_t)number(32),
                                  .raw_ack = (uint32_t)number(32),
                                  .len = (uint32_t)number(32),
                                  .window = (uint32_t)number(32),
                                  .acked_in = (uint32_t)number(32),
                                  .because = {(uint32_t)number(32), (uint32_t)number(32), (uint32_t)number(32)},
                                  .acks_count = (uint32_t)number(5),
                                  .direction = (uint8_t)number(8),
                                  .kind = (uint8_t)number(8),
                                  .certainty = (uint8_t)number(8),
                                  .cause = (uint8_t)number(8),
                                  .rule = (uint8_t)number(8),
                                  .client_state = (uint8_t)number(8),
                                  .server_state = (uint8_t)number(8),
                                  .header_flags = (uint8_t)number(8),
                                  .open_questions = (uint8_t)number(8)};
}

/* Behind the last member is nothing that anybody sets. */
enum { MEMBERS = offsetof(struct capan_segment, open_questions) + 1 };

static void packing_keeps_everything(void **unused) {
    (void)unused;
    for (unsigned round = 0; round < 100000; round++) {
        struct capan_segment segment = any_segment(),
                             again = {.serial = segment.serial, .time_ns = segment.time_ns, .frame = segment.frame};
        uint32_t acks[32], acks_again[32];
        uint8_t packed[4096];
        for (size_t i = 0; i < segment.acks_count; i++) acks[i] = (uint32_t)number(32);
        const struct capan_bases bases = {.at = {(uint32_t)number(32), (uint32_t)number(32)}};
        size_t len = capan_pack(packed, &segment, acks, &bases);
        assert_true(len <= capan_packed_room(segment.acks_count));
        const uint8_t *packed_acks = capan_unpack(&again, packed, &bases);
        assert_int_equal(capan_unpack_stream(packed), segment.stream);
        capan_unpack_acks(acks_again, &again, packed_acks);
        assert_memory_equal(&segment, &again, MEMBERS);
        assert_memory_equal(acks, acks_again, segment.acks_count * sizeof *acks);
    }
}

enum { FRAME_MAX = 48, INDEX = 2 * sizeof(uint32_t) }; /* octets that a frame may cost, and its place */

static size_t len_of(const struct capan_segment *segment, const uint32_t *acks) {
    struct capan_bases bases = {.at = {0}};
    uint8_t packed[4096];
    capan_bases_learn(&bases, segment);
    return capan_pack(packed, segment, acks, &bases) + INDEX;
}

/* Segments of a transfer of some gigabytes. */
static void packing_is_short(void **unused) {
    (void)unused;
    const struct capan_segment data = {.seq = INT64_C(1) << 32,
                                       .ack = 700,
                                       .outstanding = 2000000,
                                       .flags = UINT64_C(1) << 30 | 1,
                                       .rtt_ns = -1,
                                       .rto_ns = -1,
                                       .frame = 1000000,
                                       .stream = 5000,
                                       .raw_seq = UINT32_MAX,
                                       .raw_ack = UINT32_MAX,
                                       .len = 1460,
                                       .window = 64000,
                                       .acked_in = 1000040,
                                       .direction = 1,
                                       .kind = 17,
                                       .certainty = CAPAN_LIKELY,
                                       .client_state = CAPAN_TCP_ESTABLISHED,
                                       .server_state = CAPAN_TCP_FIN_WAIT_1,
                                       .header_flags = 0x18};
    struct capan_segment ack = data, resent = data;
    const uint32_t acks[] = {999980, 999981};
    ack.len = 0;
    ack.rtt_ns = 35000000;
    ack.acked_in = 0;
    ack.acks_count = 2;
    resent.rto_ns = 300000000;
    resent.because[0] = 999000;
    resent.because[1] = 999990;
    assert_in_range(len_of(&data, NULL), 0, FRAME_MAX);
    assert_in_range(len_of(&ack, acks), 0, FRAME_MAX);
    assert_in_range(len_of(&resent, NULL), 0, FRAME_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(packing_keeps_everything), cmocka_unit_test(packing_is_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
