/* SPDX-License-Identifier: MIT */
/* Which request a response answers, as tables: RFC 9112 9.3.2 and, where the capture has holes, what each side had of
 * the other's octets; RFC 9113 5.1.1 by stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pairing.h"

enum { WAITING_MAX = 3, NONE = -1 };

/* at: offset of the request; heard: octets of answers that were there before it. */
#define WAITS(at, heard)                                                                                               \
    { .request_start = (at), .asked_at = (heard) }
#define ANSWERED(at, heard)                                                                                            \
    { .request_start = (at), .asked_at = (heard), .is_answered = true }
#define AFTER_LOSS(at, heard)                                                                                          \
    { .request_start = (at), .asked_at = (heard), .after_loss = true }

/* What waits, in order; the response that begins; the expected answer, and which of those that wait it names. */
static const struct row {
    const char *what;
    size_t count;
    struct capan_pair waiting[WAITING_MAX];
    struct capan_response_begins response;
    enum capan_pairing pairing;
    int pair;
} rows[] = {
    {"nothing waits", 0, {{0}}, {.start = 0}, CAPAN_PAIRS_WITH_NONE, NONE},
    {"the first that waits", 2, {WAITS(0, 0), WAITS(80, 0)}, {.start = 0, .read_to = 160}, CAPAN_PAIRS, 0},
    {"not one that is being answered",
     2,
     {ANSWERED(0, 0), WAITS(80, 0)},
     {.start = 100, .read_to = 160},
     CAPAN_PAIRS,
     1},
    {"all are being answered", 1, {ANSWERED(0, 0)}, {.start = 100, .read_to = 80}, CAPAN_PAIRS_WITH_NONE, NONE},
    {"requests are missing, and the server had only those",
     1,
     {AFTER_LOSS(300, 0)},
     {.start = 0, .known_to = 200, .read_to = 380},
     CAPAN_PAIRS_WITH_NONE,
     NONE},
    {"requests are missing, and the server had this one",
     1,
     {AFTER_LOSS(300, 0)},
     {.start = 0, .known_to = 380, .read_to = 380},
     CAPAN_PAIRS,
     0},
    {"requests are missing, and it is not known what the server had",
     1,
     {AFTER_LOSS(300, 0)},
     {.start = 0, .read_to = 380},
     CAPAN_PAIRS,
     0},
    {"an earlier one waits, before those that are missing",
     2,
     {WAITS(0, 0), AFTER_LOSS(300, 0)},
     {.start = 0, .known_to = 200, .read_to = 380},
     CAPAN_PAIRS,
     0},
    {"responses may be lost: the one sent last before it",
     3,
     {WAITS(0, 0), WAITS(80, 100), WAITS(160, 200)},
     {.start = 200, .read_to = 240, .lost = true},
     CAPAN_PAIRS,
     2},
    {"responses may be lost: one sent after it began is not meant",
     3,
     {WAITS(0, 0), WAITS(80, 100), WAITS(160, 300)},
     {.start = 200, .read_to = 240, .lost = true},
     CAPAN_PAIRS,
     1},
    {"responses may be lost: of those sent together the first",
     2,
     {WAITS(0, 0), WAITS(80, 0)},
     {.start = 100, .read_to = 160, .lost = true},
     CAPAN_PAIRS,
     0},
    {"one response is lost for sure: not the first of those sent together",
     2,
     {WAITS(0, 0), WAITS(80, 0)},
     {.start = 100, .read_to = 160, .lost = true, .lost_head = true},
     CAPAN_PAIRS,
     1},
    {"one response is lost for sure, and no other waits",
     1,
     {WAITS(0, 0)},
     {.start = 100, .read_to = 80, .lost = true, .lost_head = true},
     CAPAN_PAIRS,
     0},
    {"its answer was lost, and the server had a request that was not read",
     1,
     {WAITS(0, 0)},
     {.start = 100, .known_to = 160, .read_to = 80, .lost = true},
     CAPAN_PAIRS_UNREAD,
     0},
    {"sent when the response began, though another one was not read",
     1,
     {WAITS(0, 100)},
     {.start = 100, .known_to = 160, .read_to = 80, .lost = true},
     CAPAN_PAIRS,
     0},
};

static void the_response_finds_its_request(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct capan_pair waiting[WAITING_MAX], *pair = NULL;
        for (size_t at = 0; at < row->count; at++) {
            waiting[at] = row->waiting[at];
            waiting[at].next = at + 1 < row->count ? &waiting[at + 1] : NULL;
        }
        enum capan_pairing pairing = capan_pair_response(row->count ? waiting : NULL, &row->response, &pair);
        int found = pair ? (int)(pair - waiting) : NONE;
        if (pairing != row->pairing || found != row->pair)
            fail_msg("%s: %d of %d, not %d of %d", row->what, (int)pairing, found, (int)row->pairing, row->pair);
    }
}

static void an_early_response_waits_for_what_the_server_had(void **state) {
    (void)state;
    static const struct {
        uint64_t known_to, read_to, request_start;
        bool is_early, is_orphan;
    } early[] = {
        {0, 0, 0, false, true},       /* nothing is known */
        {160, 160, 160, false, true}, /* all that it had was read */
        {160, 80, 80, true, false},   /* the rest is its request */
        {160, 80, 159, true, false},  /* behind a hole, still octets that it had */
        {160, 80, 160, true, true},   /* the next request is one that it had not */
    };
    for (size_t i = 0; i < sizeof early / sizeof *early; i++) {
        const struct capan_response_begins response = {.known_to = early[i].known_to, .read_to = early[i].read_to};
        const struct capan_pair pair = {.known_to = early[i].known_to};
        assert_int_equal(capan_pair_is_early(&response), early[i].is_early);
        assert_int_equal(capan_pair_is_orphan(&pair, early[i].request_start), early[i].is_orphan);
    }
}

/* What the peer had is what it had acknowledged by then; of frames older than what is kept the oldest counts. */
static void the_history_tells_what_the_peer_had(void **state) {
    (void)state;
    struct capan_heard heard = {0};
    assert_int_equal(capan_heard_with(&heard, 10), 0);
    capan_heard_acked(&heard, 50, 2, false);
    assert_int_equal(capan_heard_with(&heard, 10), 0);
    for (uint32_t i = 1; i <= 3; i++) capan_heard_acked(&heard, i * 100, i * 10, true);
    static const struct {
        uint32_t frame;
        uint64_t offset;
    } three[] = {{5, 0}, {10, 100}, {19, 100}, {20, 200}, {30, 300}, {99, 300}};
    for (size_t i = 0; i < sizeof three / sizeof *three; i++)
        assert_int_equal(capan_heard_with(&heard, three[i].frame), three[i].offset);
    capan_heard_acked(&heard, 300, 35, true);
    assert_int_equal(capan_heard_with(&heard, 99), 300);
    for (uint32_t i = 4; i <= 5; i++) capan_heard_acked(&heard, i * 100, i * 10, true);
    assert_int_equal(capan_heard_with(&heard, 5), 200);
    assert_int_equal(capan_heard_with(&heard, 50), 500);
}

static void octets_that_nobody_acknowledged_are_not_missing(void **state) {
    (void)state;
    struct capan_heard heard = {0};
    assert_false(capan_heard_lacks(&heard, 100));
    capan_heard_gap(&heard, 100);
    assert_true(capan_heard_lacks(&heard, 150)); /* no ACK was captured: nobody knows better */
    capan_heard_acked(&heard, 100, 1, false);
    assert_false(capan_heard_lacks(&heard, 150)); /* they were lost on the way */
    capan_heard_acked(&heard, 101, 2, false);
    assert_true(capan_heard_lacks(&heard, 150));
    capan_heard_head(&heard);
    assert_false(capan_heard_lacks(&heard, 150));
    capan_heard_acked(&heard, 151, 3, false);
    assert_false(capan_heard_lacks(&heard, 150)); /* the FIN counts for one */
    capan_heard_acked(&heard, 152, 4, false);
    assert_true(capan_heard_lacks(&heard, 150));
}

/* RFC 9113 5.1.1: numbers go up, those of either side for themselves, and a stream is asked on once. */
static void a_stream_is_asked_on_once(void **state) {
    (void)state;
    static const struct {
        int64_t stream;
        bool request, in_flight;
        enum capan_stream_part part;
    } heads[] = {
        {1, true, false, CAPAN_STREAM_IS_OVER}, {7, true, false, CAPAN_STREAM_IS_OVER},
        {9, true, false, CAPAN_STREAM_BEGINS},  {9, false, false, CAPAN_STREAM_BEGINS},
        {7, false, true, CAPAN_STREAM_GOES_ON}, {7, true, true, CAPAN_STREAM_REPEATED},
        {9, false, true, CAPAN_STREAM_GOES_ON}, {2, true, false, CAPAN_STREAM_IS_OVER},
        {4, false, false, CAPAN_STREAM_BEGINS}, {INT64_MAX, true, false, CAPAN_STREAM_BEGINS},
    };
    struct capan_streams_asked asked = {{0}};
    capan_stream_asked(&asked, 7);
    capan_stream_asked(&asked, 2);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        assert_int_equal(capan_pair_stream(&asked, heads[i].stream, heads[i].request, heads[i].in_flight),
                         heads[i].part);
    }
    assert_int_equal(capan_pair_stream(NULL, 1, true, false), CAPAN_STREAM_BEGINS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_response_finds_its_request),
        cmocka_unit_test(an_early_response_waits_for_what_the_server_had),
        cmocka_unit_test(the_history_tells_what_the_peer_had),
        cmocka_unit_test(octets_that_nobody_acknowledged_are_not_missing),
        cmocka_unit_test(a_stream_is_asked_on_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
