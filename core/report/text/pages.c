/* SPDX-License-Identifier: MIT */
/* Rows of pages. */
#include "cells.h"
#include "clock.h"
#include "human.h"
#include "text.h"

static void put_name(struct capan_text *text, const struct capan_page *page) {
    struct capan_out *out = text->out;
    capan_style(out, text->colour, CAPAN_STYLE_BOLD);
    capan_out_format(out, "page %llu  ", (unsigned long long)page->number);
    capan_out_printable(out, page->url, out_width(out) - 10);
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
    capan_say(paragraph, "; critical path %s round trips", capan_human_tenths(text, (uint64_t)page->path_x100, true));
    if (page->confirming) capan_say(paragraph, ", %u of them for 304", page->confirming);
}

static void say_octets(struct sentence *paragraph, const struct capan_page *page) {
    char text[CAPAN_HUMAN];
    capan_say(paragraph, "; %s", capan_human_bytes(text, page->octets));
    if (page->saved) capan_say(paragraph, ", %s spared", capan_human_bytes(text, page->saved));
    if (page->wasted) capan_say(paragraph, ", %s in vain", capan_human_bytes(text, page->wasted));
}

void capan_text_page_row(struct capan_text *text, struct capan_row *row) {
    const struct capan_page *page = row->page;
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    char duration_text[CAPAN_HUMAN];
    put_name(text, page);
    out_text(text->out, "    at ");
    capan_cell_moment(text->out, page->first_ns, row->origin_ns, 0);
    capan_out_format(text->out, ", whole after %s\n",
                     capan_human_duration(duration_text, CAPAN_DURATION_ROUGH, page->last_ns - page->first_ns));
    if (capan_page_explain(page, row->text)) capan_text_prose(text->out, 4, row->text);
    say_what(&paragraph, page);
    say_waiting(&paragraph, page);
    say_octets(&paragraph, page);
    capan_text_paragraph(text->out, 4, &paragraph);
}
