/* SPDX-License-Identifier: MIT */
#include "harpages.h"

#include <stdlib.h>

#include "bytes.h"
#include "human.h"

enum { TITLE = 200 };

struct capan_har_page {
    int64_t first_ns, last_ns;
    uint64_t parts; /* 0: no entry is of it */
    uint8_t title[TITLE];
    uint16_t title_len;
};

static bool reserve(struct capan_har_pages *pages, uint64_t number) {
    if (number <= pages->size) return true;
    const size_t size = number < 16 ? 16 : 2 * (size_t)number;
    struct capan_har_page *at = realloc(pages->at, size * sizeof *at);
    if (!at) return false;
    memset(at + pages->size, 0, (size - pages->size) * sizeof *at);
    pages->at = at;
    pages->size = size;
    return true;
}

static void add_title(struct capan_har_page *page, struct capan_span text) {
    const size_t room = TITLE - page->title_len, len = text.len < room ? text.len : room;
    if (len) memcpy(page->title + page->title_len, text.at, len);
    page->title_len += (uint16_t)len;
}

/* The document's URI, as its entry has it. */
static void name_page(struct capan_har_page *page, const struct capan_exchange *exchange) {
    page->title_len = 0;
    if (exchange->target.len && exchange->target.at[0] == '/') {
        add_title(page, span_of(exchange->secure ? "https://" : "http://"));
        add_title(page, exchange->authority);
    }
    add_title(page, exchange->target);
}

bool capan_har_pages_add(struct capan_har_pages *pages, const struct capan_exchange *exchange, int64_t begin_ns,
                         int64_t end_ns) {
    const uint64_t number = exchange->page.number;
    if (!number || number > CAPAN_ARCHIVED_PAGES || !reserve(pages, number)) return false;
    struct capan_har_page *page = &pages->at[number - 1];
    if (!page->parts || begin_ns < page->first_ns) page->first_ns = begin_ns;
    if (!page->parts || (end_ns > page->last_ns && exchange->page.role != CAPAN_PAGE_FAVICON)) page->last_ns = end_ns;
    if (!page->parts || exchange->page.role == CAPAN_PAGE_DOCUMENT) name_page(page, exchange);
    page->parts++;
    if (number > pages->count) pages->count = (size_t)number;
    return true;
}

bool capan_har_pages_get(const struct capan_har_pages *pages, uint64_t number, struct capan_archived *archived) {
    const struct capan_har_page *page = number && number <= pages->count ? &pages->at[number - 1] : NULL;
    if (!page || !page->parts) return false;
    *archived = (struct capan_archived){number, page->first_ns, page->last_ns, {page->title, page->title_len}};
    return true;
}

bool capan_har_pages_put_in(struct capan_har_pages *pages, const struct capan_archived *archived) {
    if (!archived->number || archived->number > CAPAN_ARCHIVED_PAGES) return true;
    if (!reserve(pages, archived->number)) return false;
    struct capan_har_page *page = &pages->at[archived->number - 1];
    *page = (struct capan_har_page){archived->first_ns, archived->last_ns, .parts = 1};
    add_title(page, archived->title);
    if (archived->number > pages->count) pages->count = (size_t)archived->number;
    return true;
}

/* When its content had loaded is the browser's to know; when all had come is told as onLoad. */
static void put_page(struct capan_out *out, const struct capan_har_page *page, size_t number, bool first) {
    char date[CAPAN_HUMAN];
    const int64_t took_ns = page->last_ns - page->first_ns;
    out_text(out, first ? "\n{\"startedDateTime\":\"" : ",\n{\"startedDateTime\":\"");
    out_text(out, capan_human_date(date, page->first_ns, true));
    out_text(out, "\",\"id\":\"page_");
    capan_out_u64(out, number);
    out_text(out, "\",\"title\":");
    capan_out_json(out, (struct capan_span){page->title, page->title_len}, CAPAN_UTF8_OR_LATIN1);
    out_text(out, ",\"pageTimings\":{\"onContentLoad\":-1,\"onLoad\":");
    capan_out_seconds(out, took_ns > 0 && took_ns < INT64_MAX / 1000 ? took_ns * 1000 : 0, 6);
    out_text(out, "}}");
}

void capan_har_pages_put(struct capan_out *out, const struct capan_har_pages *pages) {
    bool first = true;
    out_text(out, ",\"pages\":[");
    for (size_t i = 0; i < pages->count; i++) {
        if (!pages->at[i].parts) continue;
        put_page(out, &pages->at[i], i + 1, first);
        first = false;
    }
    out_char(out, ']');
}

void capan_har_pages_free(struct capan_har_pages *pages) {
    free(pages->at);
    *pages = (struct capan_har_pages){.at = NULL};
}
