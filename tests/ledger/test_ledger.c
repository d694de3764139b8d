/* SPDX-License-Identifier: MIT */
/* Verdicts by frame: an exchange of two segments, looked at while it is analysed, and afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "capan/ledger.h"
#include "failing.h"

enum { SYN = 2, PSH = 8, ACK = 16 };

static void write_be32(uint8_t *to, uint32_t number) {
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* A segment between 192.0.2.1:1024 and 192.0.2.2:80. */
static enum capan_result feed(struct capan_ledger *ledger, uint32_t frame, bool from_server, uint8_t flags,
                              uint32_t seq, uint32_t ack, const char *payload) {
    uint8_t octets[512] = {0};
    const struct capan_address client = {4, {192, 0, 2, 1}}, server = {4, {192, 0, 2, 2}};
    size_t len = strlen(payload);
    assert_true(len <= sizeof octets - 20);
    write_be32(octets, from_server ? 80u << 16 | 1024 : 1024u << 16 | 80);
    write_be32(octets + 4, seq);
    write_be32(octets + 8, ack);
    write_be32(octets + 12, 5u << 28 | (uint32_t)flags << 16 | 0xffff);
    memcpy(octets + 20, payload, len);
    const struct capan_packet packet = {.time_ns = (int64_t)frame * 1000000,
                                        .frame = frame,
                                        .src = from_server ? server : client,
                                        .dst = from_server ? client : server,
                                        .octets = {octets, 20 + len},
                                        .wire_len = (uint32_t)(20 + len)};
    return capan_ledger_tcp(ledger, &packet);
}

static const char REQUEST[] = "GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
static const char RESPONSE[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";

/* Frames 10, 20, ... 60: a handshake, a request, its response, the ACK of that. */
static void feed_all(struct capan_ledger *ledger) {
    uint32_t request_end = 1001 + sizeof REQUEST - 1, response_end = 5001 + sizeof RESPONSE - 1;
    feed(ledger, 10, false, SYN, 1000, 0, "");
    feed(ledger, 20, true, SYN | ACK, 5000, 1001, "");
    feed(ledger, 30, false, ACK, 1001, 5001, "");
    feed(ledger, 40, false, PSH | ACK, 1001, 5001, REQUEST);
    feed(ledger, 50, true, PSH | ACK, 5001, request_end, RESPONSE);
    feed(ledger, 60, false, ACK, request_end, response_end, "");
}

static struct capan_ledger *fed_ledger(void) {
    const struct capan_config config = {.seed = 1};
    struct capan_ledger *ledger = capan_ledger_new(&config, &capan_libc);
    assert_non_null(ledger);
    feed_all(ledger);
    capan_analysis_finish(capan_ledger_analysis(ledger));
    return ledger;
}

static void verdicts_are_found_by_frame(void **state) {
    static const uint8_t kinds[] = {CAPAN_KIND_SYN, CAPAN_KIND_SYN_ACK, CAPAN_KIND_HANDSHAKE_ACK, CAPAN_KIND_DATA_NEW,
                                    CAPAN_KIND_DATA_NEW};
    struct capan_ledger *ledger = fed_ledger();
    struct capan_verdicts verdicts;
    uint32_t stream = 7;
    (void)state;
    for (uint32_t i = 0; i < sizeof kinds; i++) {
        assert_true(capan_ledger_frame(ledger, 10 * (i + 1), &verdicts));
        assert_int_equal(verdicts.segment_count, 1);
        assert_int_equal(verdicts.segments[0].segment.kind, kinds[i]);
        assert_int_equal(verdicts.segments[0].segment.frame, 10 * (i + 1));
    }
    assert_true(capan_ledger_frame(ledger, 60, &verdicts));
    assert_int_equal(verdicts.segments[0].segment.acks_count, 1);
    assert_int_equal(verdicts.segments[0].acks[0], 50);
    assert_false(capan_ledger_frame(ledger, 55, &verdicts));
    assert_false(capan_ledger_frame(ledger, 61, &verdicts));
    assert_true(capan_ledger_stream(ledger, 40, &stream));
    assert_int_equal(stream, 0);
    assert_false(capan_ledger_stream(ledger, 41, &stream));
    capan_ledger_free(ledger);
}

static void an_exchange_is_on_both_its_frames(void **state) {
    struct capan_ledger *ledger = fed_ledger();
    struct capan_verdicts request, response, last;
    (void)state;
    assert_true(capan_ledger_frame(ledger, 40, &request));
    assert_true(capan_ledger_frame(ledger, 50, &response));
    assert_true(capan_ledger_frame(ledger, 60, &last));
    assert_non_null(request.exchanges);
    assert_non_null(response.exchanges);
    assert_ptr_equal(request.exchanges->of, response.exchanges->of);
    assert_null(request.exchanges->next);
    assert_false(request.exchanges->is_end);
    assert_true(response.exchanges->is_end);
    const struct capan_exchange *stored = response.exchanges->of;
    assert_int_equal(stored->status, 200);
    assert_memory_equal(stored->target.at, "/a", 2);
    assert_null(response.connections);
    assert_null(last.exchanges);
    assert_non_null(last.connections);
    assert_int_equal(last.connections->connection.first_frame, 10);
    capan_ledger_free(ledger);
}

/* What may still change is shown as the analysis has it. */
static void a_pending_verdict_is_provisional(void **state) {
    const struct capan_config config = {.seed = 1};
    struct capan_ledger *ledger = capan_ledger_new(&config, &capan_libc);
    struct capan_verdicts verdicts;
    uint32_t stream;
    (void)state;
    assert_non_null(ledger);
    feed_all(ledger);
    assert_true(capan_ledger_frame(ledger, 60, &verdicts));
    assert_true(capan_ledger_stream(ledger, 60, &stream));
    uint8_t kind = verdicts.segments[0].segment.kind;
    capan_analysis_finish(capan_ledger_analysis(ledger));
    assert_true(capan_ledger_frame(ledger, 60, &verdicts));
    assert_int_equal(verdicts.segments[0].segment.kind, kind);
    assert_int_not_equal(verdicts.segments[0].segment.certainty, CAPAN_PROVISIONAL);
    capan_ledger_free(ledger);
}

/* The response's frame, and all that hold no segment, are not shown: frames 10, 20, 30, 40 and 60 are 1 to 5. */
static void drop_all_but_five(struct capan_ledger *ledger) {
    for (uint32_t frame = 1; frame < 60; frame++)
        if (frame % 10 || frame == 50) assert_int_equal(capan_ledger_drop(ledger, frame), CAPAN_OK);
}

static void numbers_are_those_shown(void **state) {
    struct capan_ledger *ledger = fed_ledger();
    struct capan_verdicts verdicts;
    (void)state;
    drop_all_but_five(ledger);
    assert_int_equal(capan_ledger_in_capture(ledger, 1), 10);
    assert_int_equal(capan_ledger_in_capture(ledger, 4), 40);
    assert_int_equal(capan_ledger_in_capture(ledger, 5), 60);
    assert_true(capan_ledger_frame(ledger, 4, &verdicts));
    assert_int_equal(verdicts.segments[0].segment.frame, 4);
    assert_int_equal(verdicts.segments[0].segment.acked_in, 0);
    assert_int_equal(verdicts.exchanges->of->request.last_frame, 4);
    assert_int_equal(verdicts.exchanges->of->response.last_frame, 0);
    assert_memory_equal(verdicts.exchanges->of->target.at, "/a", 2);
    assert_true(capan_ledger_frame(ledger, 5, &verdicts));
    assert_int_equal(verdicts.segments[0].segment.frame, 5);
    assert_int_equal(verdicts.segments[0].segment.acks_count, 0);
    assert_int_equal(verdicts.connections->connection.first_frame, 1);
    assert_int_equal(verdicts.connections->connection.last_frame, 5);
    assert_int_equal(verdicts.connections->connection.tcp.handshake_frames[2], 3);
    assert_false(capan_ledger_frame(ledger, 6, &verdicts));
    capan_ledger_free(ledger);
}

static void findings_name_frames_that_are_shown(void **state) {
    struct capan_ledger *ledger = fed_ledger();
    const struct capan_finding *before, *after;
    uint32_t frames[64];
    (void)state;
    size_t count = capan_ledger_findings(ledger, &before);
    assert_in_range(count, 1, sizeof frames / sizeof *frames);
    for (size_t i = 0; i < count; i++) frames[i] = before[i].frames[0];
    drop_all_but_five(ledger);
    assert_int_equal(capan_ledger_findings(ledger, &after), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(after[i].frame_count, frames[i] == 50 ? 0 : 1);
        if (after[i].frame_count) assert_int_equal(capan_ledger_in_capture(ledger, after[i].frames[0]), frames[i]);
    }
    capan_ledger_free(ledger);
}

/* Whichever allocation is refused, nothing is read that was not kept, and all is given back. */
static void without_memory_less_is_kept(void **state) {
    (void)state;
    for (size_t refused = 1; refused < 200; refused++) {
        struct failing failing;
        failing_init(&failing, refused);
        const struct capan_config config = {.seed = 1};
        struct capan_ledger *ledger = capan_ledger_new(&config, &failing.alloc);
        struct capan_verdicts verdicts;
        const struct capan_finding *findings;
        if (!ledger) continue;
        feed_all(ledger);
        capan_analysis_finish(capan_ledger_analysis(ledger));
        capan_ledger_drop(ledger, 50);
        for (uint32_t frame = 10; frame <= 60; frame++) {
            uint32_t stream;
            capan_ledger_frame(ledger, frame, &verdicts);
            capan_ledger_stream(ledger, frame, &stream);
        }
        capan_ledger_findings(ledger, &findings);
        capan_ledger_free(ledger);
        assert_int_equal(failing.held, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_found_by_frame),         cmocka_unit_test(an_exchange_is_on_both_its_frames),
        cmocka_unit_test(a_pending_verdict_is_provisional),    cmocka_unit_test(numbers_are_those_shown),
        cmocka_unit_test(findings_name_frames_that_are_shown), cmocka_unit_test(without_memory_less_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
