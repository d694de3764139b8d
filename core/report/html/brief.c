/* SPDX-License-Identifier: MIT */
/* What who has a minute is to know: what was captured, what it came to, what it cost, and who is to act. */
#include <stdlib.h>

#include "bytes.h"
#include "drawing.h"
#include "human.h"
#include "parts.h"
#include "spent.h"
#include "text.h"
#include "unread.h"
#include "words.h"

enum { ACTIONS_SHOWN = 4 /* for each who is to act */ };

/* --- tiles --- */

static void put_tile(struct capan_out *out, const char *name, const char *value, const char *remark) {
    capan_out_format(out, "<div><dt>%s</dt><dd>%s<small>%s</small></dd></div>\n", name, value, remark);
}

static size_t count_unopened(const struct capan_story *story) {
    size_t count = 0;
    for (size_t i = 0; i < story->connections_count; i++) {
        const uint8_t open = story->connections[i].tcp.open;
        count += open == CAPAN_OPEN_REFUSED || open == CAPAN_OPEN_UNANSWERED;
    }
    return count;
}

static void put_connections_tile(const struct capan_document *document) {
    char count[CAPAN_HUMAN], remark[CAPAN_HUMAN + 32], number[CAPAN_HUMAN];
    const size_t unopened = count_unopened(document->story);
    snprintf(remark, sizeof remark, "%s not opened", capan_human_count(number, unopened));
    put_tile(document->out, "TCP connections", capan_human_count(count, document->totals->connections),
             unopened ? remark : "");
}

static void put_exchanges_tile(const struct capan_document *document) {
    const struct capan_story *story = document->story;
    char count[CAPAN_HUMAN], remark[CAPAN_HUMAN + 32], number[CAPAN_HUMAN];
    size_t not_modified = 0;
    for (size_t i = 0; i < story->exchanges_count; i++) not_modified += story->exchanges[i]->status == 304;
    snprintf(remark, sizeof remark, "%s answered 304", capan_human_count(number, not_modified));
    if (document->totals->exchanges)
        put_tile(document->out, "HTTP exchanges", capan_human_count(count, document->totals->exchanges),
                 not_modified ? remark : "");
}

static void put_tiles(const struct capan_document *document) {
    const struct capan_source *source = document->source;
    const struct capan_totals *totals = document->totals;
    struct capan_out *out = document->out;
    char text[CAPAN_HUMAN], other[CAPAN_HUMAN];
    out_text(out, "<dl class=\"tiles\">\n");
    if (totals->segments)
        put_tile(out, "Captured", capan_human_duration(text, CAPAN_DURATION_ROUGH, totals->last_ns - totals->first_ns),
                 capan_human_date(other, totals->first_ns, false));
    put_tile(out, "Packets", capan_human_count(text, source->frames), capan_human_bytes(other, source->octets));
    put_connections_tile(document);
    put_exchanges_tile(document);
    if (document->story->pages_count)
        put_tile(out, "Page loads", capan_human_count(text, document->story->pages_count), "");
    out_text(out, "</dl>\n");
}

/* --- the answer --- */

static size_t count_level(const struct capan_document *document, enum capan_severity severity) {
    size_t count = 0;
    for (size_t i = 0; i < document->findings_count; i++) count += document->findings[i].severity == severity;
    return count;
}

static void put_kinds(struct capan_out *out, size_t count, const char *of) {
    capan_out_format(out, "%zu kind%s of %s", count, count == 1 ? "" : "s", of);
}

static void put_nothing(const struct capan_document *document) {
    const struct capan_source *source = document->source;
    out_text(document->out, "Nothing was judged: ");
    if (!source->frames)
        out_text(document->out, "no packet was captured");
    else if (source->undecoded && source->undecoded == source->frames - source->passed)
        out_text(document->out, "no packet could be decoded");
    else
        out_text(document->out, "no packet is TCP");
}

static void put_answer(const struct capan_document *document) {
    struct capan_out *out = document->out;
    const size_t errors = count_level(document, CAPAN_ERROR), warnings = count_level(document, CAPAN_WARN),
                 notes = count_level(document, CAPAN_NOTE);
    const char *class = errors ? "error" : warnings ? "warn" : notes ? "note" : "chat";
    capan_out_format(out, "<p class=\"answer %s\">", class);
    if (!document->totals->segments) {
        put_nothing(document);
    } else if (errors || warnings) {
        if (errors) put_kinds(out, errors, "error");
        if (errors && warnings) out_text(out, " and ");
        if (warnings) put_kinds(out, warnings, "warning");
        out_text(out, errors + warnings == 1 ? " asks to be looked at" : " ask to be looked at");
    } else {
        out_text(out, notes ? "Nothing is broken; " : "Nothing worth a note was found");
        if (notes) put_kinds(out, notes, "note");
        if (notes) out_text(out, " may be worth a look");
        if (capan_unread_any(document->totals)) out_text(out, ", in what was read");
    }
    out_text(out, ".</p>\n");
}

/* --- what it cost --- */

static const struct capan_exchange *document_of(const struct capan_story *story, uint64_t number) {
    const struct capan_exchange *first = NULL;
    for (size_t i = 0; i < story->exchanges_count; i++) {
        if (story->exchanges[i]->page.number != number) continue;
        if (!first || story->exchanges[i]->page.role == CAPAN_PAGE_DOCUMENT) first = story->exchanges[i];
    }
    return first;
}

static void put_slowest_page(const struct capan_document *document) {
    const struct capan_story *story = document->story;
    struct capan_out *out = document->out;
    char text[CAPAN_EXPLAIN_TEXT], took[CAPAN_HUMAN];
    const struct capan_page *page = NULL;
    int64_t slowest_ns = 0;
    for (size_t i = 0; i < story->pages_count; i++) {
        const struct capan_spent spent = capan_spent_of_page(&story->pages[i]);
        if (capan_spent_whole(&spent) <= slowest_ns) continue;
        page = &story->pages[i];
        slowest_ns = capan_spent_whole(&spent);
    }
    const struct capan_exchange *exchange = page ? document_of(story, page->number) : NULL;
    if (!exchange || !capan_page_explain(page, text)) return;
    out_text(out, story->pages_count == 1 ? "<li>The page <a" : "<li>The slowest page, <a");
    capan_out_format(out, " href=\"#page-%llu\">", (unsigned long long)page->number);
    capan_drawing_html(out, exchange->target);
    capan_out_format(out, "</a>%s took <b>%s</b>: ", story->pages_count == 1 ? "" : ",",
                     capan_human_duration(took, CAPAN_DURATION_ROUGH, slowest_ns));
    capan_drawing_html(out, span_of(text));
    out_text(out, ".</li>\n");
}

static void put_slowest_exchange(const struct capan_document *document) {
    const struct capan_story *story = document->story;
    struct capan_out *out = document->out;
    const struct capan_exchange *slowest = NULL;
    char took[CAPAN_HUMAN];
    for (size_t i = 0; i < story->exchanges_count; i++) {
        const struct capan_exchange *exchange = story->exchanges[i];
        if (document->has_bar[i] && capan_exchange_took_ns(exchange) > (slowest ? capan_exchange_took_ns(slowest) : 0))
            slowest = exchange;
    }
    if (!slowest || story->exchanges_count < 2) return;
    capan_out_format(out, "<li>The slowest exchange, <a href=\"#exchange-%llu\">", (unsigned long long)slowest->index);
    capan_drawing_html(out, slowest->method);
    out_char(out, ' ');
    capan_drawing_html(out, slowest->target);
    capan_out_format(out, "</a>, took <b>%s</b>.</li>\n",
                     capan_human_duration(took, CAPAN_DURATION_ROUGH, capan_exchange_took_ns(slowest)));
}

static void put_resent(const struct capan_document *document) {
    const struct capan_story *story = document->story;
    char resent_text[CAPAN_HUMAN], all_text[CAPAN_HUMAN];
    uint64_t resent = 0, all = 0;
    for (size_t i = 0; i < 2 * story->connections_count; i++) {
        resent += story->connections[i / 2].tcp.side[i & 1].resent_segments;
        all += story->connections[i / 2].tcp.side[i & 1].data_segments;
    }
    if (!all) return;
    if (!resent)
        out_text(document->out, "<li>No data was sent again.</li>\n");
    else
        capan_out_format(document->out, "<li><b>%s</b> segments were sent again, beside %s with data (%.1f %%).</li>\n",
                         capan_human_count(resent_text, resent), capan_human_count(all_text, all),
                         100.0 * (double)resent / (double)all);
}

static void put_caching(const struct capan_document *document) {
    const struct capan_totals *totals = document->totals;
    char text[CAPAN_HUMAN];
    if (totals->wasted)
        capan_out_format(document->out, "<li><b>%s</b> of contents were sent although the client had them.</li>\n",
                         capan_human_bytes(text, totals->wasted));
    if (totals->saved)
        capan_out_format(document->out, "<li>Answers of 304 spared <b>%s</b> of contents.</li>\n",
                         capan_human_bytes(text, totals->saved));
}

static void put_waiting(const struct capan_document *document) {
    const struct capan_totals *totals = document->totals;
    char text[CAPAN_HUMAN], number[CAPAN_HUMAN];
    if (!totals->round_trips_x100) return;
    capan_out_format(document->out, "<li>Clients waited <b>%s</b> round trips for answers",
                     capan_human_tenths(text, totals->round_trips_x100, true));
    if (totals->handshakes)
        capan_out_format(document->out, ", and %s for handshakes", capan_human_count(number, totals->handshakes));
    out_text(document->out, ".</li>\n");
}

static void put_costs(const struct capan_document *document) {
    struct capan_out *out = document->out;
    out_text(out, "<div><h3>What it came to</h3>\n<ul>\n");
    put_slowest_page(document);
    put_slowest_exchange(document);
    put_resent(document);
    put_caching(document);
    put_waiting(document);
    out_text(out, "</ul></div>\n");
}

/* --- who should act --- */

static const char *const actors[CAPAN_BLAME_COUNT] = {
    [CAPAN_BLAME_NOBODY] = "Nobody is named",
    [CAPAN_BLAME_SERVER] = "Who runs the server",
    [CAPAN_BLAME_CLIENT] = "Who runs the client",
    [CAPAN_BLAME_CACHE] = "Who runs the cache",
    [CAPAN_BLAME_SERVER_OR_CACHE] = "Who runs the server, or a cache before it",
    [CAPAN_BLAME_EITHER] = "Who runs one of the ends",
    [CAPAN_BLAME_NETWORK] = "Who runs the network",
    [CAPAN_BLAME_CAPTURE] = "Who took the capture",
    [CAPAN_BLAME_IN_THE_PATH] = "Who runs what lies in the path",
};

static bool is_of_frame(const struct capan_finding *finding, uint32_t frame) {
    for (uint32_t i = 0; i < finding->frame_count; i++)
        if (finding->frames[i] == frame) return true;
    return false;
}

/* Somebody is named for what happened in that frame. */
static bool is_blamed(const struct capan_document *document, uint32_t frame) {
    for (size_t i = 0; i < document->findings_count; i++) {
        const struct capan_finding *finding = &document->findings[i];
        if (finding->blame && finding->severity >= CAPAN_NOTE && is_of_frame(finding, frame)) return true;
    }
    return false;
}

/* Where nobody is named, only what is graver than a note, and was not said of the same frames already. */
static bool is_action(const struct capan_document *document, const struct capan_finding *finding,
                      enum capan_blame blame) {
    if (finding->blame != blame || finding->severity < (blame ? CAPAN_NOTE : CAPAN_WARN)) return false;
    for (uint32_t i = 0; !blame && i < finding->frame_count; i++)
        if (!is_blamed(document, finding->frames[i])) return true;
    return blame;
}

static void put_action(const struct capan_document *document, const struct capan_finding *finding) {
    struct capan_out *out = document->out;
    char text[CAPAN_HUMAN];
    const char *level = capan_drawing_class(finding->severity);
    capan_out_format(out, "<li><a class=\"tag %s\" href=\"#", level);
    capan_link_id(document, finding);
    capan_out_format(out, "\">%s</a> ", finding->token->token);
    capan_drawing_html(out, span_of(finding->token->sentence));
    capan_out_format(out, " <span class=\"small\">%s%s",
                     finding->count == 1 ? "once" : capan_human_count(text, finding->count),
                     finding->count == 1 ? "" : " times");
    if (finding->bytes) capan_out_format(out, ", %s", capan_human_bytes(text, finding->bytes));
    out_text(out, "</span></li>\n");
}

static void put_actor(const struct capan_document *document, enum capan_blame blame) {
    struct capan_out *out = document->out;
    size_t count = 0;
    for (size_t i = 0; i < document->findings_count; i++) {
        if (!is_action(document, &document->findings[i], blame)) continue;
        if (!count) capan_out_format(out, "<h4>%s</h4>\n<ul>\n", actors[blame]);
        if (count++ < ACTIONS_SHOWN) put_action(document, &document->findings[i]);
    }
    if (count > ACTIONS_SHOWN)
        capan_out_format(out, "<li><a href=\"#findings\">and %zu more</a></li>\n", count - ACTIONS_SHOWN);
    if (count) out_text(out, "</ul>\n");
}

static void put_actors(const struct capan_document *document) {
    struct capan_out *out = document->out;
    bool any = false;
    for (size_t i = 0; i < document->findings_count; i++)
        any |= is_action(document, &document->findings[i], (enum capan_blame)document->findings[i].blame);
    out_text(out, "<div><h3>Who should act</h3>\n");
    if (!any) out_text(out, "<p>Nobody has to.</p>\n");
    for (int blame = CAPAN_BLAME_NOBODY + 1; blame < CAPAN_BLAME_COUNT; blame++)
        put_actor(document, (enum capan_blame)blame);
    put_actor(document, CAPAN_BLAME_NOBODY);
    out_text(out, "</div>\n");
}

/* --- what is not told --- */

/* Lines for people, of which those that go on are indented further, as items of a list. */
static void put_items(struct capan_out *out, struct capan_span lines) {
    bool open = false;
    while (lines.len) {
        const uint8_t *end = memchr(lines.at, '\n', lines.len);
        const size_t len = end ? (size_t)(end - lines.at) : lines.len;
        size_t blanks = 0;
        while (blanks < len && lines.at[blanks] == ' ') blanks++;
        if (blanks < 4 || !open) out_text(out, open ? "</li>\n<li>" : "<li>");
        if (blanks >= 4 && open) out_char(out, ' ');
        open = true;
        capan_drawing_html(out, span_cut(lines, blanks, len - blanks));
        lines = span_cut(lines, min_size(len + 1, lines.len), SIZE_MAX);
    }
    if (open) out_text(out, "</li>\n");
}

static void tell_limits(const struct capan_document *document, struct capan_out *lines) {
    const struct capan_source *source = document->source;
    struct capan_text text = {.out = lines};
    if (source->partial) capan_out_format(lines, "  not all of it was read: %s\n", source->partial);
    if (document->story->kept != CAPAN_OK)
        out_text(lines, "  the capture is long: what comes later is in no table and no chart\n");
    capan_text_offload(lines, document->findings, document->findings_count);
    capan_text_limits(lines, source, document->totals);
    capan_text_unread(&text, &document->story->sealed, source, document->totals);
}

/* As the summary tells it. False without memory. */
static bool put_limits(const struct capan_document *document) {
    struct capan_out lines;
    struct capan_kept kept = {NULL, 0, 0};
    if (capan_out_init(&lines, NULL, &(struct capan_layout){.width = UINT16_MAX}) != CAPAN_OK) return false;
    lines.kept = &kept;
    tell_limits(document, &lines);
    capan_out_spill(&lines);
    const bool fine = !lines.failed;
    if (fine && kept.len) {
        out_text(document->out, "<div><h3>To be read with care</h3>\n<ul>\n");
        put_items(document->out, (struct capan_span){(const uint8_t *)kept.at, kept.len});
        out_text(document->out, "</ul></div>\n");
    }
    free(kept.at);
    capan_out_free(&lines);
    return fine;
}

bool capan_document_brief(struct capan_document *document) {
    struct capan_out *out = document->out;
    out_text(out, "<section aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>\n");
    put_answer(document);
    put_tiles(document);
    out_text(out, "<div class=\"columns\">\n");
    put_costs(document);
    put_actors(document);
    const bool fine = put_limits(document);
    out_text(out, "</div>\n</section>\n");
    return fine;
}
