/* SPDX-License-Identifier: MIT */
/* Which stream number a connection gets: as Wireshark 4.0 counts, TCP headers in ICMP errors included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capan/analysis.h"

enum { TCP_HEADER = 20, IP_HEADER = 20, ICMP_HEADER = 8, TCP = 6, STREAMS_MAX = 8 };

struct capture {
    struct capan_analysis *analysis;
    uint32_t frame;
    uint32_t stream[STREAMS_MAX]; /* of each segment */
    unsigned count;
};

static void tell(void *context, const struct capan_segment *segment, const uint32_t *acks,
                 const struct capan_connection *connection) {
    struct capture *capture = context;
    (void)acks, (void)connection;
    assert_true(capture->count < STREAMS_MAX);
    capture->stream[capture->count++] = segment->stream;
}

static void open_capture(struct capture *capture) {
    const struct capan_sink sink = {.segment = tell, .context = capture};
    memset(capture, 0, sizeof *capture);
    capture->analysis = capan_analysis_new(&(struct capan_config){0}, &sink, NULL);
    assert_non_null(capture->analysis);
}

static void close_capture(struct capture *capture) {
    capan_analysis_finish(capture->analysis);
    capan_analysis_free(capture->analysis);
}

static void put_syn(uint8_t header[TCP_HEADER], uint8_t port, uint8_t isn) {
    memset(header, 0, TCP_HEADER);
    header[1] = port, header[3] = 80, header[7] = isn, header[12] = 5 << 4, header[13] = CAPAN_TH_SYN;
}

static void see_syn(struct capture *capture, uint8_t port, uint8_t isn) {
    uint8_t octets[TCP_HEADER];
    put_syn(octets, port, isn);
    const struct capan_packet packet = {.frame = ++capture->frame,
                                        .time_ns = (int64_t)capture->frame * 1000000000,
                                        .src = {4, {10, 0, 0, 1}},
                                        .dst = {4, {10, 0, 0, 2}},
                                        .octets = {octets, sizeof octets},
                                        .wire_len = sizeof octets};
    assert_int_equal(CAPAN_OK, capan_analysis_segment(capture->analysis, &packet, CAPAN_STREAM_AUTO, NULL));
}

/* A router quotes so many octets of a SYN's header. */
static void see_error(struct capture *capture, uint8_t type, uint8_t port, size_t quoted) {
    uint8_t octets[ICMP_HEADER + IP_HEADER + TCP_HEADER] = {type, 1};
    uint8_t *ip = octets + ICMP_HEADER;
    ip[0] = 0x45, ip[9] = TCP, ip[12] = 10, ip[15] = 1, ip[16] = 10, ip[19] = 2;
    put_syn(ip + IP_HEADER, port, 1);
    const struct capan_packet packet = {.frame = ++capture->frame,
                                        .src = {4, {10, 0, 0, 9}},
                                        .dst = {4, {10, 0, 0, 1}},
                                        .octets = {octets, ICMP_HEADER + IP_HEADER + quoted}};
    assert_int_equal(CAPAN_OK, capan_analysis_icmp(capture->analysis, &packet));
}

static void expect_streams(struct capture *capture, unsigned count, const uint32_t *expected) {
    close_capture(capture);
    assert_int_equal(capture->count, count);
    assert_memory_equal(capture->stream, expected, count * sizeof *expected);
}

static void a_quoted_header_is_a_stream_once(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture);
    see_error(&capture, 3, 7, TCP_HEADER);
    see_error(&capture, 11, 7, TCP_HEADER);
    see_syn(&capture, 8, 1);
    expect_streams(&capture, 1, (uint32_t[]){1});
}

static void a_connection_that_was_quoted_first_has_that_number(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture);
    see_error(&capture, 3, 7, TCP_HEADER);
    see_syn(&capture, 8, 1);
    see_syn(&capture, 7, 99);
    see_error(&capture, 3, 7, TCP_HEADER);
    see_syn(&capture, 9, 1);
    expect_streams(&capture, 3, (uint32_t[]){1, 0, 2});
}

/* Wireshark reads as far as the window before it looks for the conversation; a redirect is no error. */
static void too_short_a_quotation_is_none(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture);
    see_error(&capture, 3, 7, 15);
    see_error(&capture, 5, 7, TCP_HEADER);
    see_syn(&capture, 8, 1);
    see_error(&capture, 3, 7, 16);
    see_syn(&capture, 9, 1);
    expect_streams(&capture, 2, (uint32_t[]){0, 2});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quoted_header_is_a_stream_once),
        cmocka_unit_test(a_connection_that_was_quoted_first_has_that_number),
        cmocka_unit_test(too_short_a_quotation_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
