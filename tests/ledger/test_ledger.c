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

static void verdicts_are_found_by_frame(void **state) {
    static const uint8_t kinds[] = {CAPAN_KIND_SYN, CAPAN_KIND_SYN_ACK, CAPAN_KIND_HANDSHAKE_ACK, CAPAN_KIND_DATA_NEW,
                                    CAPAN_KIND_DATA_NEW};
    const struct capan_config config = {.seed = 1};
    struct capan_ledger *ledger = capan_ledger_new(&config, &capan_libc);
    struct capan_stored_segment stored;
    uint32_t stream = 7;
    (void)state;
    assert_non_null(ledger);
    feed_all(ledger);
    capan_analysis_finish(capan_ledger_analysis(ledger));
    for (uint32_t i = 0; i < sizeof kinds; i++) {
        assert_true(capan_ledger_segment(ledger, 10 * (i + 1), 0, &stored));
        assert_int_equal(stored.segment.kind, kinds[i]);
        assert_int_equal(stored.segment.frame, 10 * (i + 1));
        assert_int_equal(stored.first_of_kind, i != 4);
        assert_false(capan_ledger_segment(ledger, 10 * (i + 1), 1, &stored));
    }
    assert_true(capan_ledger_segment(ledger, 60, 0, &stored));
    assert_int_equal(stored.segment.acks_count, 1);
    assert_int_equal(stored.acks[0], 50);
    assert_false(capan_ledger_segment(ledger, 55, 0, &stored));
    assert_false(capan_ledger_segment(ledger, 61, 0, &stored));
    assert_true(capan_ledger_stream(ledger, 40, &stream));
    assert_int_equal(stream, 0);
    assert_false(capan_ledger_stream(ledger, 41, &stream));
    capan_ledger_free(ledger);
}

static void an_exchange_is_on_both_its_frames(void **state) {
    const struct capan_config config = {.seed = 1};
    struct capan_ledger *ledger = capan_ledger_new(&config, &capan_libc);
    (void)state;
    assert_non_null(ledger);
    feed_all(ledger);
    capan_analysis_finish(capan_ledger_analysis(ledger));
    const struct capan_exchange_part *request = capan_ledger_exchanges(ledger, 40);
    const struct capan_exchange_part *response = capan_ledger_exchanges(ledger, 50);
    assert_non_null(request);
    assert_non_null(response);
    assert_ptr_equal(request->of, response->of);
    assert_null(request->next);
    assert_false(request->is_end);
    assert_true(response->is_end);
    assert_true(response->of->first_outcome);
    assert_int_equal(response->of->exchange->status, 200);
    assert_memory_equal(response->of->exchange->target.at, "/a", 2);
    assert_null(capan_ledger_exchanges(ledger, 60));
    assert_null(capan_ledger_connections(ledger, 50));
    assert_non_null(capan_ledger_connections(ledger, 60));
    assert_int_equal(capan_ledger_connections(ledger, 60)->connection.first_frame, 10);
    capan_ledger_free(ledger);
}

/* What may still change is shown as the analysis has it. */
static void a_pending_verdict_is_provisional(void **state) {
    const struct capan_config config = {.seed = 1};
    struct capan_ledger *ledger = capan_ledger_new(&config, &capan_libc);
    struct capan_stored_segment before, after;
    uint32_t stream;
    (void)state;
    assert_non_null(ledger);
    feed_all(ledger);
    assert_true(capan_ledger_segment(ledger, 60, 0, &before));
    assert_true(capan_ledger_stream(ledger, 60, &stream));
    capan_analysis_finish(capan_ledger_analysis(ledger));
    assert_true(capan_ledger_segment(ledger, 60, 0, &after));
    assert_int_equal(before.segment.kind, after.segment.kind);
    assert_int_not_equal(after.segment.certainty, CAPAN_PROVISIONAL);
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
        struct capan_stored_segment stored;
        if (!ledger) continue;
        feed_all(ledger);
        capan_analysis_finish(capan_ledger_analysis(ledger));
        for (uint32_t frame = 10; frame <= 60; frame++) {
            uint32_t stream;
            capan_ledger_segment(ledger, frame, 0, &stored);
            capan_ledger_stream(ledger, frame, &stream);
            capan_ledger_exchanges(ledger, frame);
        }
        capan_ledger_free(ledger);
        assert_int_equal(failing.held, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_found_by_frame),
        cmocka_unit_test(an_exchange_is_on_both_its_frames),
        cmocka_unit_test(a_pending_verdict_is_provisional),
        cmocka_unit_test(without_memory_less_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
