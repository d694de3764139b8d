/* SPDX-License-Identifier: MIT */
#include "waterfall.h"

#include <stdlib.h>

#include "bytes.h"
#include "drawing.h"
#include "human.h"
#include "spent.h"

enum {
    BARS_SHOWN = 300,  /* exchanges in all */
    TARGET_SHOWN = 34, /* octets of a target */
    ROW = 18,
    VERDICT_LEFT = 320,
    SIZE_RIGHT = 560,
    BAR_LEFT = 580,
    BAR_WIDTH = 400,
    BAR_MIN = 2,
    BAR_HEIGHT = 9,
    TICKS = 4
};

/* The exchanges [from, to) of the story: one load of a page, or those that belong to none. */
struct group {
    struct capan_exchange *const *from, *const *to;
    struct scale scale;
};

static void put_bar(struct capan_out *out, const struct scale *scale, const char *class, int64_t from, int64_t to,
                    int y) {
    int left = capan_drawing_position(scale, from), right = capan_drawing_position(scale, to);
    capan_out_format(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", class, left, y,
                     right - left > BAR_MIN ? right - left : BAR_MIN, BAR_HEIGHT);
}

/* Its end tells more than its middle. */
static void put_target(struct capan_out *out, struct capan_span target) {
    if (target.len <= TARGET_SHOWN) {
        capan_drawing_html(out, target);
        return;
    }
    capan_drawing_html(out, span_cut(target, 0, TARGET_SHOWN / 3));
    out_text(out, "...");
    capan_drawing_html(out, span_cut(target, target.len - TARGET_SHOWN / 2, target.len));
}

/* What its time went into, below its sentence. */
static void put_spent(struct capan_out *out, const struct capan_exchange *exchange) {
    const struct capan_spent spent = capan_spent_of_exchange(exchange);
    if (!capan_spent_whole(&spent)) return;
    out_text(out, "\n");
    capan_spent_words(out, &spent);
}

static void put_words(struct capan_out *out, const struct capan_exchange *exchange, int y) {
    const struct capan_token *outcome = &capan_http_outcomes[exchange->outcome];
    char text[CAPAN_HUMAN], explain[CAPAN_EXPLAIN_TEXT];
    out_text(out, "<title>");
    capan_exchange_explain(exchange, explain);
    capan_drawing_html(out, span_of(explain));
    put_spent(out, exchange);
    capan_out_format(out, "</title><text x=\"0\" y=\"%d\">#%u ", y, capan_exchange_frame(exchange));
    capan_drawing_html(out, exchange->method);
    out_char(out, ' ');
    put_target(out, exchange->target);
    capan_out_format(out, "</text><text class=\"%s\" x=\"%d\" y=\"%d\">",
                     capan_drawing_class((uint8_t)outcome->severity), VERDICT_LEFT, y);
    if (exchange->status) capan_out_format(out, "%u ", exchange->status);
    capan_out_format(out, "%s</text><text class=\"size\" x=\"%d\" y=\"%d\">%s</text>", outcome->token, SIZE_RIGHT, y,
                     capan_human_bytes(text, exchange->response.body_len));
}

/* Sending, waiting, receiving; below them what all of it went into. */
static void put_exchange(struct capan_out *out, const struct scale *scale, const struct capan_exchange *exchange,
                         int y) {
    const struct capan_http_extent *request = &exchange->request, *response = &exchange->response;
    const struct capan_spent spent = capan_spent_of_exchange(exchange);
    out_text(out, "<g>");
    put_words(out, exchange, y + 10);
    if (request->first_frame) put_bar(out, scale, "send", request->first_ns, request->last_ns, y);
    if (request->first_frame && response->first_frame)
        put_bar(out, scale, "wait", request->last_ns, response->first_ns, y);
    if (response->first_frame) put_bar(out, scale, "receive", response->first_ns, response->last_ns, y);
    capan_spent_drawn(out, &spent, scale, request->first_ns, y + BAR_HEIGHT + 1);
    out_text(out, "</g>\n");
}

static void put_times(struct capan_out *out, const struct scale *scale, int bottom) {
    for (int i = 0; i <= TICKS; i++) {
        char text[CAPAN_HUMAN];
        int64_t after = (scale->to - scale->from) / TICKS * i;
        int x = scale->left + scale->width / TICKS * i;
        capan_out_format(
            out, "<path class=\"tick\" d=\"M%d %dV%d\"/><text class=\"tick%s\" x=\"%d\" y=\"11\">%s</text>\n", x, ROW,
            bottom, i == TICKS ? " last" : "", x, capan_human_duration(text, CAPAN_DURATION_ROUGH, after));
    }
}

static void put_bars(struct capan_out *out, const struct group *group) {
    int bottom = (int)(group->to - group->from + 1) * ROW, y = ROW + 3;
    capan_out_format(out, "<div class=\"wide\"><svg class=\"fall\" width=\"%d\" height=\"%d\">\n",
                     BAR_LEFT + BAR_WIDTH + 4, bottom + 4);
    put_times(out, &group->scale, bottom);
    for (struct capan_exchange *const *at = group->from; at < group->to; at++, y += ROW)
        put_exchange(out, &group->scale, *at, y);
    out_text(out, "</svg></div>\n");
}

/* The document that was loaded; without it in the capture, the first of its parts. */
static const struct capan_exchange *document_of(const struct group *group) {
    for (struct capan_exchange *const *at = group->from; at < group->to; at++)
        if ((*at)->page.role == CAPAN_PAGE_DOCUMENT) return *at;
    return *group->from;
}

static void put_heading(struct capan_out *out, const struct group *group, int64_t origin_ns) {
    const struct capan_exchange *document = document_of(group);
    char begin[CAPAN_HUMAN], took[CAPAN_HUMAN];
    size_t count = (size_t)(group->to - group->from);
    out_text(out, "<h3>");
    capan_drawing_html(out, document->page.number ? document->target : span_of("Outside of a page"));
    capan_out_format(out, "</h3>\n<p class=\"small\">%zu exchange%s, begun at %s, over %s</p>\n", count,
                     count == 1 ? "" : "s",
                     capan_human_duration(begin, CAPAN_DURATION_ROUGH, group->scale.from - origin_ns),
                     capan_human_duration(took, CAPAN_DURATION_ROUGH, group->scale.to - group->scale.from));
}

static int by_number(const void *left, const void *right) {
    const struct capan_page *a = left, *b = right;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Where the time of its critical path went, as who pays for it is told. */
static void put_page(struct capan_story *story, uint64_t number) {
    const struct capan_page key = {.number = number};
    const struct capan_page *page =
        story->pages_count ? bsearch(&key, story->pages, story->pages_count, sizeof key, by_number) : NULL;
    struct capan_out *out = &story->out;
    char explain[CAPAN_EXPLAIN_TEXT], took[CAPAN_HUMAN];
    if (!page || !capan_page_explain(page, explain)) return;
    const struct capan_spent spent = capan_spent_of_page(page);
    capan_out_format(out, "<div class=\"spent\"><p><b>The page's critical path, %s%s:</b> ",
                     capan_human_duration(took, CAPAN_DURATION_ROUGH, capan_spent_whole(&spent)),
                     page->favicon_in ? " without its icon" : "");
    capan_drawing_html(out, span_of(explain));
    out_text(out, "</p>\n");
    capan_spent_told(out, &spent);
    out_text(out, "</div>\n");
}

/* The parts that the bars of exchanges show. */
static void put_key(struct capan_story *story, size_t count) {
    uint32_t parts = 0;
    for (size_t i = 0; i < count; i++) {
        const struct capan_spent spent = capan_spent_of_exchange(story->exchanges[i]);
        parts |= capan_spent_parts(&spent);
    }
    if (parts) capan_spent_key(&story->out, capan_spent_page_words, parts);
}

static struct group next_group(struct capan_exchange *const *from, struct capan_exchange *const *end) {
    struct group group = {from, from, {INT64_MAX, INT64_MIN, BAR_LEFT, BAR_WIDTH}};
    for (; group.to < end && (*group.to)->page.number == (*from)->page.number; group.to++) {
        group.scale.from = min_i64(group.scale.from, capan_exchange_begin_ns(*group.to));
        group.scale.to = max_i64(group.scale.to, capan_exchange_end_ns(*group.to));
    }
    return group;
}

/* Page by page; what belongs to none comes last. */
static int by_load(const void *left, const void *right) {
    const struct capan_exchange *a = *(struct capan_exchange *const *)left, *b = *(struct capan_exchange *const *)right;
    uint64_t load_a = a->page.number - 1, load_b = b->page.number - 1;
    if (load_a != load_b) return load_a < load_b ? -1 : 1;
    uint32_t frame_a = capan_exchange_first_frame(a), frame_b = capan_exchange_first_frame(b);
    return frame_a < frame_b ? -1 : frame_a > frame_b;
}

void capan_waterfall(struct capan_story *story) {
    struct capan_out *out = &story->out;
    size_t count = story->exchanges_count < BARS_SHOWN ? story->exchanges_count : BARS_SHOWN;
    if (!count) return;
    qsort(story->exchanges, story->exchanges_count, sizeof *story->exchanges, by_load);
    struct capan_exchange *const *end = story->exchanges + count;
    capan_out_format(
        out,
        "<h2>HTTP exchanges</h2>\n<p class=\"small\">%zu of %zu, a waterfall for each page load: <i class=\"key "
        "send\"></i>sending <i class=\"key wait\"></i>waiting <i class=\"key receive\"></i>receiving</p>\n",
        count, story->exchanges_count);
    put_key(story, count);
    if (story->pages_count) qsort(story->pages, story->pages_count, sizeof *story->pages, by_number);
    for (struct group group = {NULL, story->exchanges, {0}}; group.to < end;) {
        group = next_group(group.to, end);
        put_heading(out, &group, story->origin_ns);
        put_page(story, (*group.from)->page.number);
        put_bars(out, &group);
    }
}
