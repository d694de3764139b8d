/* SPDX-License-Identifier: MIT */
/* What the caller decrypted: HTTP/2 of a TCP connection, and the packets of QUIC connections that speak HTTP/3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "capan/analysis.h"
#include "failing.h"
#include "toy.h"

enum { CLIENT_PORT = 40000, SERVER_PORT = 443 };

static const struct capan_endpoint client = {{4, {10, 0, 0, 1}}, CLIENT_PORT},
                                   server = {{4, {10, 0, 0, 2}}, SERVER_PORT};

/* --- a capture being written into an analysis, and what it says --- */

struct told {
    uint64_t exchanges, of_connection;
    struct capan_exchange last; /* its spans are gone */
};

static void tell_exchange(void *context, const struct capan_exchange *exchange) {
    struct told *told = context;
    told->last = *exchange;
    told->exchanges++;
}

static void tell_connection(void *context, const struct capan_connection *connection) {
    ((struct told *)context)->of_connection = connection->exchanges;
}

static struct capan_analysis *open_analysis(struct told *told, const struct capan_alloc *alloc, uint64_t memory) {
    const struct capan_config config = {.seed = 1, .memory = memory, .hpack = &toy_hpack, .qpack = &toy_qpack};
    const struct capan_sink sink = {.exchange = tell_exchange, .connection = tell_connection, .context = told};
    *told = (struct told){.exchanges = 0};
    return capan_analysis_new(&config, &sink, alloc);
}

struct octets {
    uint8_t at[512];
    size_t len;
};

static void put(struct octets *octets, const void *at, size_t len) {
    assert_true(octets->len + len <= sizeof octets->at);
    if (len) memcpy(octets->at + octets->len, at, len);
    octets->len += len;
}

/* --- HTTP/2 --- */

/* A SYN opens the TCP connection. */
static void open_tcp(struct capan_analysis *analysis) {
    uint8_t syn[20] = {CLIENT_PORT >> 8, CLIENT_PORT & 0xff, SERVER_PORT >> 8, SERVER_PORT & 0xff};
    syn[12] = 5 << 4, syn[13] = CAPAN_TH_SYN;
    const struct capan_packet packet = {.frame = 1,
                                        .ttl = 64,
                                        .src = client.address,
                                        .dst = server.address,
                                        .octets = {syn, sizeof syn},
                                        .wire_len = 20};
    assert_int_equal(CAPAN_OK, capan_analysis_segment(analysis, &packet, CAPAN_STREAM_AUTO, NULL));
}

static void say_in_http2(struct capan_analysis *analysis, const struct octets *octets) {
    const struct capan_plaintext plaintext = {
        .from = client, .to = server, .octets = {octets->at, octets->len}, .frame = 1};
    assert_int_equal(CAPAN_OK, capan_analysis_plaintext(analysis, &plaintext));
}

static void begin_http2(struct capan_analysis *analysis) {
    struct octets octets = {.len = 0};
    put(&octets, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    say_in_http2(analysis, &octets);
}

static const char GET[] = ":method:GET\n:path:/a\n:authority:a\n";
enum { GET_LEN = sizeof GET - 1 };

static void ask_in_http2(struct capan_analysis *analysis, uint32_t stream) {
    enum { HEADERS = 1, END_HEADERS = 4 };
    struct octets octets = {.len = 0};
    put(&octets, (uint8_t[]){0, 0, GET_LEN, HEADERS, END_HEADERS, 0, 0, (uint8_t)(stream >> 8), (uint8_t)stream}, 9);
    put(&octets, GET, GET_LEN);
    say_in_http2(analysis, &octets);
}

/* The oldest are given up; the end of the connection ends the others. */
static void streams_of_a_connection_are_bounded(void **state) {
    enum { ASKED = 3000, KEPT = 1024 };
    struct told told;
    struct capan_analysis *analysis = open_analysis(&told, NULL, 0);
    (void)state;
    open_tcp(analysis);
    begin_http2(analysis);
    for (uint32_t i = 0; i < ASKED; i++) ask_in_http2(analysis, 2 * i + 1);
    assert_int_equal(told.exchanges, ASKED - KEPT);
    ask_in_http2(analysis, 1); /* a stream is asked on once */
    capan_analysis_finish(analysis);
    assert_int_equal(told.exchanges, ASKED);
    assert_int_equal(told.of_connection, ASKED);
    capan_analysis_free(analysis);
}

/* --- HTTP/3 --- */

enum h3_frame { DATA = 0, HEADERS = 1 };

static void put_h3(struct octets *octets, enum h3_frame type, const char *payload) {
    const size_t len = strlen(payload) + (type == HEADERS); /* a section needs no insertions */
    put(octets, (uint8_t[]){(uint8_t)type, (uint8_t)(0x40 | len >> 8), (uint8_t)len, 0}, 3 + (type == HEADERS));
    put(octets, payload, strlen(payload));
}

/* All that one side says on a stream, in one packet with one STREAM frame without a length. */
static enum capan_result say_in_http3(struct capan_analysis *analysis, uint32_t connection, bool from_client,
                                      uint8_t stream, bool fin, const struct octets *said) {
    struct octets packet = {.len = 0};
    put(&packet, (uint8_t[]){(uint8_t)(0x08 | fin), stream}, 2);
    put(&packet, said->at, said->len);
    return capan_analysis_quic(analysis, &(struct capan_quic_packet){.connection = connection,
                                                                     .client = client,
                                                                     .server = server,
                                                                     .from_client = from_client,
                                                                     .plaintext = {packet.at, packet.len},
                                                                     .frame = 1 + !from_client,
                                                                     .time_ns = !from_client});
}

static enum capan_result ask_in_http3(struct capan_analysis *analysis, uint32_t connection, uint8_t stream) {
    struct octets octets = {.len = 0};
    put_h3(&octets, HEADERS, GET);
    return say_in_http3(analysis, connection, true, stream, true, &octets);
}

static enum capan_result answer_in_http3(struct capan_analysis *analysis, uint32_t connection, uint8_t stream) {
    struct octets octets = {.len = 0};
    put_h3(&octets, HEADERS, ":status:200\netag:\"e\"\n");
    put_h3(&octets, DATA, "body");
    return say_in_http3(analysis, connection, false, stream, true, &octets);
}

/* A QUIC connection has a number of its own. */
static void quic_is_no_stream_of_tcp(void **state) {
    struct told told;
    struct capan_analysis *analysis = open_analysis(&told, NULL, 0);
    (void)state;
    open_tcp(analysis);
    begin_http2(analysis);
    ask_in_http2(analysis, 4);
    ask_in_http3(analysis, 0, 4);
    capan_analysis_finish(analysis);
    assert_int_equal(told.exchanges, 2);
    assert_int_equal(told.of_connection, 1);
    capan_analysis_free(analysis);
}

/* The second time the client has it, and the server sends it again. */
static void exchanges_of_http3_are_judged(void **state) {
    struct told told;
    struct capan_analysis *analysis = open_analysis(&told, NULL, 0);
    struct octets octets = {.len = 0};
    (void)state;
    ask_in_http3(analysis, 7, 0);
    answer_in_http3(analysis, 7, 0);
    assert_int_equal(told.exchanges, 1);
    put_h3(&octets, HEADERS, ":method:GET\n:path:/a\n:authority:a\nif-none-match:\"e\"\n");
    say_in_http3(analysis, 7, true, 4, true, &octets);
    answer_in_http3(analysis, 7, 4);
    assert_int_equal(told.exchanges, 2);
    assert_int_equal(told.last.stream, 7);
    assert_int_equal(told.last.h2_stream, 4);
    assert_int_equal(told.last.request_version, 30);
    assert_int_equal(told.last.outcome, CAPAN_OUTCOME_UNCHANGED_RESENT);
    assert_int_equal(told.last.wasted, 4);
    assert_int_equal(told.last.client.port, CLIENT_PORT);
    assert_int_equal(told.last.request.last_frame, 1);
    assert_int_equal(told.last.response.last_frame, 2);
    capan_analysis_free(analysis);
}

/* RFC 9110 6.5: a second field section is the trailers, with their own place in the exchange. */
static void trailers_are_kept_apart(void **state) {
    struct told told;
    struct capan_analysis *analysis = open_analysis(&told, NULL, 0);
    struct octets octets = {.len = 0};
    (void)state;
    put_h3(&octets, HEADERS, ":method:GET\n:path:/\n");
    put_h3(&octets, HEADERS, "content-type:a/b\n");
    say_in_http3(analysis, 0, true, 0, true, &octets);
    octets.len = 0;
    put_h3(&octets, HEADERS, ":status:200\n");
    put_h3(&octets, DATA, "body");
    for (int again = 0; again < 3; again++) put_h3(&octets, HEADERS, "etag:\"t\"\n");
    say_in_http3(analysis, 0, false, 0, true, &octets);
    assert_int_equal(told.exchanges, 1);
    assert_int_equal(told.last.status, 200);
    assert_int_equal(told.last.request_framing, 1 << CAPAN_FRAMING_TRAILER_FORBIDDEN);
    assert_int_equal(told.last.response_framing, 0);
    assert_int_equal(told.last.response_trailer_count, 1);
    assert_int_equal(told.last.response_field_count, 0);
    capan_analysis_free(analysis);
}

/* Those not used for longest are given up; their exchanges end no later than the capture. */
static void quic_connections_keep_to_the_budget(void **state) {
    enum { CONNECTIONS = 20000, MEMORY = 8 << 20 };
    struct told told;
    struct capan_totals totals;
    struct capan_analysis *analysis = open_analysis(&told, NULL, MEMORY);
    (void)state;
    for (uint32_t number = 0; number < CONNECTIONS; number++) {
        ask_in_http3(analysis, number, 0);
        if (number % 2) answer_in_http3(analysis, number, 0);
    }
    capan_analysis_totals(analysis, &totals);
    capan_analysis_finish(analysis);
    assert_int_equal(told.exchanges, CONNECTIONS);
    assert_true(totals.memory_peak < 3 * MEMORY);
    capan_analysis_free(analysis);
}

static void every_refused_allocation_fails_cleanly(void **state) {
    (void)state;
    for (size_t refuse = 1; refuse < 200; refuse++) {
        struct failing memory;
        struct told told;
        failing_init(&memory, refuse);
        struct capan_analysis *analysis = open_analysis(&told, &memory.alloc, 0);
        for (uint8_t stream = 0; analysis && stream < 40; stream = (uint8_t)(stream + 4)) {
            ask_in_http3(analysis, 0, stream);
            answer_in_http3(analysis, 0, stream);
        }
        if (analysis) capan_analysis_finish(analysis);
        capan_analysis_free(analysis);
        assert_int_equal(memory.held, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(streams_of_a_connection_are_bounded),
                                       cmocka_unit_test(quic_is_no_stream_of_tcp),
                                       cmocka_unit_test(exchanges_of_http3_are_judged),
                                       cmocka_unit_test(trailers_are_kept_apart),
                                       cmocka_unit_test(quic_connections_keep_to_the_budget),
                                       cmocka_unit_test(every_refused_allocation_fails_cleanly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
