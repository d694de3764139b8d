/* SPDX-License-Identifier: MIT */
#include "drawing.h"
#include "human.h"
#include "parts.h"
#include "text.h"

#define HEADINGS                                                                                                       \
    "<thead><tr><th scope=\"col\">level<th scope=\"col\">finding<th scope=\"col\" class=\"n\">times<th "               \
    "scope=\"col\" class=\"n\">cost<th scope=\"col\">who mends it<th scope=\"col\">first frames<th scope=\"col\">"     \
    "what it means</tr></thead><tbody>\n"

static bool is_of_exchanges(const struct capan_finding *finding) {
    return finding->of != CAPAN_FINDING_TCP_KIND && finding->of != CAPAN_FINDING_TCP_FLAG;
}

static void put_frames(const struct capan_document *document, const struct capan_finding *finding) {
    for (uint32_t i = 0; i < finding->frame_count; i++) {
        if (i) out_char(document->out, ' ');
        capan_link_frame(document, finding->frames[i], is_of_exchanges(finding));
    }
    if (finding->count > finding->frame_count) out_text(document->out, " ...");
}

static void put_meaning(struct capan_out *out, const struct capan_finding *finding) {
    char words[CAPAN_PARAGRAPH];
    struct sentence host = sentence_in(words, sizeof words);
    capan_say_host(&host, finding);
    capan_drawing_html(out, span_of(words));
    capan_drawing_html(out, span_of(finding->token->sentence));
    out_text(out, " <span class=\"small\">");
    capan_drawing_html(out, span_of(finding->token->source));
    out_text(out, "</span>");
}

static void put_row(const struct capan_document *document, const struct capan_finding *finding) {
    struct capan_out *out = document->out;
    char text[CAPAN_HUMAN];
    const char *level = capan_drawing_class(finding->severity);
    out_text(out, "<tr id=\"");
    capan_link_id(document, finding);
    capan_out_format(out, "\"><td data-v=\"%u\"><span class=\"tag %s\">%s</span><th scope=\"row\">%s",
                     finding->severity, level, level, finding->token->token);
    capan_out_format(out, "<td class=\"n\">%s<td class=\"n\" data-v=\"%llu\">", capan_human_count(text, finding->count),
                     (unsigned long long)finding->bytes);
    capan_out_format(out, "%s<td>%s<td class=\"frames\">",
                     finding->bytes ? capan_human_bytes(text, finding->bytes) : "",
                     finding->blame ? capan_blames[finding->blame].token : "");
    put_frames(document, finding);
    out_text(out, "<td class=\"says\">");
    put_meaning(out, finding);
    out_text(out, "</tr>\n");
}

static void put_table(const struct capan_document *document, const char *caption, size_t from, size_t to) {
    struct capan_out *out = document->out;
    capan_out_format(out, "<div class=\"wide\"><table class=\"rows cards findings\"><caption>%s</caption>", caption);
    out_text(out, HEADINGS);
    for (size_t i = from; i < to; i++) put_row(document, &document->findings[i]);
    out_text(out, "</tbody></table></div>\n");
}

/* The loud ones come first; what is only said in passing is folded. */
void capan_document_findings(struct capan_document *document) {
    struct capan_out *out = document->out;
    size_t loud = 0;
    while (loud < document->findings_count && document->findings[loud].severity >= CAPAN_NOTE) loud++;
    const size_t quiet = document->findings_count - loud;
    out_text(out, "<section aria-labelledby=\"findings\"><h2 id=\"findings\">Findings</h2>\n");
    if (loud)
        put_table(document, "What is worth a note, the gravest first", 0, loud);
    else
        out_text(out, "<p>Nothing that is worth a note.</p>\n");
    if (quiet) {
        capan_out_format(out, "<details><summary>What happened as it should: %zu kind%s</summary>\n", quiet,
                         quiet == 1 ? "" : "s");
        put_table(document, "What happened as it should", loud, document->findings_count);
        out_text(out, "</details>\n");
    }
    out_text(out, "</section>\n");
}
