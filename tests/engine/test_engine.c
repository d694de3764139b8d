/* SPDX-License-Identifier: MIT */
/* The engine with segments built in memory: which connection a segment belongs to, memory, order of report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "capan/analysis.h"
#include "failing.h"
#include "icmp.h"
#include "ping.h"
#include "roles.h"

enum { HEADER = 20, MILLISECOND = 1000000, ROWS_MAX = 4096 };

/* What the sink was told, in order. */
struct told {
    size_t segments, connections, exchanges;
    uint32_t streams[ROWS_MAX], frames[ROWS_MAX];
    uint8_t kinds[ROWS_MAX];
    struct capan_connection last;
    uint32_t resent, delayed_in; /* of the last exchange */
    int64_t delayed_ns;
    const struct capan_token *delayed_by;
    uint32_t crossed_fin;
    struct capan_exchange exchange; /* the last one; its spans are gone */
};

static void tell_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct told *told = context;
    (void)acks;
    assert_int_equal(segment->stream, connection->stream);
    if (told->segments < ROWS_MAX) {
        told->streams[told->segments] = segment->stream;
        told->frames[told->segments] = segment->frame;
        told->kinds[told->segments] = segment->kind;
    }
    told->segments++;
}

static void tell_connection(void *context, const struct capan_connection *connection) {
    struct told *told = context;
    told->last = *connection;
    told->connections++;
}

static void tell_exchange(void *context, const struct capan_exchange *exchange) {
    struct told *told = context;
    assert_int_equal(exchange->index, told->exchanges);
    told->resent = exchange->resent;
    told->delayed_in = exchange->delayed_in;
    told->delayed_ns = exchange->delayed_ns;
    told->delayed_by = exchange->delayed_by;
    told->crossed_fin = exchange->crossed_fin;
    told->exchange = *exchange;
    told->exchanges++;
}

/* One capture being written into an analysis. */
struct capture {
    struct capan_analysis *analysis;
    struct told told;
    uint32_t frame;
    int64_t time_ns;
};

static void open_capture(struct capture *capture, struct capan_config config, const struct capan_alloc *alloc) {
    struct capan_sink sink = {tell_segment, tell_exchange, tell_connection, &capture->told};
    memset(capture, 0, sizeof *capture);
    capture->analysis = capan_analysis_new(&config, &sink, alloc);
}

struct line {
    uint32_t path;
    uint16_t from, to; /* ports; the lower host has the lower port */
    uint32_t seq, ack;
    uint8_t flags;
    const char *payload;
};

static void put32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static enum capan_result put_line(struct capture *capture, struct line line) {
    uint8_t octets[HEADER + 512] = {0};
    size_t len = line.payload ? strlen(line.payload) : 0;
    octets[0] = (uint8_t)(line.from >> 8), octets[1] = (uint8_t)line.from;
    octets[2] = (uint8_t)(line.to >> 8), octets[3] = (uint8_t)line.to;
    put32(octets + 4, line.seq);
    put32(octets + 8, line.ack);
    octets[12] = 5 << 4;
    octets[13] = line.flags;
    octets[14] = 0xff;
    if (len) memcpy(octets + HEADER, line.payload, len);
    capture->frame++;
    capture->time_ns += MILLISECOND;
    struct capan_packet packet = {.time_ns = capture->time_ns,
                                  .frame = capture->frame,
                                  .path = line.path,
                                  .ttl = 64,
                                  .ip_header_len = 20,
                                  .src = {4, {10, 0, 0, line.from < line.to}},
                                  .dst = {4, {10, 0, 0, line.from >= line.to}},
                                  .octets = {octets, HEADER + len},
                                  .wire_len = (uint32_t)(HEADER + len)};
    return capan_analysis_segment(capture->analysis, &packet, CAPAN_STREAM_AUTO, NULL);
}

static void shake_hands(struct capture *capture, uint32_t path, uint16_t port, uint32_t isn) {
    put_line(capture, (struct line){path, port, 80, isn, 0, CAPAN_TH_SYN, NULL});
    put_line(capture, (struct line){path, 80, port, isn + 5000, isn + 1, CAPAN_TH_SYN | CAPAN_TH_ACK, NULL});
    put_line(capture, (struct line){path, port, 80, isn + 1, isn + 5001, CAPAN_TH_ACK, NULL});
}

static void close_capture(struct capture *capture) {
    capan_analysis_finish(capture->analysis);
    capan_analysis_free(capture->analysis);
}

static void same_ports_in_two_vlans_are_two_connections(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    shake_hands(&capture, 10, 4000, 1000);
    shake_hands(&capture, 20, 4000, 900000000);
    put_line(&capture, (struct line){10, 4000, 80, 1001, 6001, CAPAN_TH_ACK | CAPAN_TH_PSH,
                                     "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"});
    put_line(&capture, (struct line){20, 4000, 80, 900000001, 900005001, CAPAN_TH_ACK | CAPAN_TH_PSH,
                                     "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"});
    close_capture(&capture);
    assert_int_equal(capture.told.connections, 2);
    assert_int_equal(capture.told.exchanges, 2);
    assert_int_equal(capture.told.kinds[3], CAPAN_KIND_SYN);
}

static void twins_that_open_at_once_are_told_apart_by_their_vlans(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    for (uint32_t path = 10; path <= 20; path += 10)
        put_line(&capture, (struct line){path, 4000, 80, path, 0, CAPAN_TH_SYN, NULL});
    for (uint32_t path = 10; path <= 20; path += 10)
        put_line(&capture, (struct line){path, 80, 4000, path + 70000, path + 1, CAPAN_TH_SYN | CAPAN_TH_ACK, NULL});
    for (uint32_t path = 10; path <= 20; path += 10)
        put_line(&capture, (struct line){path, 4000, 80, path + 1, path + 70001, CAPAN_TH_ACK, NULL});
    close_capture(&capture);
    assert_int_equal(capture.told.connections, 2);
    for (size_t i = 4; i < 6; i++) assert_int_equal(capture.told.kinds[i], CAPAN_KIND_HANDSHAKE_ACK);
}

static void two_directions_in_two_vlans_are_one_connection(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    put_line(&capture, (struct line){10, 4000, 80, 1000, 0, CAPAN_TH_SYN, NULL});
    put_line(&capture, (struct line){20, 80, 4000, 70000, 1001, CAPAN_TH_SYN | CAPAN_TH_ACK, NULL});
    put_line(&capture, (struct line){10, 4000, 80, 1001, 70001, CAPAN_TH_ACK, NULL});
    close_capture(&capture);
    assert_int_equal(capture.told.connections, 1);
    assert_int_equal(capture.told.last.tcp.open, CAPAN_OPEN_THREE_WAY);
}

static void ports_used_again_are_another_stream(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    for (uint32_t i = 0; i < 5; i++) shake_hands(&capture, 0, 4000, 1000 + i * 100000000);
    close_capture(&capture);
    assert_int_equal(capture.told.connections, 5);
    for (size_t i = 0; i < 15; i++) assert_int_equal(capture.told.streams[i], i / 3);
}

static void segments_come_in_order_of_frames(void **state) {
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    for (uint16_t port = 4000; port < 4040; port++) shake_hands(&capture, 0, port, port * 1000u);
    close_capture(&capture);
    assert_int_equal(capture.told.segments, 120);
    for (size_t i = 0; i < 120; i++) assert_int_equal(capture.told.frames[i], i + 1);
}

/* One resend on a connection that falls silent; thousands of segments follow on another, within seconds. */
static void a_resend_is_settled_by_time_though_its_connection_is_silent(void **state) {
    struct capture capture;
    struct capan_totals totals;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    shake_hands(&capture, 0, 4000, 1000);
    shake_hands(&capture, 0, 4001, 1000);
    for (unsigned i = 0; i < 2; i++, capture.time_ns += INT64_C(300) * MILLISECOND)
        put_line(&capture, (struct line){0, 4000, 80, 1001, 6001, CAPAN_TH_ACK, "said twice"});
    put_line(&capture, (struct line){0, 80, 4000, 6001, 1011, CAPAN_TH_ACK, NULL});
    const uint32_t silent_since = capture.frame;
    for (uint32_t i = 0; i < 800; i++)
        put_line(&capture, (struct line){0, 4001, 80, 1001 + i, 6001, CAPAN_TH_ACK, "x"});
    assert_in_range(capture.told.segments, 0, silent_since);
    for (uint32_t i = 0; i < 800; i++) {
        put_line(&capture, (struct line){0, 4001, 80, 1801 + i, 6001, CAPAN_TH_ACK, "x"});
        put_line(&capture, (struct line){0, 80, 4001, 6001, 1802 + i, CAPAN_TH_ACK, NULL});
    }
    assert_in_range(capture.told.segments, capture.frame - 10, capture.frame);
    capan_analysis_totals(capture.analysis, &totals);
    assert_int_equal(totals.evicted_segments, 0);
    close_capture(&capture);
}

/* The server had the request for less time than the way there takes: somebody else sent the reset. */
static void an_answer_is_read_behind_a_reset_that_is_not_its_senders(void **state) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    shake_hands(&capture, 0, 4001, 1000);
    put_line(&capture, (struct line){0, 4000, 80, 1000, 0, CAPAN_TH_SYN, NULL});
    capture.time_ns += INT64_C(40) * MILLISECOND;
    put_line(&capture, (struct line){0, 80, 4000, 6000, 1001, CAPAN_TH_SYN | CAPAN_TH_ACK, NULL});
    put_line(&capture, (struct line){0, 4000, 80, 1001, 6001, CAPAN_TH_ACK, NULL});
    put_line(&capture, (struct line){0, 4000, 80, 1001, 6001, CAPAN_TH_ACK, request});
    const uint32_t behind = 1001 + sizeof request - 1;
    put_line(&capture, (struct line){0, 80, 4000, 6001, behind, CAPAN_TH_RST | CAPAN_TH_ACK, NULL});
    for (uint32_t i = 0; i < 40; i++) put_line(&capture, (struct line){0, 4001, 80, 1001 + i, 6001, CAPAN_TH_ACK, "x"});
    put_line(&capture,
             (struct line){0, 80, 4000, 6001, behind, CAPAN_TH_ACK, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    close_capture(&capture);
    assert_int_equal(capture.told.exchanges, 1);
    assert_int_equal(capture.told.exchange.status, 200);
}

static void a_flood_of_syns_keeps_to_the_budget(void **state) {
    enum { BUDGET = 1 << 20, FLOOD = 60000 };
    struct capture capture;
    struct capan_totals totals;
    (void)state;
    open_capture(&capture, (struct capan_config){.memory = BUDGET, .window_segments = 1024}, NULL);
    for (uint32_t i = 0; i < FLOOD; i++)
        put_line(&capture, (struct line){0, (uint16_t)(i + 1000), 80, i * 77777u, 0, CAPAN_TH_SYN, NULL});
    capan_analysis_totals(capture.analysis, &totals);
    assert_true(totals.memory_peak < BUDGET);
    assert_true(totals.evicted_connections > 0);
    close_capture(&capture);
    assert_int_equal(capture.told.segments, FLOOD);
    assert_true(capture.told.connections >= FLOOD - 1000);
}

static void every_refused_allocation_fails_cleanly(void **state) {
    (void)state;
    for (size_t k = 1; k < 400; k++) {
        struct failing failing;
        struct capture capture;
        failing_init(&failing, k);
        open_capture(&capture, (struct capan_config){.window_segments = 16}, &failing.alloc);
        if (capture.analysis) {
            shake_hands(&capture, 0, 4000, 1000);
            put_line(&capture, (struct line){0, 4000, 80, 1001, 6001, CAPAN_TH_ACK,
                                             "GET /a HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"1\"\r\n\r\n"});
            put_line(&capture, (struct line){0, 80, 4000, 6001, 1051, CAPAN_TH_ACK,
                                             "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 2\r\n\r\nab"});
            put_line(&capture, (struct line){0, 80, 4000, 6200, 1051, CAPAN_TH_ACK, "early"});
            close_capture(&capture);
        }
        assert_int_equal(failing.held, 0);
    }
}

static void an_icmp_error_names_the_segment(void **state) {
    uint8_t message[8 + 20 + 8] = {3, 4, 0, 0, 0, 0, 0x05, 0x14, 0x45};
    struct capan_packet packet = {.src = {4, {192, 0, 2, 1}}, .octets = {message, sizeof message}};
    struct icmp_quote quote;
    (void)state;
    message[8 + 9] = 6;
    message[8 + 12] = 10, message[8 + 16] = 11;
    put32(message + 28, 4000u << 16 | 80);
    put32(message + 32, 12345);
    assert_true(capan_icmp_read(&quote, &packet));
    assert_int_equal(quote.error, CAPAN_ICMP_ERROR_FRAGMENTATION);
    assert_int_equal(quote.mtu, 1300);
    assert_int_equal(quote.seq, 12345);
    assert_int_equal(quote.from.port, 4000);
    for (size_t len = 0; len < sizeof message; len++) {
        packet.octets.len = len;
        assert_false(capan_icmp_read(&quote, &packet));
    }
}

/* The response's first segment is lost behind this point and sent again by the timer; the exchange before it was not
 * held up. */
static void an_exchange_says_what_held_it_up(void **state) {
    static const char request[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
                      response[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
    enum { ASKED = sizeof request - 1, SAID = sizeof response - 1 };
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    shake_hands(&capture, 0, 4000, 1000);
    put_line(&capture, (struct line){0, 4000, 80, 1001, 6001, CAPAN_TH_ACK | CAPAN_TH_PSH, request});
    put_line(&capture, (struct line){0, 80, 4000, 6001, 1001 + ASKED, CAPAN_TH_ACK | CAPAN_TH_PSH, response});
    assert_int_equal(capture.told.exchanges, 1);
    assert_null(capture.told.delayed_by);
    put_line(&capture, (struct line){0, 4000, 80, 1001 + ASKED, 6001 + SAID, CAPAN_TH_ACK | CAPAN_TH_PSH, request});
    put_line(&capture, (struct line){0, 80, 4000, 6001 + SAID, 1001 + 2 * ASKED, CAPAN_TH_ACK, "HTTP/1.1 200 OK\r\n"});
    capture.time_ns += 400 * MILLISECOND;
    put_line(&capture, (struct line){0, 80, 4000, 6001 + SAID, 1001 + 2 * ASKED, CAPAN_TH_ACK, "HTTP/1.1 200 OK\r\n"});
    put_line(&capture,
             (struct line){0, 80, 4000, 6018 + SAID, 1001 + 2 * ASKED, CAPAN_TH_ACK, "Content-Length: 0\r\n\r\n"});
    assert_int_equal(capture.told.exchanges, 2);
    assert_int_equal(capture.told.resent, 1);
    assert_int_equal(capture.told.delayed_in, 8);
    assert_int_equal(capture.told.delayed_ns, 401 * MILLISECOND);
    assert_ptr_equal(capture.told.delayed_by, &capan_tcp_kinds[CAPAN_KIND_RETRANSMIT_RTO]);
    close_capture(&capture);
}

/* The server closes the idle connection while the client's next request is on its way (RFC 9112 9.5). */
static void a_request_that_crosses_a_fin_says_so(void **state) {
    static const char request[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    struct capture capture;
    (void)state;
    open_capture(&capture, (struct capan_config){0}, NULL);
    shake_hands(&capture, 0, 4000, 1000);
    put_line(&capture, (struct line){0, 4000, 80, 1001, 6001, CAPAN_TH_ACK | CAPAN_TH_PSH, request});
    put_line(&capture, (struct line){0, 80, 4000, 6001, 1001, CAPAN_TH_ACK | CAPAN_TH_FIN, NULL});
    put_line(&capture, (struct line){0, 80, 4000, 6002, 1001, CAPAN_TH_RST, NULL});
    close_capture(&capture);
    assert_int_equal(capture.told.exchanges, 1);
    assert_int_equal(capture.told.crossed_fin, 5);
}

static struct capan_packet echo(uint32_t frame, uint8_t type, uint8_t number, struct capan_span octets,
                                bool from_client) {
    uint8_t *at = (uint8_t *)(uintptr_t)octets.at;
    at[0] = type;
    at[7] = number;
    return (struct capan_packet){.frame = frame,
                                 .octets = octets,
                                 .wire_len = (uint32_t)octets.len,
                                 .ip_header_len = 20,
                                 .dont_fragment = true,
                                 .src = {4, {10, 0, 0, !from_client}},
                                 .dst = {4, {10, 0, 0, from_client}}};
}

static void pings_that_must_not_be_fragmented_tell_the_mtu(void **state) {
    static uint8_t fits[1460], exceeds[1461];
    uint8_t refusal[8 + 28] = {3, 4, 0, 0, 0, 0, 0x05, 0xc8, 0x45};
    struct pings pings = {0};
    struct capan_ping ping;
    const struct capan_address client = {4, {10, 0, 0, 0}}, server = {4, {10, 0, 0, 1}}, other = {4, {10, 0, 0, 9}};
    struct capan_packet packet = echo(1, 8, 1, (struct capan_span){fits, sizeof fits}, true);
    (void)state;
    capan_pings_learn(&pings, &packet);
    assert_false(capan_pings_tell(&pings, &client, &server, &ping));
    packet = echo(2, 0, 1, (struct capan_span){fits, sizeof fits}, false);
    capan_pings_learn(&pings, &packet);
    packet = echo(3, 8, 2, (struct capan_span){exceeds, sizeof exceeds}, true);
    capan_pings_learn(&pings, &packet);
    refusal[8 + 9] = 1, refusal[8 + 12] = 10, refusal[8 + 16] = 10, refusal[8 + 19] = 1;
    packet = (struct capan_packet){.frame = 4, .src = {4, {192, 0, 2, 1}}, .octets = {refusal, sizeof refusal}};
    capan_pings_learn(&pings, &packet);
    assert_true(capan_pings_tell(&pings, &client, &server, &ping));
    assert_false(ping.elsewhere);
    assert_int_equal(ping.passed, 1480);
    assert_int_equal(ping.passed_frame, 1);
    assert_int_equal(ping.refused, 1481);
    assert_int_equal(ping.refused_frame, 4);
    assert_int_equal(ping.mtu, 1480);
    assert_true(capan_pings_tell(&pings, &client, &other, &ping));
    assert_true(ping.elsewhere);
    assert_false(capan_pings_tell(&pings, &other, &server, &ping));
}

static void midstream_roles_follow_what_is_said(void **state) {
    struct capan_tcp_header header = {.src_port = 80, .dst_port = 4000, .flags = CAPAN_TH_ACK};
    (void)state;
    assert_false(capan_role_is_client(&header));
    header.payload = (struct capan_span){(const uint8_t *)"GET / HTTP/1.1\r\n", 16};
    assert_true(capan_role_is_client(&header));
    header.flags |= CAPAN_TH_SYN;
    assert_false(capan_role_is_client(&header));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_ports_in_two_vlans_are_two_connections),
        cmocka_unit_test(twins_that_open_at_once_are_told_apart_by_their_vlans),
        cmocka_unit_test(two_directions_in_two_vlans_are_one_connection),
        cmocka_unit_test(ports_used_again_are_another_stream),
        cmocka_unit_test(segments_come_in_order_of_frames),
        cmocka_unit_test(a_resend_is_settled_by_time_though_its_connection_is_silent),
        cmocka_unit_test(an_answer_is_read_behind_a_reset_that_is_not_its_senders),
        cmocka_unit_test(a_flood_of_syns_keeps_to_the_budget),
        cmocka_unit_test(every_refused_allocation_fails_cleanly),
        cmocka_unit_test(an_icmp_error_names_the_segment),
        cmocka_unit_test(an_exchange_says_what_held_it_up),
        cmocka_unit_test(a_request_that_crosses_a_fin_says_so),
        cmocka_unit_test(pings_that_must_not_be_fragmented_tell_the_mtu),
        cmocka_unit_test(midstream_roles_follow_what_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
