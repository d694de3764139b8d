/* SPDX-License-Identifier: MIT */
/* The exchanges of each page load in a table of their own, with what each did when. */
#include "bytes.h"
#include "drawing.h"
#include "human.h"
#include "parts.h"
#include "spent.h"
#include "words.h"

enum {
    FINE = 10000, /* a bar's place and length, in hundredths of a percent */
    TICKS = 4
};

/* The exchanges [from, to) of the story: one load of a page, or those that belong to none. */
struct group {
    const struct capan_document *document;
    size_t from, to, shown;
    int64_t begin_ns, end_ns; /* of the exchanges */
    struct scale scale;       /* with the handshakes before them */
};

static const struct capan_exchange *exchange_at(const struct group *group, size_t at) {
    return group->document->story->exchanges[at];
}

/* --- when --- */

/* What was done in turn; each begins when the one before has ended, or later. */
enum phase { CONNECT, TLS, SEND, WAIT, RECEIVE, PHASES };
static const struct {
    const char *class, *name;
} phase_words[PHASES] = {{"connect", "TCP handshake"},
                         {"secure", "TLS handshake"},
                         {"send", "sending"},
                         {"wait", "waiting"},
                         {"receive", "receiving"}};
struct phases {
    int64_t from_ns[PHASES], to_ns[PHASES]; /* both 0: it did not do this */
};

static void set(struct phases *phases, enum phase phase, int64_t from_ns, int64_t to_ns) {
    phases->from_ns[phase] = from_ns;
    phases->to_ns[phase] = to_ns;
}

/* When its connection began, or as if the request had not waited any longer. */
static void set_handshakes(struct phases *phases, const struct group *group, const struct capan_exchange *exchange) {
    const struct capan_exchange_time *time = &exchange->time;
    const struct capan_connection *connection = capan_document_connection(group->document, exchange->stream);
    int64_t at_ns = exchange->request.first_ns - time->connect_ns - time->tls_ns;
    if (connection && time->connect_ns) at_ns = min_i64(at_ns, connection->first_ns);
    if (time->connect_ns) set(phases, CONNECT, at_ns, at_ns + time->connect_ns);
    if (time->tls_ns) set(phases, TLS, at_ns + time->connect_ns, at_ns + time->connect_ns + time->tls_ns);
}

static struct phases phases_of(const struct group *group, const struct capan_exchange *exchange) {
    const struct capan_http_extent *request = &exchange->request, *response = &exchange->response;
    struct phases phases = {{0}, {0}};
    if (request->first_frame) {
        set_handshakes(&phases, group, exchange);
        set(&phases, SEND, request->first_ns, request->last_ns);
    }
    if (request->first_frame && response->first_frame) set(&phases, WAIT, request->last_ns, response->first_ns);
    if (response->first_frame) set(&phases, RECEIVE, response->first_ns, response->last_ns);
    return phases;
}

/* What was opened long before there was anything to ask is left out: it would leave no room for the rest. */
static void set_scale(struct group *group) {
    const int64_t earliest_ns = group->begin_ns - (group->end_ns - group->begin_ns);
    group->scale = (struct scale){group->begin_ns, group->end_ns, 0, FINE};
    for (size_t i = group->from; i < group->to; i++) {
        const struct phases phases = phases_of(group, exchange_at(group, i));
        for (enum phase phase = CONNECT; phase <= TLS; phase++)
            if (phases.to_ns[phase] && phases.from_ns[phase] >= earliest_ns)
                group->scale.from = min_i64(group->scale.from, phases.from_ns[phase]);
    }
}

/* --- a row --- */

static void put_phases(struct capan_out *out, const struct group *group, const struct phases *phases) {
    for (unsigned i = 0; i < PHASES; i++)
        if ((phases->from_ns[i] | phases->to_ns[i]) && phases->to_ns[i] > group->scale.from)
            capan_drawing_bar(out, &group->scale, phase_words[i].class, phases->from_ns[i], phases->to_ns[i]);
}

static void put_track(const struct group *group, const struct capan_exchange *exchange) {
    struct capan_out *out = group->document->out;
    const struct phases phases = phases_of(group, exchange);
    const struct capan_spent spent = capan_spent_of_exchange(exchange);
    char text[CAPAN_HUMAN];
    const int64_t after_ns = capan_exchange_begin_ns(exchange) - group->scale.from;
    capan_out_format(out, "<td class=\"fall\"><div class=\"track\" role=\"img\" title=\"at %s",
                     capan_human_duration(text, CAPAN_DURATION_ROUGH, after_ns));
    for (unsigned i = 0; i < PHASES; i++)
        if (phases.to_ns[i] > phases.from_ns[i])
            capan_out_format(out, ", %s %s", phase_words[i].name,
                             capan_human_duration(text, CAPAN_DURATION_ROUGH, phases.to_ns[i] - phases.from_ns[i]));
    out_text(out, "\">");
    put_phases(out, group, &phases);
    out_text(out, "</div>");
    if (capan_spent_whole(&spent)) {
        out_text(out, "<div class=\"track thin\" aria-hidden=\"true\">");
        capan_spent_drawn(out, &spent, &group->scale, exchange->request.first_ns);
        out_text(out, "</div>");
    }
}

static void put_frames(const struct group *group, const struct capan_exchange *exchange) {
    const struct capan_http_extent *request = &exchange->request, *response = &exchange->response;
    struct capan_out *out = group->document->out;
    out_text(out, "<p class=\"small\">");
    capan_link_stream(group->document, exchange->stream);
    if (request->first_frame) out_text(out, ", asked in ");
    if (request->first_frame) capan_link_frame(group->document, request->first_frame, false);
    if (response->first_frame) out_text(out, ", answered from ");
    if (response->first_frame) capan_link_frame(group->document, response->first_frame, false);
    if (response->first_frame) out_text(out, " to ");
    if (response->first_frame) capan_link_frame(group->document, response->last_frame, false);
    out_text(out, "</p>");
}

/* What is known of it beyond the row, for who opens it. */
static void put_more(const struct group *group, const struct capan_exchange *exchange) {
    struct capan_out *out = group->document->out;
    const struct capan_spent spent = capan_spent_of_exchange(exchange);
    char explain[CAPAN_EXPLAIN_TEXT];
    out_text(out, "<p>");
    capan_exchange_explain(exchange, explain);
    capan_drawing_html(out, span_of(explain));
    out_text(out, "</p>");
    if (capan_spent_whole(&spent)) {
        out_text(out, "<p class=\"took\">");
        capan_spent_words(out, &spent);
        out_text(out, "</p>");
    }
    put_frames(group, exchange);
}

static bool is_same(struct capan_span a, struct capan_span b) {
    return a.len == b.len && (!a.len || memcmp(a.at, b.at, a.len) == 0);
}

static void put_request(const struct group *group, const struct capan_exchange *document,
                        const struct capan_exchange *exchange) {
    struct capan_out *out = group->document->out;
    out_text(out, "<th scope=\"row\" class=\"what\"><details><summary>");
    capan_drawing_html(out, exchange->method);
    out_char(out, ' ');
    if (!is_same(exchange->authority, document->authority) && exchange->target.len && *exchange->target.at == '/') {
        out_text(out, "<span class=\"small\">");
        capan_drawing_html(out, exchange->authority);
        out_text(out, "</span>");
    }
    capan_drawing_html(out, exchange->target);
    out_text(out, "</summary>");
    put_more(group, exchange);
    out_text(out, "</details>");
}

static void put_verdicts(const struct group *group, const struct capan_exchange *exchange) {
    struct capan_out *out = group->document->out;
    struct capan_causes causes = capan_exchange_causes(exchange);
    struct capan_cause cause;
    out_text(out, "<td class=\"verdicts\">");
    capan_link_verdict(group->document, CAPAN_FINDING_OUTCOME, exchange->outcome);
    while (capan_take_cause(&causes, &cause)) {
        if (cause.of == CAPAN_FINDING_OUTCOME) continue;
        out_char(out, ' ');
        capan_link_verdict(group->document, cause.of, cause.number);
    }
}

static void put_row(const struct group *group, const struct capan_exchange *document,
                    const struct capan_exchange *exchange) {
    struct capan_out *out = group->document->out;
    char text[CAPAN_HUMAN];
    const int64_t took_ns = capan_exchange_took_ns(exchange);
    capan_out_format(out, "<tr id=\"exchange-%llu\"><td class=\"n\">%u", (unsigned long long)exchange->index,
                     capan_exchange_frame(exchange));
    put_request(group, document, exchange);
    out_text(out, "<td class=\"n\">");
    if (exchange->status) capan_out_u64(out, exchange->status);
    put_verdicts(group, exchange);
    capan_out_format(out, "<td class=\"n\" data-v=\"%llu\">%s", (unsigned long long)exchange->response.body_len,
                     capan_human_bytes(text, exchange->response.body_len));
    capan_out_format(out, "<td class=\"n\" data-v=\"%lld\">%s", (long long)took_ns,
                     capan_human_duration(text, CAPAN_DURATION_ROUGH, took_ns));
    put_track(group, exchange);
    out_text(out, "</tr>\n");
}

/* --- a table --- */

/* The document that was loaded; without it in the capture, the first of its parts. */
static const struct capan_exchange *document_of(const struct group *group) {
    for (size_t i = group->from; i < group->to; i++)
        if (exchange_at(group, i)->page.role == CAPAN_PAGE_DOCUMENT) return exchange_at(group, i);
    return exchange_at(group, group->from);
}

static void put_times(struct capan_out *out, const struct scale *scale) {
    char text[CAPAN_HUMAN];
    for (int i = 0; i <= TICKS; i++) {
        const int64_t after_ns = (scale->to - scale->from) / TICKS * i;
        capan_out_format(out, "<span style=\"left:%d%%\">%s</span>", 100 / TICKS * i,
                         i ? capan_human_duration(text, CAPAN_DURATION_ROUGH, after_ns) : "0");
    }
}

static void put_rows(const struct group *group, const struct capan_exchange *document) {
    struct capan_out *out = group->document->out;
    out_text(out, "<div class=\"wide\"><table class=\"rows cards exchanges\"><caption>Exchanges of ");
    capan_drawing_html(out, document->page.number ? document->target : span_of("no page"));
    out_text(out, "</caption><thead><tr><th scope=\"col\" class=\"n\">frame<th scope=\"col\" class=\"what\">request<th "
                  "scope=\"col\" class=\"n\">status<th scope=\"col\" class=\"verdicts\">verdict<th scope=\"col\" "
                  "class=\"n\">size<th scope=\"col\" class=\"n\">took<th scope=\"col\" class=\"fall\"><div "
                  "class=\"times\">");
    put_times(out, &group->scale);
    out_text(out, "</div></tr></thead><tbody>\n");
    for (size_t i = group->from; i < group->to; i++)
        if (group->document->has_bar[i]) put_row(group, document, exchange_at(group, i));
    out_text(out, "</tbody></table></div>\n");
}

static void put_heading(const struct group *group, const struct capan_exchange *document) {
    struct capan_out *out = group->document->out;
    char begin[CAPAN_HUMAN], took[CAPAN_HUMAN];
    const size_t count = group->to - group->from;
    if (document->page.number)
        capan_out_format(out, "<h3 id=\"page-%llu\">", (unsigned long long)document->page.number);
    else
        out_text(out, "<h3 id=\"no-page\">");
    capan_drawing_html(out, document->page.number ? document->target : span_of("Outside of a page"));
    capan_out_format(
        out, "</h3>\n<p class=\"small\">%zu exchange%s, begun at %s, over %s", count, count == 1 ? "" : "s",
        capan_human_duration(begin, CAPAN_DURATION_ROUGH, group->begin_ns - group->document->story->origin_ns),
        capan_human_duration(took, CAPAN_DURATION_ROUGH, group->end_ns - group->begin_ns));
    if (group->shown < count) capan_out_format(out, "; %zu of them are shown", group->shown);
    out_text(out, "</p>\n");
}

/* Where the time of its critical path went, as who pays for it is told. */
static void put_page(const struct capan_document *document, uint64_t number) {
    const struct capan_page *page = capan_document_page(document, number);
    struct capan_out *out = document->out;
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

/* --- the section --- */

/* The parts that the bars of exchanges show. */
static void put_keys(const struct capan_document *document) {
    const struct capan_story *story = document->story;
    struct capan_out *out = document->out;
    uint32_t parts = 0;
    out_text(out, "<p class=\"small keys\">above: ");
    for (unsigned i = 0; i < PHASES; i++)
        capan_out_format(out, "<span><i class=\"%s\"></i>%s</span>", phase_words[i].class, phase_words[i].name);
    out_text(out, "</p>\n");
    for (size_t i = 0; i < story->exchanges_count; i++) {
        if (!document->has_bar[i]) continue;
        const struct capan_spent spent = capan_spent_of_exchange(story->exchanges[i]);
        parts |= capan_spent_parts(&spent);
    }
    if (parts) capan_spent_key(out, "below, where time went: ", capan_spent_page_words, parts);
}

static struct group next_group(const struct capan_document *document, size_t from) {
    const struct capan_story *story = document->story;
    struct group group = {document, from, from, 0, INT64_MAX, INT64_MIN, {0}};
    for (; group.to < story->exchanges_count; group.to++) {
        const struct capan_exchange *exchange = story->exchanges[group.to];
        if (exchange->page.number != story->exchanges[from]->page.number) break;
        group.shown += document->has_bar[group.to];
        group.begin_ns = min_i64(group.begin_ns, capan_exchange_begin_ns(exchange));
        group.end_ns = max_i64(group.end_ns, capan_exchange_end_ns(exchange));
    }
    set_scale(&group);
    return group;
}

static void put_group(const struct group *group) {
    const struct capan_exchange *document = document_of(group);
    if (!group->shown) return;
    out_text(group->document->out, "<div class=\"load\">\n");
    put_heading(group, document);
    put_page(group->document, document->page.number);
    put_rows(group, document);
    out_text(group->document->out, "</div>\n");
}

void capan_document_exchanges(struct capan_document *document) {
    struct capan_out *out = document->out;
    const size_t count = document->story->exchanges_count;
    if (!count) return;
    out_text(out, "<section aria-labelledby=\"exchanges\"><h2 id=\"exchanges\">HTTP exchanges</h2>\n");
    if (document->bars < count)
        capan_out_format(out,
                         "<p class=\"small\">%zu of %zu, those with warnings and advice first, then the earliest; "
                         "capan report --stream N shows a connection's</p>\n",
                         document->bars, count);
    put_keys(document);
    for (struct group group = {.to = 0}; group.to < count;) {
        group = next_group(document, group.to);
        put_group(&group);
    }
    out_text(out, "</section>\n");
}
