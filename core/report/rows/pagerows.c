/* SPDX-License-Identifier: MIT */
/* Rows of pages. */
#include "cells.h"
#include "human.h"
#include "text.h"

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(row->page->first_ns - row->origin_ns);
}

static struct capan_value duration(struct capan_row *row) {
    return value_seconds(row->page->last_ns - row->page->first_ns);
}

static struct capan_value outcomes(struct capan_row *row) {
    return (struct capan_value){.type = CAPAN_VALUE_COUNTS,
                                .as.counts = {capan_http_outcomes, row->page->outcomes, CAPAN_HTTP_OUTCOME_COUNT}};
}

#define CAPAN_ROW struct capan_page
static const struct capan_column columns[] = {
    CAPAN_READ("page", COUNT, number),
    CAPAN_READ("url", SPAN, url),
    CAPAN_READ("stream", COUNT, stream),
    CAPAN_READ("client", ENDPOINT, client),
    CAPAN_READ("server", ENDPOINT, server),
    CAPAN_READ("status", NONZERO, status),
    CAPAN_READ("document_in", NONZERO, document_in),
    CAPAN_READ("favicon_in", NONZERO, favicon_in),
    CAPAN_READ("first_frame", NONZERO, first_frame),
    CAPAN_READ("last_frame", NONZERO, last_frame),
    CAPAN_READ("time", TIME, first_ns),
    CAPAN_MADE("relative_time", relative_time),
    CAPAN_MADE("duration", duration),
    CAPAN_READ("requests", COUNT, requests),
    CAPAN_MADE("outcomes", outcomes),
    CAPAN_READ("connections", COUNT, connections),
    CAPAN_READ("handshakes", COUNT, handshakes),
    CAPAN_READ("round_trips", HUNDREDTHS, path_x100),
    CAPAN_READ("confirming", NONZERO, confirming),
    CAPAN_READ("bytes", COUNT, octets),
    CAPAN_READ("saved", NONZERO, saved),
    CAPAN_READ("wasted", NONZERO, wasted),
};

static void put_name(struct capan_text *text, const struct capan_page *page) {
    struct capan_out *out = text->out;
    capan_style(out, text->colour, CAPAN_STYLE_BOLD);
    capan_out_format(out, "page %llu  ", (unsigned long long)page->number);
    capan_out_printable(out, page->url, CAPAN_TEXT_WIDTH - 10);
    capan_style(out, text->colour, CAPAN_STYLE_PLAIN);
    out_char(out, '\n');
}

static void say_what(struct sentence *paragraph, const struct capan_page *page) {
    const char *between = ": ";
    if (page->status)
        capan_say(paragraph, "%u to #%u on stream %u; ", page->status, page->document_in, page->stream);
    else
        capan_say(paragraph, "not captured itself; ");
    capan_say(paragraph, "%llu request%s", (unsigned long long)page->requests, page->requests == 1 ? "" : "s");
    for (size_t i = 0; i < CAPAN_HTTP_OUTCOME_COUNT; i++) {
        if (!page->outcomes[i]) continue;
        capan_say(paragraph, "%s%u %s", between, page->outcomes[i], capan_http_outcomes[i].token);
        between = ", ";
    }
    if (page->favicon_in) capan_say(paragraph, "; icon #%u", page->favicon_in);
}

static void say_waiting(struct sentence *paragraph, const struct capan_page *page) {
    char text[CAPAN_HUMAN];
    capan_say(paragraph, "; %u connection%s, %u handshake%s", page->connections, page->connections == 1 ? "" : "s",
              page->handshakes, page->handshakes == 1 ? "" : "s");
    capan_say(paragraph, "; critical path %s round trips", capan_human_tenths(text, (uint64_t)page->path_x100));
    if (page->confirming) capan_say(paragraph, ", %u of them for 304", page->confirming);
}

static void say_octets(struct sentence *paragraph, const struct capan_page *page) {
    char text[CAPAN_HUMAN];
    capan_say(paragraph, "; %s", capan_human_bytes(text, page->octets));
    if (page->saved) capan_say(paragraph, ", %s spared", capan_human_bytes(text, page->saved));
    if (page->wasted) capan_say(paragraph, ", %s in vain", capan_human_bytes(text, page->wasted));
}

static void put_text(struct capan_text *text, struct capan_row *row) {
    const struct capan_page *page = row->page;
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    char duration_text[CAPAN_HUMAN];
    put_name(text, page);
    out_text(text->out, "    at ");
    capan_cell_time(text->out, page->first_ns - row->origin_ns, 0);
    capan_out_format(text->out, ", whole after %s\n",
                     capan_human_duration(duration_text, CAPAN_DURATION_ROUGH, page->last_ns - page->first_ns));
    say_what(&paragraph, page);
    say_waiting(&paragraph, page);
    say_octets(&paragraph, page);
    capan_text_paragraph(text->out, 4, &paragraph);
}

const struct capan_row_kind capan_page_rows = {columns, sizeof columns / sizeof *columns, put_text};
