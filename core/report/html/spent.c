/* SPDX-License-Identifier: MIT */
#include "spent.h"

#include <assert.h>

#include "bytes.h"
#include "human.h"

enum { THOUSAND = 1000, MILLION = 1000000 };

const char capan_spent_style[] =
    ":root{--teal:#0e8a94;--leaf:#8cc665;--rose:#d4698f;--still:#9ba8b9;--rest:#bfc9d5;--over:#d8dfe8;--way:#67b0e3}\n"
    "@media(prefers-color-scheme:dark){:root{--teal:#2bb3bd;--leaf:#a5d982;--rose:#f0a8c4;--still:#6b7a90;"
    "--rest:#4b586b;--over:#364254;--way:#3f88c8}}\n"
    ".of-handshake,.of-connect{--of:var(--sacks)}.of-tls{--of:var(--rose)}.of-request{--of:var(--muted)}\n"
    ".of-server{--of:var(--edge)}.of-path{--of:var(--way)}.of-slow_start{--of:var(--leaf)}\n"
    ".of-cwnd_limited{--of:var(--acks)}.of-rwnd_limited{--of:var(--teal)}.of-recovery{--of:var(--again)}\n"
    ".of-rto_wait{--of:var(--probe)}.of-nagle{--of:var(--late)}.of-app_limited,.of-client{--of:var(--still)}\n"
    ".of-idle{--of:var(--rest)}.of-closing{--of:var(--over)}\n"
    ".spent{margin-top:.6em;margin-bottom:1em;font-size:.9em}.spent p{margin:.2em 0}.spent "
    ".bar{height:1.5em;margin:.5em 0 .7em}\n"
    ".bar{display:flex;gap:1px;height:.8em;border-radius:4px;overflow:hidden;forced-color-adjust:none}\n"
    ".bar i{flex:1 1 0;min-width:2px;background:var(--of);print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
    ".bar i:hover{filter:brightness(1.15)}td .bar{min-width:15em;margin:.35em 0 .7em}td .bar.none{visibility:hidden}\n"
    ".parts{list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19em),1fr));"
    "gap:.5em 1.6em;margin:0;padding:0}.parts li{padding-left:1.3em;text-indent:-1.3em}\n"
    ".parts b{font-variant-numeric:tabular-nums;margin:0 .5em}.parts small{display:block;text-indent:0;"
    "color:var(--muted);font-size:.92em;line-height:1.35}\n"
    ".parts i,.keys i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.5em;text-indent:0;"
    "background:var(--of);forced-color-adjust:none;print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
    ".keys span{display:inline-block;margin-right:1.1em}\n";

#define SIDE_WORD(part, token, limit, sentence) {token, token, sentence},
const struct capan_spent_word capan_spent_side_words[] = {CAPAN_TIME_PARTS(SIDE_WORD)};
/* A page's begin with those of an exchange. */
#define PAGE_WORD(part, token, phrase, sentence) {token, phrase, sentence},
const struct capan_spent_word capan_spent_page_words[] = {CAPAN_PAGE_PARTS(PAGE_WORD)};
static_assert(sizeof capan_spent_side_words / sizeof *capan_spent_side_words <= CAPAN_SPENT_PARTS, "too many");
static_assert(sizeof capan_spent_page_words / sizeof *capan_spent_page_words <= CAPAN_SPENT_PARTS, "too many");

struct capan_spent capan_spent_of_side(const struct capan_connection *connection, enum capan_direction direction) {
    return (struct capan_spent){direction == CAPAN_C2S ? "client" : "server", capan_spent_side_words,
                                connection->tcp.side[direction].time.part_ns, CAPAN_TIME_PART_COUNT};
}

struct capan_spent capan_spent_of_exchange(const struct capan_exchange *exchange) {
    return (struct capan_spent){"exchange", capan_spent_page_words, exchange->time.part_ns, CAPAN_EXCHANGE_PART_COUNT};
}

struct capan_spent capan_spent_of_page(const struct capan_page *page) {
    return (struct capan_spent){"page", capan_spent_page_words, page->part_ns, CAPAN_PAGE_SPENT_COUNT};
}

int64_t capan_spent_whole(const struct capan_spent *spent) {
    int64_t whole_ns = 0;
    for (unsigned i = 0; i < spent->count; i++) whole_ns += spent->part_ns[i];
    return whole_ns;
}

static int in_whole(int64_t ns, int64_t whole_ns, int whole) {
    return (int)((double)ns / (double)whole_ns * whole + 0.5);
}

/* In tenths of a percent. The ends of the parts are rounded, not their lengths: so they add up to 100 %. */
static void share(const struct capan_spent *spent, int tenths[CAPAN_SPENT_PARTS]) {
    const int64_t whole_ns = capan_spent_whole(spent);
    int64_t passed_ns = 0;
    for (unsigned i = 0; i < spent->count; i++) {
        const int begin = in_whole(passed_ns, whole_ns, THOUSAND);
        passed_ns += spent->part_ns[i];
        tenths[i] = in_whole(passed_ns, whole_ns, THOUSAND) - begin;
    }
}

static void put_share(struct capan_out *out, int tenths) {
    if (tenths)
        capan_out_format(out, "%d.%d %%", tenths / 10, tenths % 10);
    else
        out_text(out, "under 0.1 %");
}

void capan_spent_words(struct capan_out *out, const struct capan_spent *spent) {
    char duration[CAPAN_HUMAN];
    int tenths[CAPAN_SPENT_PARTS];
    const char *between = "";
    share(spent, tenths);
    for (unsigned i = 0; i < spent->count; i++) {
        if (!spent->part_ns[i]) continue;
        capan_out_format(out, "%s%s ", between, spent->words[i].name);
        put_share(out, tenths[i]);
        capan_out_format(out, " (%s)", capan_human_duration(duration, CAPAN_DURATION_ROUGH, spent->part_ns[i]));
        between = ", ";
    }
}

/* What it means is in the key, or below. */
static void put_title(struct capan_out *out, const struct capan_spent_word *word, int tenths, int64_t ns) {
    char duration[CAPAN_HUMAN];
    capan_out_format(out, "%s ", word->name);
    put_share(out, tenths);
    capan_out_format(out, ", %s", capan_human_duration(duration, CAPAN_DURATION_ROUGH, ns));
}

static void put_parts(struct capan_out *out, const struct capan_spent *spent) {
    const int64_t whole_ns = capan_spent_whole(spent);
    int tenths[CAPAN_SPENT_PARTS];
    share(spent, tenths);
    for (unsigned i = 0; i < spent->count; i++) {
        if (!spent->part_ns[i]) continue;
        capan_out_format(out, "<i class=\"of-%s\" style=\"flex-grow:%d\" title=\"", spent->words[i].token,
                         in_whole(spent->part_ns[i], whole_ns, MILLION));
        put_title(out, &spent->words[i], tenths[i], spent->part_ns[i]);
        out_text(out, "\"></i>");
    }
    out_text(out, "</div>");
}

void capan_spent_bar(struct capan_out *out, const struct capan_spent *spent) {
    capan_out_format(out, "<div class=\"bar\" role=\"img\" aria-label=\"time of the %s: ", spent->whose);
    capan_spent_words(out, spent);
    out_text(out, "\">");
    put_parts(out, spent);
}

void capan_spent_told(struct capan_out *out, const struct capan_spent *spent) {
    char duration[CAPAN_HUMAN];
    int tenths[CAPAN_SPENT_PARTS];
    share(spent, tenths);
    out_text(out, "<div class=\"bar\" aria-hidden=\"true\">");
    put_parts(out, spent);
    capan_out_format(out, "\n<ul class=\"parts\" aria-label=\"time of the %s\">\n", spent->whose);
    for (unsigned i = 0; i < spent->count; i++) {
        if (!spent->part_ns[i]) continue;
        capan_out_format(out, "<li><i class=\"of-%s\"></i>%s<b>", spent->words[i].token, spent->words[i].name);
        put_share(out, tenths[i]);
        capan_out_format(out, "</b>%s<small>", capan_human_duration(duration, CAPAN_DURATION_ROUGH, spent->part_ns[i]));
        capan_drawing_html(out, span_of(spent->words[i].sentence));
        out_text(out, "</small></li>\n");
    }
    out_text(out, "</ul>\n");
}

void capan_spent_drawn(struct capan_out *out, const struct capan_spent *spent, const struct scale *scale,
                       int64_t from_ns) {
    char class[32];
    for (unsigned i = 0; i < spent->count; i++) {
        if (!spent->part_ns[i]) continue;
        snprintf(class, sizeof class, "of-%s", spent->words[i].token);
        capan_drawing_bar(out, scale, class, from_ns, from_ns + spent->part_ns[i]);
        from_ns += spent->part_ns[i];
    }
}

uint32_t capan_spent_parts(const struct capan_spent *spent) {
    uint32_t parts = 0;
    for (unsigned i = 0; i < spent->count; i++) parts |= spent->part_ns[i] ? UINT32_C(1) << i : 0;
    return parts;
}

void capan_spent_key(struct capan_out *out, const char *begin, const struct capan_spent_word *words, uint32_t parts) {
    out_text(out, "<p class=\"small keys\">");
    out_text(out, begin);
    for (unsigned i = 0; parts >> i; i++) {
        if (!(parts >> i & 1)) continue;
        capan_out_format(out, "<span title=\"");
        capan_drawing_html(out, span_of(words[i].sentence));
        capan_out_format(out, "\"><i class=\"of-%s\"></i>%s</span>", words[i].token, words[i].name);
    }
    out_text(out, "</p>\n");
}
