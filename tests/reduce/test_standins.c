/* SPDX-License-Identifier: MIT */
/* Stand-ins: as long, of the same kinds, the same for the same; messages keep what a verdict rests on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "messages.h"

static struct capan_standins standins;

static int open_standins(void **state) {
    (void)state;
    capan_standins_init(&standins, 7, &capan_libc);
    return 0;
}

static int close_standins(void **state) {
    (void)state;
    capan_standins_free(&standins);
    return 0;
}

static const char *of(const char *text) {
    static char all[4][128];
    static int next;
    char *to = all[next++ % 4];
    snprintf(to, sizeof all[0], "%s", text);
    capan_standin_text(&standins, (uint8_t *)to, strlen(to), CAPAN_KEEPS_WORDS);
    return to;
}

static void words_have_stand_ins_of_their_own(void **state) {
    (void)state;
    assert_string_equal(of("secret"), of("secret"));
    assert_string_not_equal(of("secret"), "secret");
    assert_string_not_equal(of("secret"), of("secreu"));
    assert_int_equal(strlen(of("secret-4711")), 11);
    const char *mixed = of("SecreT-4711");
    assert_true(mixed[0] >= 'A' && mixed[0] <= 'Z' && mixed[1] >= 'a' && mixed[6] == '-');
    for (int i = 7; i < 11; i++) assert_true(mixed[i] >= '0' && mixed[i] <= '9');
}

static void two_thousand_words_stay_apart(void **state) {
    enum { COUNT = 2000 };
    static char words[COUNT][8];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        snprintf(words[i], sizeof words[i], "k%05d", i);
        capan_standin_word(&standins, (uint8_t *)words[i], 6);
    }
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < i; j++)
            if (memcmp(words[i], words[j], 6) == 0) fail_msg("%d and %d have the same", i, j);
}

static void words_are_kept_where_it_is_said(void **state) {
    char text[] = "/private/x-cache/17 https://a.html";
    (void)state;
    capan_standin_text(&standins, (uint8_t *)text, strlen(text), CAPAN_KEEPS_NOTHING);
    assert_null(strstr(text, "private"));
    assert_null(strstr(text, "cache"));
    assert_null(strstr(text, "17"));
    assert_null(strstr(text, "html"));
    assert_non_null(strstr(text, " https://"));
    char numbers[] = "max-age=17";
    capan_standin_text(&standins, (uint8_t *)numbers, strlen(numbers), CAPAN_KEEPS_NUMBERS);
    assert_string_equal(numbers, "max-age=17");
}

static void words_of_the_protocol_stay(void **state) {
    (void)state;
    assert_string_equal(of("no-cache, must-revalidate"), "no-cache, must-revalidate");
    assert_string_equal(of("text/html"), "text/html");
    const char *tag = of("W/\"abc123-gzip\"");
    assert_memory_equal(tag, "W/\"", 3);
    assert_string_equal(tag + 9, "-gzip\"");
}

/* A stream of which all octets, or those but for a hole, are there. */
static struct capan_stream stream_of(const char *text, size_t hole, size_t hole_len) {
    static uint8_t octets[2][1024], there[2][1024];
    static int next;
    const int at = next++ % 2;
    const size_t len = strlen(text);
    memcpy(octets[at], text, len + 1);
    memset(there[at], 1, len);
    memset(there[at] + hole, 0, hole_len);
    return (struct capan_stream){octets[at], there[at], len};
}

static const char request[] = "GET /private/path?id=secret HTTP/1.1\r\nHost: corp.example\r\nIf-None-Match: \"v42\"\r\n"
                              "X-Corp-Token: hush\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n";
static const char response[] = "HTTP/1.1 200 OK\r\nETag: \"v42\"\r\nCache-Control: max-age=60, private\r\n"
                               "Set-Cookie: sid=abcdef\r\nContent-Length: 10\r\n\r\nconfidence"
                               "HTTP/1.1 304 Not Modified\r\nETag: \"v42\"\r\n\r\n";

static const char *find(const struct capan_stream *stream, const char *words) {
    return strstr((const char *)stream->octets, words);
}

static void messages_keep_their_frames_alone(void **state) {
    struct capan_stream asked = stream_of(request, 0, 0), answered = stream_of(response, 0, 0);
    struct capan_requests requests;
    (void)state;
    assert_true(capan_anonymise_requests(&standins, &asked, -7 * 86400, &requests));
    assert_true(capan_anonymise_responses(&standins, &answered, -7 * 86400, &requests));
    assert_int_equal(requests.count, 1);
    assert_int_equal(strlen((const char *)asked.octets), sizeof request - 1);
    static const char *const gone[] = {"path", "secret", "corp", "Corp", "Token", "hush", "v42", "2026"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (find(&asked, gone[i])) fail_msg("%s is left: %s", gone[i], asked.octets);
    assert_non_null(find(&asked, "If-Modified-Since: Thu, 25 Dec 2025 00:00:00 GMT\r\n\r\n"));
    assert_non_null(find(&answered, "Cache-Control: max-age=60, private\r\n"));
    assert_non_null(find(&answered, "Content-Length: 10\r\n\r\n"));
    assert_non_null(find(&answered, "HTTP/1.1 304 "));
    assert_null(find(&answered, "confidence"));
    assert_null(find(&answered, "abcdef"));
    /* The same tag in all three places. */
    const char *first = find(&asked, "If-None-Match: ") + 15, *second = find(&answered, "ETag: ") + 6;
    assert_memory_equal(first, second, 5);
    assert_memory_equal(strstr(second, "ETag: ") + 6, second, 5);
}

static void behind_a_hole_the_next_message_is_found(void **state) {
    const size_t hole = (size_t)(strstr(response, "confidence") - response) - 30;
    struct capan_stream answered = stream_of(response, hole, 32);
    const struct capan_requests none = {.count = 0};
    (void)state;
    assert_true(capan_anonymise_responses(&standins, &answered, 0, &none));
    assert_null(find(&answered, "dence"));
    assert_non_null(find(&answered, "HTTP/1.1 304 "));
}

static void other_protocols_are_not_touched(void **state) {
    struct capan_stream other = stream_of("\x16\x03\x01 hello", 0, 0);
    struct capan_requests requests;
    (void)state;
    assert_false(capan_anonymise_requests(&standins, &other, 0, &requests));
    assert_string_equal((const char *)other.octets, "\x16\x03\x01 hello");
    capan_anonymise_octets(&standins, &other, 0, other.len);
    assert_null(find(&other, "hello"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_stand_ins_of_their_own), cmocka_unit_test(two_thousand_words_stay_apart),
        cmocka_unit_test(words_are_kept_where_it_is_said),   cmocka_unit_test(words_of_the_protocol_stay),
        cmocka_unit_test(messages_keep_their_frames_alone),  cmocka_unit_test(behind_a_hole_the_next_message_is_found),
        cmocka_unit_test(other_protocols_are_not_touched),
    };
    return cmocka_run_group_tests(tests, open_standins, close_standins);
}
