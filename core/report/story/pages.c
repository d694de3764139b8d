/* SPDX-License-Identifier: MIT */
/* What follows from all exchanges of a story together. */
#include <stdlib.h>

#include "bytes.h"
#include "telling.h"

enum { PAGES_AMONG = 200, FRAMES_SHOWN = 12 };

static void say_target(struct sentence *paragraph, const struct capan_exchange *exchange) {
    capan_say(paragraph, "%.*s (#%u)", (int)exchange->target.len,
              exchange->target.len ? (const char *)exchange->target.at : "", capan_exchange_frame(exchange));
}

/* The exchanges of one load in that role, between before and behind. */
static void say_parts(struct sentence *paragraph, const struct capan_story *story, uint64_t load,
                      enum capan_page_role role, const char *before) {
    size_t said = 0;
    for (size_t i = 0; i < story->exchanges_count && i < PAGES_AMONG; i++) {
        const struct capan_exchange *exchange = story->exchanges[i];
        if (exchange->page.number != load || exchange->page.role != role) continue;
        capan_say(paragraph, "%s", said++ ? ", " : before);
        say_target(paragraph, exchange);
    }
    if (said) capan_say(paragraph, ".");
}

/* One page with what it brought. */
static void tell_page(struct capan_story *story, const struct capan_exchange *page) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    capan_say(&paragraph, "The page ");
    say_target(&paragraph, page);
    const size_t before = paragraph.len;
    say_parts(&paragraph, story, page->page.number, CAPAN_PAGE_PART, " brought ");
    if (paragraph.len == before) return;
    say_parts(&paragraph, story, page->page.number, CAPAN_PAGE_FAVICON, " The browser itself asked for ");
    say_parts(&paragraph, story, page->page.number, CAPAN_PAGE_REDIRECT, " It was led to by ");
    capan_text_paragraph(&story->out, 0, &paragraph);
}

static void tell_alone(struct capan_story *story, size_t count) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    size_t alone = 0;
    for (size_t i = 0; i < count; i++) {
        const struct capan_exchange *exchange = story->exchanges[i];
        if (capan_request_field(exchange, "referer").len || !exchange->target.len) continue;
        if (alone < FRAMES_SHOWN) capan_say(&paragraph, alone ? ", " : "Asked for without a Referer: ");
        if (alone++ < FRAMES_SHOWN) say_target(&paragraph, exchange);
    }
    if (alone > FRAMES_SHOWN) capan_say(&paragraph, " and %zu more", alone - FRAMES_SHOWN);
    if (alone) capan_say(&paragraph, ".");
    capan_text_paragraph(&story->out, 0, &paragraph);
}

static void say_frames(struct sentence *paragraph, const struct capan_story *story, const char *word, bool validator) {
    size_t shown = 0;
    for (size_t i = 0; i < story->exchanges_count; i++) {
        const struct capan_exchange *exchange = story->exchanges[i];
        if (capan_response_has_validator(exchange) != validator || exchange->status != 200) continue;
        if (shown < FRAMES_SHOWN) capan_say(paragraph, "%s#%u", shown ? ", " : word, exchange->response.last_frame);
        shown++;
    }
    if (shown > FRAMES_SHOWN) capan_say(paragraph, " and %zu more", shown - FRAMES_SHOWN);
    if (shown) capan_say(paragraph, ".");
}

/* Which responses can be asked for conditionally next time (RFC 9110 13.1). */
static void tell_validators(struct capan_story *story) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    size_t conditional = 0;
    for (size_t i = 0; i < story->exchanges_count; i++) conditional += story->exchanges[i]->cond != CAPAN_COND_NONE;
    capan_say(&paragraph, "Conditional exchanges: %zu of %zu.", conditional, story->exchanges_count);
    say_frames(&paragraph, story, " Responses with a validator, to be asked for conditionally next time: ", true);
    say_frames(&paragraph, story, " Responses without one, so that only the whole can be had again: ", false);
    capan_text_paragraph(&story->out, 0, &paragraph);
}

static int by_frame(const void *left, const void *right) {
    uint32_t a = capan_exchange_first_frame(*(struct capan_exchange *const *)left);
    uint32_t b = capan_exchange_first_frame(*(struct capan_exchange *const *)right);
    return a < b ? -1 : a > b;
}

void capan_tell_exchanges(struct capan_story *story) {
    size_t count = story->exchanges_count < PAGES_AMONG ? story->exchanges_count : PAGES_AMONG;
    if (!story->exchanges_count) return;
    qsort(story->exchanges, story->exchanges_count, sizeof *story->exchanges, by_frame);
    for (size_t i = 0; i < count; i++)
        if (story->exchanges[i]->page.role == CAPAN_PAGE_DOCUMENT) tell_page(story, story->exchanges[i]);
    tell_alone(story, count);
    tell_validators(story);
}
