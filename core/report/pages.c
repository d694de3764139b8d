/* SPDX-License-Identifier: MIT */
/* What follows from all exchanges of a story together. */
#include <stdlib.h>

#include "bytes.h"
#include "telling.h"

enum { PAGES_AMONG = 200, FRAMES_SHOWN = 12 };

static bool take(struct capan_span *span, struct capan_span start) {
    if (span->len < start.len || (start.len && memcmp(span->at, start.at, start.len) != 0)) return false;
    *span = span_cut(*span, start.len, span->len);
    return true;
}

/* True when the Referer names the other exchange's target URI. */
static bool refers_to(struct capan_span referer, const struct capan_exchange *page) {
    if (!take(&referer, span_of("http://")) && !take(&referer, span_of("https://"))) return false;
    struct capan_span target = page->target;
    if (target.len && target.at[0] == '/' && !take(&referer, page->authority)) return false;
    return span_equal(referer, target);
}

static void say_target(struct capan_paragraph *paragraph, const struct capan_exchange *exchange) {
    capan_say(paragraph, "%.*s (#%u)", (int)exchange->target.len,
              exchange->target.len ? (const char *)exchange->target.at : "", capan_exchange_frame(exchange));
}

/* One page with what its Referer brought. */
static void tell_page(struct capan_story *story, const struct capan_told *page, size_t count) {
    struct capan_paragraph paragraph = {.len = 0};
    size_t brought = 0;
    for (size_t i = 0; i < count; i++) {
        const struct capan_told *told = &story->exchanges[i];
        if (told == page || !told->referer.len || !refers_to(told->referer, &page->exchange)) continue;
        if (brought++ == 0) {
            capan_say(&paragraph, "The page ");
            say_target(&paragraph, &page->exchange);
            capan_say(&paragraph, " brought ");
        } else {
            capan_say(&paragraph, ", ");
        }
        say_target(&paragraph, &told->exchange);
    }
    if (brought) capan_say(&paragraph, ".");
    capan_text_paragraph(&story->out, 0, &paragraph);
}

/* The same page may be fetched again: the first fetch stands for all. */
static bool is_told_before(const struct capan_story *story, size_t at) {
    const struct capan_exchange *page = &story->exchanges[at].exchange;
    for (size_t i = 0; i < at; i++) {
        const struct capan_exchange *other = &story->exchanges[i].exchange;
        if (span_equal(other->target, page->target) && span_equal(other->authority, page->authority)) return true;
    }
    return false;
}

static void tell_alone(struct capan_story *story, size_t count) {
    struct capan_paragraph paragraph = {.len = 0};
    size_t alone = 0;
    for (size_t i = 0; i < count; i++) {
        const struct capan_told *told = &story->exchanges[i];
        if (told->referer.len || !told->exchange.target.len) continue;
        if (alone < FRAMES_SHOWN) capan_say(&paragraph, alone ? ", " : "Asked for without a Referer: ");
        if (alone++ < FRAMES_SHOWN) say_target(&paragraph, &told->exchange);
    }
    if (alone > FRAMES_SHOWN) capan_say(&paragraph, " and %zu more", alone - FRAMES_SHOWN);
    if (alone) capan_say(&paragraph, ".");
    capan_text_paragraph(&story->out, 0, &paragraph);
}

static void say_frames(struct capan_paragraph *paragraph, const struct capan_story *story, const char *word,
                       bool validator) {
    size_t shown = 0;
    for (size_t i = 0; i < story->exchanges_count; i++) {
        const struct capan_told *told = &story->exchanges[i];
        if (told->has_validator != validator || told->exchange.status != 200) continue;
        if (shown < FRAMES_SHOWN)
            capan_say(paragraph, "%s#%u", shown ? ", " : word, told->exchange.response.last_frame);
        shown++;
    }
    if (shown > FRAMES_SHOWN) capan_say(paragraph, " and %zu more", shown - FRAMES_SHOWN);
    if (shown) capan_say(paragraph, ".");
}

/* Which responses can be asked for conditionally next time (RFC 9110 13.1). */
static void tell_validators(struct capan_story *story) {
    struct capan_paragraph paragraph = {.len = 0};
    size_t conditional = 0;
    for (size_t i = 0; i < story->exchanges_count; i++)
        conditional += story->exchanges[i].exchange.cond != CAPAN_COND_NONE;
    capan_say(&paragraph, "Conditional exchanges: %zu of %zu.", conditional, story->exchanges_count);
    say_frames(&paragraph, story, " Responses with a validator, to be asked for conditionally next time: ", true);
    say_frames(&paragraph, story, " Responses without one, so that only the whole can be had again: ", false);
    capan_text_paragraph(&story->out, 0, &paragraph);
}

static int by_frame(const void *left, const void *right) {
    uint32_t a = capan_told_first_frame(left), b = capan_told_first_frame(right);
    return a < b ? -1 : a > b;
}

void capan_tell_exchanges(struct capan_story *story) {
    size_t count = story->exchanges_count < PAGES_AMONG ? story->exchanges_count : PAGES_AMONG;
    if (!story->exchanges_count) return;
    qsort(story->exchanges, story->exchanges_count, sizeof *story->exchanges, by_frame);
    for (size_t i = 0; i < count; i++)
        if (!is_told_before(story, i)) tell_page(story, &story->exchanges[i], count);
    tell_alone(story, count);
    tell_validators(story);
}
