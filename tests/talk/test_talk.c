/* SPDX-License-Identifier: MIT */
/* Random conversations, in random pieces: each exchange is found with its request, status and body, whatever the bodies
 * hold, in turns or pipelined. A conversation that fails names its seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "http1_bench.h"

enum { EXCHANGES_MAX = 12, OCTETS_MAX = 1 << 16, TALKS = 3000 };

/* What one side sends. */
struct text {
    uint8_t at[OCTETS_MAX];
    size_t len;
};

struct expected {
    const char *method;
    unsigned target, status, interim;
    size_t request_body, response_body;
};

struct talk {
    uint32_t seed, random;
    struct text sent[2];
    size_t request_end[EXCHANGES_MAX], response_end[EXCHANGES_MAX];
    struct expected expected[EXCHANGES_MAX];
    size_t count, found;
    struct bench bench;
    bool failed;
};

static uint32_t below(struct talk *talk, uint32_t limit) {
    talk->random = talk->random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(talk->random >> 8) * limit >> 24);
}

static void say(struct text *text, const char *format, ...) CAPAN_PRINTF(2, 3);

static void say(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    text->len += (size_t)vsnprintf((char *)text->at + text->len, OCTETS_MAX - text->len, format, arguments);
    va_end(arguments);
    assert_true(text->len < OCTETS_MAX);
}

/* Octets that look like anything, messages above all. */
static void say_body(struct talk *talk, struct text *text, size_t len) {
    static const char lure[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nGET / HTTP/1.1\r\n\r\n0\r\n\r\n";
    size_t shift = below(talk, sizeof lure);
    for (size_t i = 0; i < len; i++) text->at[text->len++] = (uint8_t)lure[(i + shift) % sizeof lure];
}

static void say_chunks(struct talk *talk, struct text *text, size_t len) {
    static const char *const extensions[] = {"", "", ";a=b", ";q=\"x;y\""};
    while (len) {
        size_t chunk = 1 + below(talk, (uint32_t)len);
        say(text, "%zx%s\r\n", chunk, extensions[below(talk, 4)]);
        say_body(talk, text, chunk);
        say(text, "\r\n");
        len -= chunk;
    }
    say(text, "0\r\n%s\r\n", below(talk, 3) ? "" : "Trailing: 1\r\n");
}

static void say_fields(struct talk *talk, struct text *text) {
    for (uint32_t i = below(talk, 6); i; i--) say(text, "X-%u:%*s\r\n", i, (int)below(talk, 60), "v");
}

/* A body in a coding of its own, its fields and the end of the head. */
static void say_content(struct talk *talk, struct text *text, size_t len) {
    bool chunked = below(talk, 2);
    if (chunked)
        say(text, "Transfer-Encoding: chunked\r\n\r\n");
    else
        say(text, "Content-Length: %zu\r\n\r\n", len);
    if (chunked)
        say_chunks(talk, text, len);
    else
        say_body(talk, text, len);
}

static void say_request(struct talk *talk, struct expected *expected, unsigned target) {
    static const char *const methods[] = {"GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "get"};
    struct text *text = &talk->sent[CAPAN_C2S];
    expected->method = methods[below(talk, 8)];
    expected->target = target;
    bool has_body = expected->method[0] == 'P';
    expected->request_body = has_body ? below(talk, 900) : 0;
    say(text, "%s%s /%u HTTP/1.1\r\nHost: a.example\r\n", below(talk, 9) ? "" : "\r\n", expected->method, target);
    say_fields(talk, text);
    if (has_body)
        say_content(talk, text, expected->request_body);
    else
        say(text, "\r\n");
}

static void say_response(struct talk *talk, struct expected *expected) {
    static const unsigned statuses[] = {200, 200, 200, 204, 206, 304, 404, 500};
    struct text *text = &talk->sent[CAPAN_S2C];
    expected->status = statuses[below(talk, 8)];
    expected->interim = below(talk, 3) ? 0 : 1 + below(talk, 2);
    for (unsigned i = 0; i < expected->interim; i++) say(text, "HTTP/1.1 10%u Wait\r\nX: y\r\n\r\n", i * 3);
    say(text, "HTTP/1.1 %u Reason\r\n", expected->status);
    say_fields(talk, text);
    bool bodiless = expected->status == 204 || expected->status == 304 || strcmp(expected->method, "HEAD") == 0;
    expected->response_body = bodiless ? 0 : below(talk, 3000);
    if (!bodiless)
        say_content(talk, text, expected->response_body);
    else
        say(text, "%s\r\n", expected->status == 204 || below(talk, 2) ? "" : "Content-Length: 77\r\n");
}

static void hear(void *context, struct capan_exchange *exchange) {
    struct talk *talk = context;
    const struct expected *expected = &talk->expected[talk->found++];
    char target[16];
    snprintf(target, sizeof target, "/%u", expected->target);
    bool right = talk->found <= talk->count && span_equal(exchange->method, span_of(expected->method)) &&
                 span_equal(exchange->target, span_of(target)) && exchange->status == expected->status &&
                 exchange->interim_count == expected->interim && exchange->request.body_len == expected->request_body &&
                 exchange->response.body_len == expected->response_body && exchange->request.complete &&
                 exchange->response.complete && !exchange->response.body_missing;
    if (right || talk->failed) return;
    talk->failed = true;
    print_error("seed %u: exchange %zu is not %s %s %u\n", talk->seed, talk->found, expected->method, target,
                expected->status);
}

static void feed(struct talk *talk, enum capan_direction direction, size_t *from, size_t to) {
    uint32_t largest = below(talk, 4) ? 1 + below(talk, 1500) : OCTETS_MAX;
    while (*from < to) {
        size_t len = min_u32(1 + below(talk, largest), (uint32_t)(to - *from));
        bench_octets(&talk->bench, direction, (struct capan_span){talk->sent[direction].at + *from, len},
                     (struct moment){1, 1});
        *from += len;
    }
}

static void compose(struct talk *talk, uint32_t seed) {
    memset(talk, 0, sizeof *talk);
    talk->seed = talk->random = seed;
    talk->count = 1 + below(talk, EXCHANGES_MAX);
    for (size_t i = 0; i < talk->count; i++) {
        say_request(talk, &talk->expected[i], (unsigned)i);
        talk->request_end[i] = talk->sent[CAPAN_C2S].len;
        say_response(talk, &talk->expected[i]);
        talk->response_end[i] = talk->sent[CAPAN_S2C].len;
    }
}

static void hold(struct talk *talk) {
    assert_true(bench_open(&talk->bench, &capan_libc, hear, talk));
    size_t asked = 0, answered = 0;
    bool pipelined = below(talk, 2);
    if (pipelined) feed(talk, CAPAN_C2S, &asked, talk->sent[CAPAN_C2S].len);
    for (size_t i = 0; i < talk->count; i++) {
        if (!pipelined) feed(talk, CAPAN_C2S, &asked, talk->request_end[i]);
        feed(talk, CAPAN_S2C, &answered, talk->response_end[i]);
    }
    bench_end(&talk->bench, CAPAN_C2S, CAPAN_ENDED_CAPTURE, (struct moment){1, 1});
    bench_close(&talk->bench);
}

static void every_exchange_is_found(void **state) {
    (void)state;
    static struct talk talk;
    for (uint32_t seed = 1; seed <= TALKS; seed++) {
        compose(&talk, seed);
        hold(&talk);
        assert_false(talk.failed);
        assert_int_equal(talk.found, talk.count);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_exchange_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
