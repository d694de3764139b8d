/* SPDX-License-Identifier: MIT */
/* Requests and responses of one connection paired: properties over splits, pipelining, holes, and memory that is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "failing.h"
#include "http1_bench.h"

enum { LOG_MAX = 8192 };

/* One connection and what was said of it. */
struct talk {
    struct failing memory;
    struct bench bench;
    uint32_t frame;
    char log[LOG_MAX];
    bool with_frames;
};

static void hear(void *context, struct capan_exchange *exchange) {
    struct talk *talk = context;
    size_t len = strlen(talk->log);
    snprintf(talk->log + len, LOG_MAX - len, "%.*s %.*s %u %s %s body %llu missing %llu digest %d",
             (int)exchange->method.len, (const char *)exchange->method.at, (int)exchange->target.len,
             (const char *)exchange->target.at, exchange->status, capan_http_outcomes[exchange->outcome].token,
             capan_http_reasons[exchange->reason].token, (unsigned long long)exchange->response.body_len,
             (unsigned long long)exchange->response.body_missing, exchange->body_digest != 0);
    len = strlen(talk->log);
    if (talk->with_frames)
        snprintf(talk->log + len, LOG_MAX - len, " frames %u %u", exchange->request.first_frame,
                 exchange->response.first_frame);
    strncat(talk->log, "\n", LOG_MAX - strlen(talk->log) - 1);
}

static bool begin(struct talk *talk, size_t refuse) {
    memset(talk, 0, sizeof *talk);
    failing_init(&talk->memory, refuse);
    return bench_open(&talk->bench, &talk->memory.alloc, hear, talk);
}

static void end(struct talk *talk) {
    if (talk->bench.http1)
        bench_end(&talk->bench, CAPAN_C2S, CAPAN_ENDED_CAPTURE, (struct moment){talk->frame, talk->frame});
    bench_close(&talk->bench);
    assert_int_equal(talk->memory.held, 0);
}

static void say_span(struct talk *talk, enum capan_direction direction, struct capan_span octets) {
    talk->frame++;
    bench_octets(&talk->bench, direction, octets, (struct moment){talk->frame, (int64_t)talk->frame * 1000000});
}

static void say(struct talk *talk, enum capan_direction direction, const char *text) {
    say_span(talk, direction, span_of(text));
}

#define ASK(target, fields)          "GET " target " HTTP/1.1\r\nHost: a.example\r\n" fields "\r\n"
#define ANSWER(status, fields, body) "HTTP/1.1 " status " X\r\n" fields "\r\n" body

static const char *const asked[] = {
    ASK("/a", ""),
    ASK("/b", ""),
    ASK("/a", "If-None-Match: \"1\"\r\n"),
    "HEAD /b HTTP/1.1\r\nHost: a.example\r\n\r\n",
    "POST /c HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ASK("/d", "")};
static const char *const answered[] = {
    ANSWER("200", "ETag: \"1\"\r\nContent-Length: 5\r\n", "hello"),
    ANSWER("200", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n"),
    ANSWER("304", "ETag: \"1\"\r\n", ""),
    ANSWER("200", "Content-Length: 11\r\n", ""),
    ANSWER("100", "", "") ANSWER("201", "Content-Length: 0\r\n", ""),
    ANSWER("404", "Content-Length: 100\r\n",
           "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")};
enum { TALKS = sizeof asked / sizeof *asked };

static const char verdicts[] = "GET /a 200 first-fetch first-seen body 5 missing 0 digest 1\n"
                               "GET /b 200 first-fetch first-seen body 11 missing 0 digest 1\n"
                               "GET /a 304 not-modified etag-strong-equal body 0 missing 0 digest 0\n";

/* The client waits for each answer, or sends all at once. */
static void take_turns(struct talk *talk, bool pipelined) {
    for (int i = 0; i < TALKS; i++) {
        say(talk, CAPAN_C2S, asked[i]);
        if (!pipelined) say(talk, CAPAN_S2C, answered[i]);
    }
    for (int i = 0; pipelined && i < TALKS; i++) say(talk, CAPAN_S2C, answered[i]);
}

static void pipelining_changes_no_verdict_but_what_was_known(void **state) {
    (void)state;
    struct talk turns, pipelined;
    assert_true(begin(&turns, 0) && begin(&pipelined, 0));
    take_turns(&turns, false);
    take_turns(&pipelined, true);
    end(&turns);
    end(&pipelined);
    assert_memory_equal(turns.log, verdicts, sizeof verdicts - 1);
    for (const char *a = turns.log, *b = pipelined.log; *a; a = strchr(a, '\n') + 1, b = strchr(b, '\n') + 1) {
        assert_memory_equal(a, b, strcspn(a, "0123456789") + 3);
    }
}

/* Both directions' octets, cut at every place into two, and into pieces of each size. */
static void say_in_pieces(struct talk *talk, enum capan_direction direction, const char *text, size_t first,
                          size_t piece) {
    struct capan_span rest = span_of(text);
    say_span(talk, direction, span_cut(rest, 0, first));
    for (rest = span_cut(rest, first, SIZE_MAX); rest.len; rest = span_cut(rest, piece, SIZE_MAX)) {
        say_span(talk, direction, span_cut(rest, 0, piece));
    }
}

static void splits_change_nothing(void **state) {
    (void)state;
    struct talk whole, split;
    assert_true(begin(&whole, 0));
    take_turns(&whole, false);
    end(&whole);
    for (size_t cut = 0; cut < 240; cut++) {
        assert_true(begin(&split, 0));
        for (int i = 0; i < TALKS; i++) {
            say_in_pieces(&split, CAPAN_C2S, asked[i], cut, 1 + cut % 7);
            say_in_pieces(&split, CAPAN_S2C, answered[i], cut, 1 + cut % 11);
        }
        end(&split);
        assert_string_equal(split.log, whole.log);
    }
}

/* A hole of each size at each place of the answers: no crash, all is given back, and the last exchange is found when
 * the hole is over before it. */
static void holes_anywhere(void **state) {
    (void)state;
    struct talk talk;
    char answers[2048] = "";
    size_t before_last = 0;
    for (int i = 0; i < TALKS; i++) {
        if (i == TALKS - 1) before_last = strlen(answers);
        strcat(answers, answered[i]);
    }
    struct capan_span octets = span_of(answers);
    for (size_t at = 0; at < octets.len; at++) {
        for (size_t len = 1; at + len <= octets.len && len < 200; len += 1 + len / 3) {
            assert_true(begin(&talk, 0));
            for (int i = 0; i < TALKS; i++) say(&talk, CAPAN_C2S, asked[i]);
            say_span(&talk, CAPAN_S2C, span_cut(octets, 0, at));
            bench_gap(&talk.bench, CAPAN_S2C, len, (struct moment){talk.frame, 0});
            say_span(&talk, CAPAN_S2C, span_cut(octets, at + len, SIZE_MAX));
            end(&talk);
            if (at + len < before_last) assert_non_null(strstr(talk.log, " 404 "));
        }
    }
}

/* A client that waits for each answer, and a hole over one answer's head: the next one still gets its own. */
static void a_lost_answer_does_not_shift_the_others(void **state) {
    (void)state;
    struct talk talk;
    assert_true(begin(&talk, 0));
    say(&talk, CAPAN_C2S, ASK("/1", ""));
    say(&talk, CAPAN_S2C, ANSWER("201", "Content-Length: 0\r\n", ""));
    say(&talk, CAPAN_C2S, ASK("/2", ""));
    bench_gap(&talk.bench, CAPAN_S2C, 50, (struct moment){talk.frame, 0});
    say(&talk, CAPAN_S2C, "the rest of a body");
    say(&talk, CAPAN_C2S, ASK("/3", ""));
    say(&talk, CAPAN_S2C, ANSWER("203", "Content-Length: 0\r\n", ""));
    end(&talk);
    assert_non_null(strstr(talk.log, "GET /1 201"));
    assert_non_null(strstr(talk.log, "GET /2 0 no-response capture-gap"));
    assert_non_null(strstr(talk.log, "GET /3 203"));
}

/* The same, but the hole is named only after the next request: what was acknowledged tells. */
static void a_late_hole_does_not_shift_the_others(void **state) {
    (void)state;
    struct talk talk;
    assert_true(begin(&talk, 0));
    say(&talk, CAPAN_C2S, ASK("/1", ""));
    bench_acked(&talk.bench, CAPAN_S2C, 80, talk.frame + 1);
    say(&talk, CAPAN_C2S, ASK("/2", ""));
    bench_gap(&talk.bench, CAPAN_S2C, 80, (struct moment){talk.frame, 0});
    say(&talk, CAPAN_S2C, ANSWER("202", "Content-Length: 0\r\n", ""));
    end(&talk);
    assert_non_null(strstr(talk.log, "GET /1 0 no-response capture-gap"));
    assert_non_null(strstr(talk.log, "GET /2 202"));
}

/* The answer is captured before its request: it waits, because it acknowledges octets that were not read yet. */
static void an_answer_before_its_request(void **state) {
    (void)state;
    struct talk talk;
    const char *ask = ASK("/late", "");
    assert_true(begin(&talk, 0));
    say(&talk, CAPAN_C2S, ASK("/1", ""));
    say(&talk, CAPAN_S2C, ANSWER("201", "Content-Length: 0\r\n", ""));
    bench_acked(&talk.bench, CAPAN_C2S, strlen(ASK("/1", "")) + strlen(ask), talk.frame + 1);
    say(&talk, CAPAN_S2C, ANSWER("103", "", "") ANSWER("202", "ETag: \"e\"\r\nContent-Length: 2\r\n", "ok"));
    say(&talk, CAPAN_C2S, ask);
    say(&talk, CAPAN_C2S, ASK("/3", ""));
    say(&talk, CAPAN_S2C, ANSWER("203", "Content-Length: 0\r\n", ""));
    end(&talk);
    assert_non_null(strstr(talk.log, "GET /late 202"));
    assert_non_null(strstr(talk.log, "GET /3 203"));
}

/* A capture that joined a moment too late: the hole before the first answer is older than its request. */
static void a_hole_before_the_request_takes_no_answer(void **state) {
    (void)state;
    struct talk talk;
    assert_true(begin(&talk, 0));
    bench_acked(&talk.bench, CAPAN_S2C, 300, talk.frame + 1);
    say(&talk, CAPAN_C2S, ASK("/1", "") ASK("/2", ""));
    bench_gap(&talk.bench, CAPAN_S2C, 300, (struct moment){talk.frame, 0});
    say(&talk, CAPAN_S2C, ANSWER("201", "Content-Length: 0\r\n", "") ANSWER("202", "Content-Length: 0\r\n", ""));
    end(&talk);
    assert_non_null(strstr(talk.log, "GET /1 201"));
    assert_non_null(strstr(talk.log, "GET /2 202"));
}

/* It waits in vain: the request was lost. */
static void an_answer_whose_request_is_lost(void **state) {
    (void)state;
    struct talk talk;
    assert_true(begin(&talk, 0));
    say(&talk, CAPAN_C2S, ASK("/1", ""));
    say(&talk, CAPAN_S2C, ANSWER("201", "Content-Length: 0\r\n", ""));
    bench_acked(&talk.bench, CAPAN_C2S, strlen(ASK("/1", "")) + 50, talk.frame + 1);
    say(&talk, CAPAN_S2C, ANSWER("202", "Content-Length: 0\r\n", ""));
    bench_gap(&talk.bench, CAPAN_C2S, 50, (struct moment){talk.frame, 0});
    say(&talk, CAPAN_C2S, ASK("/3", ""));
    bench_acked(&talk.bench, CAPAN_C2S, strlen(ASK("/1", "")) + 50 + strlen(ASK("/3", "")), talk.frame + 1);
    say(&talk, CAPAN_S2C, ANSWER("203", "Content-Length: 0\r\n", ""));
    end(&talk);
    assert_non_null(strstr(talk.log, "  202 orphan-response"));
    assert_non_null(strstr(talk.log, "GET /3 203"));
}

static void roles_are_told_by_what_is_said(void **state) {
    (void)state;
    struct talk talk;
    assert_true(begin(&talk, 0));
    say(&talk, CAPAN_S2C, asked[0]);
    say(&talk, CAPAN_C2S, answered[0]);
    end(&talk);
    assert_non_null(strstr(talk.log, "GET /a 200"));
}

static void many_requests_are_bounded(void **state) {
    (void)state;
    static struct talk talk;
    assert_true(begin(&talk, 0));
    size_t held = 0;
    for (int i = 0; i < 5000; i++) {
        say(&talk, CAPAN_C2S, ASK("/x", ""));
        talk.log[0] = 0;
        if (i == 2000) held = talk.memory.held;
    }
    assert_true(talk.memory.held <= held + 4096);
    end(&talk);
}

static void other_protocols_are_given_up(void **state) {
    (void)state;
    struct talk talk;
    static const uint8_t hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
    assert_true(begin(&talk, 0));
    say_span(&talk, CAPAN_C2S, (struct capan_span){hello, sizeof hello});
    assert_false(bench_hopeless(&talk.bench));
    for (int i = 0; i < 1000; i++) say_span(&talk, CAPAN_S2C, (struct capan_span){hello, sizeof hello});
    assert_true(bench_hopeless(&talk.bench));
    end(&talk);
    assert_string_equal(talk.log, "");
}

static void refused_memory_loses_exchanges_and_nothing_else(void **state) {
    (void)state;
    size_t requests = SIZE_MAX;
    for (size_t refuse = 1; refuse <= requests; refuse++) {
        struct talk talk;
        bool begun = begin(&talk, refuse);
        for (int i = 0; begun && i < TALKS; i++) {
            say_in_pieces(&talk, CAPAN_C2S, asked[i], 9, 20);
            bench_acked(&talk.bench, CAPAN_C2S, i % 2 ? 10000 : 0, talk.frame + 1);
            say_in_pieces(&talk, CAPAN_S2C, answered[i], 5, 33);
        }
        requests = talk.memory.requests;
        end(&talk);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipelining_changes_no_verdict_but_what_was_known),
        cmocka_unit_test(splits_change_nothing),
        cmocka_unit_test(holes_anywhere),
        cmocka_unit_test(a_lost_answer_does_not_shift_the_others),
        cmocka_unit_test(a_late_hole_does_not_shift_the_others),
        cmocka_unit_test(an_answer_before_its_request),
        cmocka_unit_test(an_answer_whose_request_is_lost),
        cmocka_unit_test(a_hole_before_the_request_takes_no_answer),
        cmocka_unit_test(roles_are_told_by_what_is_said),
        cmocka_unit_test(many_requests_are_bounded),
        cmocka_unit_test(other_protocols_are_given_up),
        cmocka_unit_test(refused_memory_loses_exchanges_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
