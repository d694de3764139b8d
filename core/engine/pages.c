/* SPDX-License-Identifier: MIT */
#include "pages.h"

#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "field.h"
#include "pagetime.h"

enum { URL_KEPT = 512, STREAMS_KEPT = 64 };

struct pages_entry {
    struct capan_page page;
    struct pagetime time;
    uint32_t streams[STREAMS_KEPT];
    uint8_t url[URL_KEPT];
};

void capan_pages_init(struct pages *pages, const struct capan_alloc *alloc,
                      void (*tell)(void *context, const struct capan_page *), void *context) {
    *pages = (struct pages){.alloc = alloc, .tell = tell, .context = context};
}

static void tell(struct pages *pages, struct pages_entry **entry) {
    if (!*entry) return;
    if (pages->tell) {
        capan_pagetime_tell(&(*entry)->time, &(*entry)->page);
        pages->tell(pages->context, &(*entry)->page);
    }
    capan_pagetime_free(&(*entry)->time, pages->alloc);
    capan_delete(pages->alloc, *entry, sizeof **entry);
    *entry = NULL;
}

static struct pages_entry *entry_of(struct pages *pages, const struct capan_exchange *exchange) {
    struct pages_entry **entry = &pages->at[exchange->page.number % PAGES_GATHERED];
    if (*entry && (*entry)->page.number > exchange->page.number) return NULL;
    if (*entry && (*entry)->page.number < exchange->page.number) tell(pages, entry);
    if (*entry || !(*entry = capan_new(pages->alloc, sizeof **entry))) return *entry;
    (*entry)->page = (struct capan_page){
        .number = exchange->page.number, .told = exchange->told, .first_ns = INT64_MAX, .last_ns = INT64_MIN};
    return *entry;
}

static void add_url(struct pages_entry *entry, struct capan_span octets) {
    size_t len = (size_t)min_u64(octets.len, URL_KEPT - entry->page.url.len);
    if (len) memcpy(entry->url + entry->page.url.len, octets.at, len);
    entry->page.url.len += len;
}

/* The target URI (RFC 9110 7.1); of a page that was not captured what its part's Referer says. */
static void name_page(struct pages_entry *entry, const struct capan_exchange *exchange) {
    size_t at = 0;
    entry->page.url = (struct capan_span){entry->url, 0};
    if (exchange->page.role == CAPAN_PAGE_PART || exchange->page.role == CAPAN_PAGE_FAVICON) {
        const struct capan_http_field *referer =
            capan_field_next(exchange->request_fields, exchange->request_field_count, CAPAN_FIELD_REFERER, &at);
        if (referer) add_url(entry, referer->value);
        return;
    }
    if (exchange->target.len && exchange->target.at[0] == '/') {
        add_url(entry, span_of(exchange->secure ? "https://" : "http://"));
        add_url(entry, exchange->authority);
    }
    add_url(entry, exchange->target);
}

/* The document says who and where; until it is there, the first exchange does. */
static void introduce(struct pages_entry *entry, const struct capan_exchange *exchange) {
    struct capan_page *page = &entry->page;
    bool is_document = exchange->page.role == CAPAN_PAGE_DOCUMENT;
    if (page->requests && !is_document) return;
    name_page(entry, exchange);
    page->stream = exchange->stream;
    page->client = exchange->client;
    page->server = exchange->server;
    page->document_in = is_document ? exchange->request.last_frame : 0;
    page->status = is_document ? exchange->status : 0;
}

static void count_connection(struct pages_entry *entry, uint32_t stream) {
    struct capan_page *page = &entry->page;
    for (uint32_t i = 0; i < page->connections && i < STREAMS_KEPT; i++)
        if (entry->streams[i] == stream) return;
    if (page->connections < STREAMS_KEPT) entry->streams[page->connections++] = stream;
}

/* Nobody waits for the icon. */
static void count_time(struct capan_page *page, const struct capan_exchange *exchange) {
    if (exchange->page.role == CAPAN_PAGE_FAVICON) {
        page->favicon_in = exchange->request.last_frame;
        return;
    }
    page->first_ns = min_i64(page->first_ns, exchange->request.first_ns);
    page->last_ns = max_i64(page->last_ns, max_i64(exchange->request.last_ns, exchange->response.last_ns));
    if (exchange->page.path_x100 <= page->path_x100) return;
    page->path_x100 = exchange->page.path_x100;
    page->confirming = exchange->page.confirming;
}

void capan_pages_exchange(struct pages *pages, const struct capan_exchange *exchange) {
    struct pages_entry *entry = pages->tell && exchange->page.number ? entry_of(pages, exchange) : NULL;
    if (!entry) return;
    struct capan_page *page = &entry->page;
    introduce(entry, exchange);
    count_connection(entry, exchange->stream);
    count_time(page, exchange);
    if (exchange->page.role != CAPAN_PAGE_FAVICON) capan_pagetime_add(&entry->time, exchange, pages->alloc);
    page->requests++;
    page->outcomes[exchange->outcome]++;
    page->handshakes += capan_handshake_sum(&exchange->handshakes);
    page->octets += exchange->request.wire_len + exchange->response.wire_len;
    page->saved += exchange->saved;
    page->wasted += exchange->wasted;
    page->first_frame =
        page->first_frame ? min_u32(page->first_frame, exchange->request.first_frame) : exchange->request.first_frame;
    page->last_frame = max_u32(page->last_frame, max_u32(exchange->request.last_frame, exchange->response.last_frame));
}

void capan_pages_finish(struct pages *pages) {
    struct pages_entry **next;
    do {
        next = NULL;
        for (size_t i = 0; i < PAGES_GATHERED; i++)
            if (pages->at[i] && (!next || pages->at[i]->page.number < (*next)->page.number)) next = &pages->at[i];
        if (next) tell(pages, next);
    } while (next);
}
