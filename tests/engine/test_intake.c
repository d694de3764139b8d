/* SPDX-License-Identifier: MIT */
/* Records in another order than their times: judged by time, reported and numbered by frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capan/analysis.h"

enum { HEADER = 20, SEGMENTS_MAX = 64, MS = 1000000 };

struct told {
    uint32_t frames[SEGMENTS_MAX], streams[SEGMENTS_MAX];
    uint8_t kinds[SEGMENTS_MAX];
    unsigned count;
};

static void tell(void *context, const struct capan_segment *segment, const uint32_t *acks,
                 const struct capan_connection *connection) {
    struct told *told = context;
    (void)connection;
    assert_true(told->count < SEGMENTS_MAX);
    for (uint32_t i = 0; i < segment->acks_count; i++) assert_in_range(acks[i], 1, SEGMENTS_MAX);
    told->frames[told->count] = segment->frame;
    told->streams[told->count] = segment->stream;
    told->kinds[told->count++] = segment->kind;
}

/* from: the last octet of its address, which is the port's, too. */
struct line {
    int64_t time_ns;
    uint8_t from, to, flags;
    uint32_t seq, ack, len;
};

static void put32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * (3 - i)));
}

static void see(struct capan_analysis *analysis, const struct line *line, uint32_t frame) {
    uint8_t octets[HEADER + 100] = {0};
    octets[1] = line->from, octets[3] = line->to;
    put32(octets + 4, line->seq);
    put32(octets + 8, line->ack);
    octets[12] = 5 << 4, octets[13] = line->flags, octets[14] = 0x20;
    const struct capan_packet packet = {.time_ns = line->time_ns,
                                        .frame = frame,
                                        .src = {4, {10, 0, 0, line->from}},
                                        .dst = {4, {10, 0, 0, line->to}},
                                        .octets = {octets, HEADER + line->len},
                                        .wire_len = HEADER + line->len,
                                        .ttl = 64};
    assert_int_equal(CAPAN_OK, capan_analysis_segment(analysis, &packet, CAPAN_STREAM_AUTO, NULL));
}

static void play(const struct line *lines, unsigned count, unsigned window, struct told *told) {
    const struct capan_sink sink = {.segment = tell, .context = told};
    const struct capan_config config = {.window_segments = window};
    memset(told, 0, sizeof *told);
    struct capan_analysis *analysis = capan_analysis_new(&config, &sink, NULL);
    assert_non_null(analysis);
    for (unsigned i = 0; i < count; i++) see(analysis, &lines[i], i + 1);
    capan_analysis_finish(analysis);
    capan_analysis_free(analysis);
}

enum { S = CAPAN_TH_SYN, A = CAPAN_TH_ACK, F = CAPAN_TH_FIN };

/* A client's data, each segment recorded behind its ACK; a second connection's SYN among them. */
static const struct line lines[] = {
    {0, 1, 2, S, 0, 0, 0},
    {1 * MS, 2, 1, S | A, 0, 1, 0},
    {2 * MS, 1, 2, A, 1, 1, 0},
    {3 * MS + 2000, 2, 1, A, 1, 101, 0},
    {3 * MS + 1000, 1, 2, A, 1, 1, 100},
    {4 * MS + 2000, 2, 1, A, 1, 201, 0},
    {4 * MS + 1000, 1, 2, A, 101, 1, 100},
    {5 * MS + 3000, 3, 2, S, 0, 0, 0},
    {5 * MS + 1000, 4, 2, S, 0, 0, 0},
    {6 * MS + 2000, 2, 1, A, 1, 301, 0},
    {6 * MS + 1000, 1, 2, A, 201, 1, 100},
};
enum { LINES = sizeof lines / sizeof *lines };

static void is_judged_by_time_and_told_by_frame(void **state) {
    struct told told;
    (void)state;
    play(lines, LINES, 0, &told);
    assert_int_equal(told.count, LINES);
    for (unsigned i = 0; i < LINES; i++) assert_int_equal(told.frames[i], i + 1);
    const unsigned acks[] = {4, 6, 10}, data[] = {5, 7, 11};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(told.kinds[acks[i] - 1], CAPAN_KIND_ACK_ADVANCE);
        assert_int_equal(told.kinds[data[i] - 1], CAPAN_KIND_DATA_NEW);
    }
    assert_int_equal(told.streams[7], 1);
    assert_int_equal(told.streams[8], 2);
}

/* However few may wait to be reported. */
static void loses_none_in_a_small_window(void **state) {
    struct told told;
    (void)state;
    for (unsigned window = 1; window <= 8; window++) {
        play(lines, LINES, window, &told);
        assert_int_equal(told.count, LINES);
        for (unsigned i = 0; i < LINES; i++) assert_int_equal(told.frames[i], i + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_judged_by_time_and_told_by_frame),
        cmocka_unit_test(loses_none_in_a_small_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
