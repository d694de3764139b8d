/* SPDX-License-Identifier: MIT */
/* An engine whose exchanges are judged later, by notes, says what one says that judges at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capan/analysis.h"

enum { HEADER = 20, MILLISECOND = 1000000, SAID = 1 << 16, NOTES = 512 };

/* What the sink was told, a line each; what is told of connections is not in one order with it. */
struct told {
    char said[SAID];
    size_t len;
    uint64_t of_connections;
    struct capan_totals totals;
    size_t finding_count;
};

static void say(struct told *told, const char *line) {
    const size_t len = strlen(line);
    assert_true(told->len + len < sizeof told->said);
    memcpy(told->said + told->len, line, len + 1);
    told->len += len;
}

static void tell_exchange(void *context, const struct capan_exchange *exchange) {
    char line[256], text[CAPAN_EXPLAIN_TEXT];
    snprintf(line, sizeof line, "\n%u.%u %.*s %u outcome %u violations %llx fin %u resent %u late %lld index %u: ",
             (unsigned)exchange->stream, (unsigned)exchange->request.first_frame, (int)exchange->method.len,
             exchange->method.len ? (const char *)exchange->method.at : "", (unsigned)exchange->status,
             (unsigned)exchange->outcome, (unsigned long long)exchange->violations, (unsigned)exchange->crossed_fin,
             (unsigned)exchange->resent, (long long)exchange->delayed_ns, (unsigned)exchange->index);
    say(context, line);
    capan_exchange_explain(exchange, text);
    say(context, text);
}

static void tell_content(void *context, const struct capan_content *content) {
    char line[64];
    snprintf(line, sizeof line, "\ncontent %u at %u: ", (unsigned)content->number, (unsigned)content->offset);
    say(context, line);
    snprintf(line, sizeof line, "%.*s", (int)content->octets.len, (const char *)content->octets.at);
    say(context, line);
}

static void tell_page(void *context, const struct capan_page *page) {
    char line[64];
    snprintf(line, sizeof line, "\npage %u of %u requests", (unsigned)page->number, (unsigned)page->requests);
    say(context, line);
}

static void tell_connection(void *context, const struct capan_connection *connection) {
    ((struct told *)context)->of_connections += connection->exchanges;
}

/* --- notes --- */

/* Each is a block of its own, so that a sanitizer sees who looks beyond it. refused: every so many; 0 none. */
struct notes {
    void *at[NOTES];
    size_t count, asked, refused;
};

static void *room(void *context, size_t len) {
    struct notes *notes = context;
    if (notes->refused && ++notes->asked % notes->refused == 0) return NULL;
    assert_true(notes->count < NOTES);
    return notes->at[notes->count++] = malloc(len);
}

static void hear_all(struct notes *notes, struct capan_analysis *analysis) {
    for (size_t i = 0; i < notes->count; i++) {
        capan_analysis_hear(analysis, notes->at[i]);
        free(notes->at[i]);
    }
    notes->count = 0;
}

/* --- a capture --- */

struct line {
    uint16_t from, to; /* ports */
    uint8_t flags;
    const char *payload;
    bool again; /* what came before, once more */
};

#define C(port, ...)                                                                                                   \
    { 40000 + (port), 80, __VA_ARGS__ }
#define S(port, ...)                                                                                                   \
    { 80, 40000 + (port), __VA_ARGS__ }
#define ACK  CAPAN_TH_ACK
#define GET  "GET /a HTTP/1.1\r\nHost: h\r\n"
#define OK_A "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"a\"\r\nContent-Length: 2\r\n\r\nhi"

/* Validation, what is sent again, HEAD, an interim response, trailers, a request that crosses a FIN, a tunnel, an
 * orphan, and a request that is never answered. */
static const struct line lines[] = {
    C(0, CAPAN_TH_SYN, NULL, false),
    S(0, CAPAN_TH_SYN | ACK, NULL, false),
    C(0, ACK, GET "\r\n", false),
    S(0, ACK, OK_A, false),
    S(0, ACK, OK_A, true),
    C(0, ACK, GET "If-None-Match: \"a\"\r\n\r\n" GET "\r\n", false),
    S(0, ACK, "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", false),
    S(0, ACK, OK_A, false),
    C(0, ACK, "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", false),
    S(0, ACK, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", false),
    C(0, ACK, "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", false),
    S(0, ACK, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nETag: \"t\"\r\n\r\n", false),
    C(0, ACK, GET "\r\n", false),
    S(0, CAPAN_TH_FIN | ACK, NULL, false),
    C(0, CAPAN_TH_RST | ACK, NULL, false),
    C(1, CAPAN_TH_SYN, NULL, false),
    S(1, CAPAN_TH_SYN | ACK, NULL, false),
    C(1, ACK, "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", false),
    S(1, ACK, "HTTP/1.1 200 OK\r\n\r\n", false),
    C(1, ACK, GET "\r\n", false),
    S(1, ACK, OK_A, false),
    S(2, ACK, OK_A, false),
    C(3, ACK, GET "\r\n", false),
};
enum { CLIENTS = 4, EXCHANGES = 10 };

struct capture {
    struct capan_analysis *analysis;
    uint32_t frame, sent[CLIENTS][2]; /* by client, by server */
};

static void put(struct capture *capture, const struct line *line) {
    const bool by_server = line->from == 80;
    uint32_t *sent = capture->sent[(by_server ? line->to : line->from) - 40000];
    uint8_t octets[HEADER + 256] = {(uint8_t)(line->from >> 8), (uint8_t)line->from, (uint8_t)(line->to >> 8),
                                    (uint8_t)line->to};
    const uint32_t len = line->payload ? (uint32_t)strlen(line->payload) : 0;
    const uint32_t seq = sent[by_server] - (line->again ? len : 0);
    for (int i = 0; i < 4; i++) {
        octets[4 + i] = (uint8_t)(seq >> (24 - 8 * i));
        octets[8 + i] = (uint8_t)(sent[!by_server] >> (24 - 8 * i));
    }
    sent[by_server] = seq + len + !!(line->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN));
    octets[12] = 5 << 4;
    octets[13] = line->flags;
    octets[14] = 0xff;
    if (len) memcpy(octets + HEADER, line->payload, len);
    capture->frame++;
    const struct capan_packet packet = {.time_ns = capture->frame * (int64_t)MILLISECOND,
                                        .frame = capture->frame,
                                        .ttl = 64,
                                        .ip_header_len = 20,
                                        .src = {4, {10, 0, 0, by_server}},
                                        .dst = {4, {10, 0, 0, !by_server}},
                                        .octets = {octets, HEADER + len},
                                        .wire_len = (uint32_t)(HEADER + len)};
    assert_int_equal(capan_analysis_segment(capture->analysis, &packet, CAPAN_STREAM_AUTO, NULL), CAPAN_OK);
}

/* notes NULL: judged at once. Notes are heard when all was read, or after each segment. */
static void run(struct told *told, struct notes *notes, bool each) {
    const struct capan_config config = {.seed = 1,
                                        .page = tell_page,
                                        .content = tell_content,
                                        .notes = notes ? (struct capan_notes){room, notes} : (struct capan_notes){0}};
    const struct capan_sink sink = {.exchange = tell_exchange, .connection = tell_connection, .context = told};
    struct capture capture = {.analysis = capan_analysis_new(&config, &sink, NULL)};
    const struct capan_finding *findings;
    *told = (struct told){.len = 0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        put(&capture, &lines[i]);
        if (notes && each) hear_all(notes, capture.analysis);
    }
    capan_analysis_finish(capture.analysis);
    if (notes) hear_all(notes, capture.analysis);
    capan_analysis_totals(capture.analysis, &told->totals);
    told->finding_count = capan_analysis_findings(capture.analysis, &findings);
    capan_analysis_free(capture.analysis);
}

static void test_later_says_what_at_once_does(void **state) {
    static struct told at_once, later;
    static struct notes notes;
    (void)state;
    run(&at_once, NULL, false);
    assert_non_null(strstr(at_once.said, "page 1"));
    assert_int_equal(at_once.totals.exchanges, EXCHANGES);
    for (int each = 0; each < 2; each++) {
        run(&later, &notes, each);
        assert_string_equal(later.said, at_once.said);
        assert_int_equal(later.of_connections, at_once.of_connections);
        assert_int_equal(later.finding_count, at_once.finding_count);
        assert_int_equal(later.totals.exchanges, at_once.totals.exchanges);
        assert_int_equal(later.totals.saved, at_once.totals.saved);
        assert_int_equal(later.totals.memory_peak, at_once.totals.memory_peak);
    }
}

/* What they were to say is lost, and nothing else. */
static void test_notes_may_be_refused(void **state) {
    static struct told told;
    static struct notes notes;
    (void)state;
    for (size_t refused = 1; refused < 100; refused++) {
        notes = (struct notes){.refused = refused};
        run(&told, &notes, false);
        assert_true(told.totals.exchanges <= EXCHANGES);
        if (refused == 1) assert_int_equal(told.totals.exchanges, 0);
        if (refused > 40) assert_true(told.totals.exchanges >= EXCHANGES - 2);
    }
}

/* Notes that nobody hears. */
static void test_freed_with_exchanges_in_flight(void **state) {
    static struct told told;
    static struct notes notes;
    const struct capan_config config = {.notes = {room, &notes}};
    const struct capan_sink sink = {.exchange = tell_exchange, .context = &told};
    (void)state;
    struct capture capture = {.analysis = capan_analysis_new(&config, &sink, NULL)};
    for (size_t i = 0; i < 3; i++) put(&capture, &lines[i]);
    hear_all(&notes, capture.analysis);
    capan_analysis_free(capture.analysis);
    assert_int_equal(notes.count, 0);
    assert_int_equal(told.len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_later_says_what_at_once_does),
        cmocka_unit_test(test_notes_may_be_refused),
        cmocka_unit_test(test_freed_with_exchanges_in_flight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
