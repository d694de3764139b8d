/* SPDX-License-Identifier: MIT */
#include "pagetime.h"

#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "human.h"
#include "sentence.h"

#define PHRASE(name, token, phrase, sentence) phrase,
const char *const capan_page_part_phrases[] = {CAPAN_PAGE_PARTS(PHRASE)};

/* A client that goes on within that time had waited for what ended just then. */
static const int64_t AT_ONCE_NS = 10000000;

struct pagetime_step {
    int64_t first_ns, last_ns;
    struct capan_exchange_time time;
    uint64_t advice; /* 1 << CAPAN_ADVICE_..., of those that would have spared something here */
    uint32_t stream, resent;
};

#define ADVICE(name) (UINT64_C(1) << CAPAN_ADVICE_##name)
/* With these the exchange would not have been, or its content would not have come, or its connection not been opened.
 */
static const uint64_t spares_all =
    ADVICE(REUSE_FRESH) | ADVICE(LENGTHEN_LIFETIME) | ADVICE(IMMUTABLE) | ADVICE(EXPLICIT_LIFETIME);
static const uint64_t spares_content = ADVICE(SEND_CONDITIONAL) | ADVICE(NO_CACHE_NEEDS_VALIDATOR) |
                                       ADVICE(ETAG_ENCODING_SUFFIX) | ADVICE(ETAG_UNSTABLE) | ADVICE(ETAG_PER_NODE);
static const uint64_t spares_connection = ADVICE(304_NEW_CONNECTION);

/* Only what the client had already can be spared. */
static uint64_t sparing(const struct capan_exchange *exchange) {
    uint64_t advice = exchange->advice & spares_connection;
    if (exchange->known_in) advice |= exchange->advice & spares_all;
    if (exchange->wasted) advice |= exchange->advice & spares_content;
    return advice;
}

void capan_pagetime_add(struct pagetime *pagetime, const struct capan_exchange *exchange,
                        const struct capan_alloc *alloc) {
    void *at = pagetime->at;
    if (pagetime->count >= PAGETIME_STEPS || !exchange->request.first_frame) return;
    if (capan_reserve(alloc, &at, &pagetime->capacity, pagetime->count + 1, sizeof *pagetime->at) != CAPAN_OK) return;
    pagetime->at = at;
    const int64_t first_ns = exchange->request.first_ns;
    pagetime->at[pagetime->count++] = (struct pagetime_step){
        .first_ns = first_ns,
        .last_ns = max_i64(first_ns, max_i64(exchange->request.last_ns, exchange->response.last_ns)),
        .time = exchange->time,
        .advice = sparing(exchange),
        .stream = exchange->stream,
        .resent = exchange->resent};
}

void capan_pagetime_free(struct pagetime *pagetime, const struct capan_alloc *alloc) {
    if (pagetime->at) capan_delete(alloc, pagetime->at, pagetime->capacity * sizeof *pagetime->at);
    *pagetime = (struct pagetime){0};
}

/* What was waited for until then: what ended just before, else what went on and had begun last, else what ended before.
 * NULL: nothing had begun. */
static const struct pagetime_step *waited_for(const struct pagetime *pagetime, int64_t until_ns) {
    const struct pagetime_step *ended = NULL, *going = NULL;
    for (size_t i = 0; i < pagetime->count; i++) {
        const struct pagetime_step *step = &pagetime->at[i];
        if (step->first_ns >= until_ns) continue;
        if (step->last_ns <= until_ns && (!ended || step->last_ns > ended->last_ns)) ended = step;
        if (step->last_ns > until_ns && (!going || step->first_ns > going->first_ns)) going = step;
    }
    return ended && (!going || until_ns - ended->last_ns <= AT_ONCE_NS) ? ended : going;
}

/* The step's parts up to that moment: what comes last in it is left out first. */
static void take_parts(struct capan_page *page, const struct pagetime_step *step, int64_t until_ns) {
    int64_t part_ns[CAPAN_EXCHANGE_PART_COUNT], left_ns = min_i64(step->last_ns, until_ns) - step->first_ns;
    static const uint8_t order[] = {CAPAN_SPENT_REQUEST,      CAPAN_SPENT_SERVER,   CAPAN_SPENT_SLOW_START,
                                    CAPAN_SPENT_CWND_LIMITED, CAPAN_SPENT_RECOVERY, CAPAN_SPENT_RTO_WAIT,
                                    CAPAN_SPENT_RWND_LIMITED, CAPAN_SPENT_NAGLE,    CAPAN_SPENT_PATH};
    for (size_t i = 0; i < sizeof order; i++) {
        part_ns[order[i]] = min_i64(step->time.part_ns[order[i]], left_ns);
        left_ns -= part_ns[order[i]];
        page->part_ns[order[i]] += part_ns[order[i]];
    }
    page->part_ns[CAPAN_PAGE_SPENT_PATH] += left_ns;
}

static void save(struct capan_page *page, uint64_t advice, int64_t ns) {
    for (unsigned i = 0; advice; i++, advice >>= 1)
        if (advice & 1) page->saves_ns[i] += ns;
}

/* What the response itself took. */
static int64_t content_ns(const struct capan_exchange_time *time) {
    int64_t ns = 0;
    for (unsigned i = CAPAN_SPENT_SLOW_START; i <= CAPAN_SPENT_NAGLE; i++) ns += time->part_ns[i];
    return ns;
}

static void take(struct capan_page *page, const struct pagetime_step *step, int64_t until_ns) {
    const int64_t took_ns = min_i64(step->last_ns, until_ns) - step->first_ns;
    take_parts(page, step, until_ns);
    save(page, step->advice & spares_all, took_ns);
    save(page, step->advice & spares_content, min_i64(content_ns(&step->time), took_ns));
    page->lost += step->resent;
}

/* Nothing went on: what came then had to wait for its handshakes, or for the client. */
static void take_gap(struct capan_page *page, const struct pagetime_step *then, int64_t ns) {
    const int64_t connect_ns = then ? min_i64(then->time.connect_ns, ns) : 0;
    const int64_t tls_ns = then ? min_i64(then->time.tls_ns, ns - connect_ns) : 0;
    page->part_ns[CAPAN_PAGE_SPENT_CONNECT] += connect_ns;
    page->part_ns[CAPAN_PAGE_SPENT_TLS] += tls_ns;
    page->part_ns[CAPAN_PAGE_SPENT_CLIENT] += ns - connect_ns - tls_ns;
    if (then) save(page, then->advice & spares_connection, connect_ns + tls_ns);
}

void capan_pagetime_tell(const struct pagetime *pagetime, struct capan_page *page) {
    const struct pagetime_step *then = NULL;
    int64_t most_ns = 0;
    for (int64_t until_ns = page->last_ns; until_ns > page->first_ns;) {
        const struct pagetime_step *step = waited_for(pagetime, until_ns);
        if (!step) {
            take_gap(page, then, until_ns - page->first_ns);
            return;
        }
        if (step->last_ns < until_ns) take_gap(page, then, until_ns - step->last_ns);
        take(page, step, until_ns);
        const int64_t lost_ns = step->time.part_ns[CAPAN_SPENT_RECOVERY] + step->time.part_ns[CAPAN_SPENT_RTO_WAIT];
        if (lost_ns > most_ns) {
            most_ns = lost_ns;
            page->lost_stream = step->stream;
        }
        until_ns = step->first_ns;
        then = step;
    }
}

/* --- in words --- */

static int percent_of(int64_t ns, int64_t whole_ns) {
    return (int)((double)ns * 100 / (double)whole_ns + 0.5);
}

static void say_part(struct sentence *sentence, const struct capan_page *page, unsigned part, int64_t whole_ns) {
    capan_say(sentence, "%s%d %% %s", sentence->len ? ", " : "", percent_of(page->part_ns[part], whole_ns),
              capan_page_part_phrases[part]);
    if (part == CAPAN_PAGE_SPENT_RECOVERY && page->lost)
        capan_say(sentence, " (%u segment%s sent again, most of it on stream %u)", page->lost,
                  page->lost == 1 ? "" : "s", page->lost_stream);
}

static void say_savings(struct sentence *sentence, const struct capan_page *page) {
    char duration[CAPAN_HUMAN];
    const char *between = "; at most spared by ";
    for (unsigned i = 0; i < CAPAN_HTTP_ADVICE_COUNT; i++) {
        if (page->saves_ns[i] <= 0) continue;
        capan_say(sentence, "%s%s: %s", between, capan_http_advices[i].token,
                  capan_human_duration(duration, CAPAN_DURATION_ROUGH, page->saves_ns[i]));
        between = ", by ";
    }
}

size_t capan_page_explain(const struct capan_page *page, char text[CAPAN_EXPLAIN_TEXT]) {
    struct sentence sentence = sentence_in(text, CAPAN_EXPLAIN_TEXT);
    const int64_t whole_ns = page->last_ns - page->first_ns;
    bool said[CAPAN_PAGE_SPENT_COUNT] = {false};
    if (whole_ns <= 0) return 0;
    for (unsigned round = 0; round < CAPAN_PAGE_SPENT_COUNT; round++) {
        unsigned largest = CAPAN_PAGE_SPENT_COUNT;
        for (unsigned i = 0; i < CAPAN_PAGE_SPENT_COUNT; i++)
            if (!said[i] && (largest == CAPAN_PAGE_SPENT_COUNT || page->part_ns[i] > page->part_ns[largest]))
                largest = i;
        said[largest] = true;
        if (percent_of(page->part_ns[largest], whole_ns) < 1) break;
        say_part(&sentence, page, largest, whole_ns);
    }
    say_savings(&sentence, page);
    return sentence.len;
}
