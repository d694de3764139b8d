/* SPDX-License-Identifier: MIT */
/* Stories of one cache, each a few exchanges about one target URI; every row of the rules is met. */
#include "made.h"

#define D0 "Date: Fri, 15 Jan 2027 08:00:00 GMT\n"

/* X(served), X(why), X(confirmed), X(store) by their names. */
#define SAYS(served, why, confirmed, store)                                                                            \
    { CAPAN_WHATIF_##served, CAPAN_WHATIF_WHY_##why, CAPAN_WHATIF_CONFIRMED_##confirmed, CAPAN_WHATIF_STORE_##store }
#define FIRST SAYS(SERVER, NOTHING_STORED, UNASKED, STORED)
#define HIT   SAYS(CACHE, FRESH, UNASKED, NOT_RECEIVED)

static const struct story {
    const char *title;
    bool shared;
    struct {
        struct made made;
        uint8_t says[4];
    } step[6];
} stories[] = {
    {"a fresh response answers, a stale one is confirmed by its tag (4.2, 4.3.4)",
     false,
     {{{0, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=60\nETag: \"a\"", 1}, FIRST},
      {{59, 1, "GET", "/", "If-None-Match: \"z\"", 200, "ETag: \"a\"", 1}, HIT},
      {{60, 1, "GET", "/", "", 304, "ETag: W/\"a\"", 0}, SAYS(VALIDATED, STALE, BY_TAG, UPDATED)},
      {{110, 1, "GET", "/", "", 200, "ETag: \"a\"", 1}, HIT},
      {{130, 1, "GET", "/", "", 200, "Date: Fri, 15 Jan 2027 08:02:10 GMT\nETag: \"b\"", 2},
       SAYS(SERVER, STALE, NOT_SHOWN, STORED)}}},
    {"the 304 of another tag leaves what is stored as it is (4.3.4)",
     false,
     {{{0, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=0\nETag: \"a\"", 1}, FIRST},
      {{5, 1, "GET", "/", "If-None-Match: \"b\"", 304, "ETag: \"b\"", 0}, SAYS(SERVER, STALE, NOT_SHOWN, NOT_MODIFIED)},
      {{9, 1, "GET", "/", "", 304, "ETag: \"a\"\nCache-Control: max-age=9", 0},
       SAYS(VALIDATED, STALE, BY_TAG, UPDATED)},
      {{15, 1, "GET", "/", "", 0, "", 0}, HIT}}},
    {"without a tag its date confirms it; without both the request tells (4.3.4)",
     false,
     {{{0, 1, "GET", "/", "", 200, D0 "Last-Modified: Thu, 14 Jan 2027 08:00:00 GMT\nCache-Control: max-age=1", 1},
       FIRST},
      {{9, 1, "GET", "/", "", 304, "Last-Modified: Thu, 14 Jan 2027 08:00:00 GMT", 0},
       SAYS(VALIDATED, STALE, BY_DATE, UPDATED)},
      {{19, 1, "GET", "/", "If-Modified-Since: Thu, 14 Jan 2027 08:00:00 GMT", 304, "", 0},
       SAYS(VALIDATED, STALE, AS_ASKED, UPDATED)},
      {{29, 1, "GET", "/", "", 200, "Last-Modified: Thu, 14 Jan 2027 08:00:00 GMT", 1},
       SAYS(VALIDATED, STALE, SAME_DATE, UPDATED)},
      {{39, 1, "GET", "/", "", 304, "", 0}, SAYS(SERVER, STALE, NOT_SHOWN, NOT_MODIFIED)}}},
    {"without a validator it cannot be asked about; without an answer nobody knows (4.3.1)",
     false,
     {{{0, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=1", 1}, FIRST},
      {{9, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=1\nETag: \"a\"", 1},
       SAYS(SERVER, STALE, NO_VALIDATOR, STORED)},
      {{19, 1, "GET", "/", "", 0, "", 0}, SAYS(SERVER, STALE, NO_ANSWER, NO_ANSWER)},
      {{29, 1, "GET", "/", "", 503, "", 0}, SAYS(SERVER, STALE, NOT_SHOWN, NOT_ALLOWED)},
      {{39, 1, "GET", "/", "", 200, "ETag: \"a\"", 1}, SAYS(VALIDATED, STALE, SAME_TAG, UPDATED)}}},
    {"what a request demands (5.2.1, 5.4)",
     false,
     {{{0, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=600\nETag: \"a\"", 1}, FIRST},
      {{5, 1, "GET", "/", "Cache-Control: no-cache", 304, D0 "ETag: \"a\"", 0},
       SAYS(VALIDATED, REQUEST_NO_CACHE, BY_TAG, UPDATED)},
      {{9, 1, "GET", "/", "Pragma: no-cache", 304, D0 "ETag: \"a\"", 0},
       SAYS(VALIDATED, REQUEST_PRAGMA, BY_TAG, UPDATED)},
      {{20, 1, "GET", "/", "Cache-Control: max-age=5", 304, D0 "ETag: \"a\"", 0},
       SAYS(VALIDATED, REQUEST_MAX_AGE, BY_TAG, UPDATED)},
      {{30, 1, "GET", "/", "Cache-Control: min-fresh=590", 304, D0 "ETag: \"a\"", 0},
       SAYS(VALIDATED, REQUEST_MIN_FRESH, BY_TAG, UPDATED)},
      {{40, 1, "GET", "/", "Cache-Control: min-fresh=90, max-age=90", 0, "", 0}, HIT}}},
    {"no-store keeps a request out (5.2.1.5), no-cache a response from answering (5.2.2.4)",
     false,
     {{{0, 1, "GET", "/", "Cache-Control: no-store", 200, D0 "Cache-Control: max-age=600", 1},
       SAYS(BYPASS, REQUEST_NO_STORE, UNASKED, REQUEST_NO_STORE)},
      {{1, 1, "GET", "/", "", 200, "Cache-Control: no-cache, max-age=600\nETag: \"a\"", 1}, FIRST},
      {{2, 1, "GET", "/", "", 304, "ETag: \"a\"", 0}, SAYS(VALIDATED, NO_CACHE, BY_TAG, UPDATED)}}},
    {"unsafe methods remove it, unless they failed (4.4); safe ones do not",
     false,
     {{{0, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=600", 1}, FIRST},
      {{1, 1, "POST", "/", "", 500, "", 0}, SAYS(BYPASS, METHOD, UNASKED, BYPASSED)},
      {{2, 1, "OPTIONS", "/", "", 200, "", 0}, SAYS(BYPASS, METHOD, UNASKED, BYPASSED)},
      {{3, 1, "GET", "/", "", 200, "", 1}, HIT},
      {{4, 1, "MKNOT", "/", "", 303, "", 0}, SAYS(BYPASS, METHOD, UNASKED, BYPASSED)},
      {{5, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=600", 1}, FIRST}}},
    {"Vary selects; what it does not select is not reused (4.1)",
     false,
     {{{0, 1, "GET", "/", "accept-encoding: gzip, br", 200, D0 "Cache-Control: max-age=600\nVary: Accept-Encoding", 1},
       FIRST},
      {{1, 1, "GET", "/", "Accept-Encoding: br", 200, D0 "Cache-Control: max-age=600\nVary: Accept-Encoding", 2},
       SAYS(SERVER, OTHER_VARIANT, UNASKED, STORED)},
      {{2, 1, "GET", "/", "Accept-Encoding: gzip,br", 200, "", 1}, HIT},
      {{3, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=600\nVary: *", 3},
       SAYS(SERVER, OTHER_VARIANT, UNASKED, STORED)},
      {{4, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=600\nVary: *", 3},
       SAYS(SERVER, OTHER_VARIANT, UNASKED, STORED)}}},
    {"HEAD is answered from a stored GET, and finds out that it is outdated (4.3.5)",
     false,
     {{{0, 1, "HEAD", "/", "", 200, "ETag: \"a\"", 0}, SAYS(SERVER, NOTHING_STORED, UNASKED, HEAD)},
      {{1, 1, "GET", "/", "", 200, D0 "Cache-Control: max-age=60\nETag: \"a\"", 1}, FIRST},
      {{5, 1, "HEAD", "/", "", 200, "ETag: \"a\"", 0}, HIT},
      {{70, 1, "HEAD", "/", "", 200, "ETag: \"a\"\nContent-Length: 41", 0}, SAYS(SERVER, STALE, NOT_SHOWN, HEAD)},
      {{75, 1, "GET", "/", "", 200, "ETag: \"b\"", 2}, SAYS(SERVER, INVALIDATED, NOT_SHOWN, STORED)}}},
    {"what must not be stored (3, 3.3, 3.4, RFC 6585)",
     false,
     {{{0, 1, "GET", "/", "", 200, "Cache-Control: no-store, max-age=9", 1},
       SAYS(SERVER, NOTHING_STORED, UNASKED, NO_STORE)},
      {{1, 1, "GET", "/", "Range: bytes=0-3", 206, "Cache-Control: max-age=9", 1},
       SAYS(SERVER, NOTHING_STORED, UNASKED, PARTIAL)},
      {{2, 1, "GET", "/", "Range: bytes=99-", 416, "Cache-Control: max-age=9", 1},
       SAYS(SERVER, NOTHING_STORED, UNASKED, RANGE)},
      {{3, 1, "GET", "/", "", -200, "Cache-Control: max-age=9", 1}, SAYS(SERVER, NOTHING_STORED, UNASKED, INCOMPLETE)},
      {{4, 1, "GET", "/", "", 429, "Cache-Control: max-age=9", 1}, SAYS(SERVER, NOTHING_STORED, UNASKED, NEVER)},
      {{5, 1, "GET", "/", "", 302, "Location: /x", 1}, SAYS(SERVER, NOTHING_STORED, UNASKED, NOT_ALLOWED)}}},
    {"must-understand: a status that is known lifts no-store (5.2.2.3)",
     false,
     {{{0, 1, "GET", "/", "", 299, "Cache-Control: must-understand, max-age=9", 1},
       SAYS(SERVER, NOTHING_STORED, UNASKED, NOT_UNDERSTOOD)},
      {{1, 1, "GET", "/", "", 299, "Cache-Control: max-age=0", 1}, FIRST},
      {{2, 1, "GET", "/", "", 200, D0 "Cache-Control: must-understand, no-store, max-age=9", 1},
       SAYS(SERVER, STALE, NO_VALIDATOR, STORED)},
      {{5, 1, "GET", "/", "", 200, "", 1}, HIT}}},
    {"a shared cache: private (5.2.2.7), Authorization (3.5), s-maxage (5.2.2.10)",
     true,
     {{{0, 1, "GET", "/", "", 200, "Cache-Control: private, max-age=9", 1},
       SAYS(SERVER, NOTHING_STORED, UNASKED, PRIVATE)},
      {{1, 1, "GET", "/", "Authorization: Basic eA==", 200, "Cache-Control: max-age=9", 1},
       SAYS(SERVER, NOTHING_STORED, UNASKED, AUTHORIZED)},
      {{2, 1, "GET", "/", "Authorization: Basic eA==", 200, "Cache-Control: max-age=1, s-maxage=99", 1}, FIRST},
      {{50, 2, "GET", "/", "", 200, "", 1}, HIT}}},
    {"a private cache is its client's alone, and private is for it",
     false,
     {{{0, 1, "GET", "/", "Authorization: Basic eA==", 302, D0 "Cache-Control: private\nExpires: 0", 1}, FIRST},
      {{1, 2, "GET", "/", "", 200, D0 "Cache-Control: private, max-age=9", 1}, FIRST},
      {{5, 2, "GET", "/", "", 200, "", 1}, HIT},
      {{6, 1, "GET", "/", "", 200, "", 1}, SAYS(SERVER, STALE, NO_VALIDATOR, STORED)}}},
    {"Age counts (4.2.3), Expires needs Date (5.3), a tenth since Last-Modified (4.2.2)",
     false,
     {{{0, 1, "GET", "/", "", 200, D0 "Age: 80, 5\nCache-Control: max-age=100\nETag: \"a\"", 1}, FIRST},
      {{19, 1, "GET", "/", "", 200, "", 1}, HIT},
      {{21, 1, "GET", "/", "", 200, "Date: Fri, 15 Jan 2027 08:00:21 GMT\nExpires: Fri, 15 Jan 2027 08:00:31 GMT", 1},
       SAYS(SERVER, STALE, NOT_SHOWN, STORED)},
      {{29, 1, "GET", "/", "", 200, "", 1}, HIT},
      {{40, 1, "GET", "/", "", 200, "Date: Fri, 15 Jan 2027 08:00:40 GMT\nLast-Modified: Fri, 15 Jan 2027 07:59:00 GMT",
        1},
       SAYS(SERVER, STALE, NO_VALIDATOR, STORED)},
      {{49, 1, "GET", "/", "", 200, "", 1}, HIT}}},
    {"absolute form and origin form are one target URI; a request that was not captured is none",
     false,
     {{{0, 1, "GET", "http://made.example:80/a", "", 200, D0 "Cache-Control: max-age=9", 1}, FIRST},
      {{5, 1, "GET", "/a", "", 200, "", 1}, HIT},
      {{6, 1, NULL, NULL, "", 200, "", 1}, SAYS(SERVER, NO_REQUEST, UNASKED, BYPASSED)}}},
};

static bool whys[CAPAN_WHATIF_WHY_COUNT], confirmeds[CAPAN_WHATIF_CONFIRMED_COUNT], stores[CAPAN_WHATIF_STORE_COUNT];

static void hold(const struct story *story, size_t step, const struct capan_whatif_row *row) {
    const uint8_t *says = story->step[step].says;
    whys[row->why] = confirmeds[row->confirmed] = stores[row->store] = true;
    if (row->served == says[0] && row->why == says[1] && row->confirmed == says[2] && row->store == says[3]) return;
    fail_msg("%s: step %zu is served %s, %s, %s, %s", story->title, step + 1, capan_whatif_serveds[row->served].token,
             capan_whatif_whys[row->why].token, capan_whatif_confirmeds[row->confirmed].token,
             capan_whatif_stores[row->store].token);
}

static bool is_step(const struct made *made) {
    return made->method || made->status;
}

static void stories_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        struct capan_whatif *whatif = made_cache(stories[i].shared);
        size_t steps = 0;
        for (; steps < 6 && is_step(&stories[i].step[steps].made); steps++)
            made_give(whatif, &stories[i].step[steps].made, steps);
        assert_int_equal(capan_whatif_replay(whatif), CAPAN_OK);
        assert_int_equal(capan_whatif_row_count(whatif), steps);
        for (size_t step = 0; step < steps; step++) hold(&stories[i], step, capan_whatif_row_at(whatif, step));
        capan_whatif_free(whatif);
    }
}

static void every_row_is_met(void **state) {
    (void)state;
    for (size_t i = 0; i < CAPAN_WHATIF_WHY_COUNT; i++)
        if (!whys[i]) fail_msg("no story has %s", capan_whatif_whys[i].token);
    for (size_t i = 0; i < CAPAN_WHATIF_CONFIRMED_COUNT; i++)
        if (!confirmeds[i]) fail_msg("no story has %s", capan_whatif_confirmeds[i].token);
    for (size_t i = 0; i < CAPAN_WHATIF_STORE_COUNT; i++)
        if (!stores[i]) fail_msg("no story has %s", capan_whatif_stores[i].token);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(stories_are_told), cmocka_unit_test(every_row_is_met)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
