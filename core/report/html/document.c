/* SPDX-License-Identifier: MIT */
#include "document.h"

#include "bytes.h"
#include "drawing.h"
#include "human.h"
#include "parts.h"
#include "spent.h"

/* The script's digest is what alone may run; nothing is loaded, sent or framed. */
#define POLICY                                                                                                         \
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src "                  \
    "'sha256-Knvlx9jQ11Pc4qIR3av1nZa6/kd4PL0hzUjb44Y5j1M='"

const char *const *const capan_document_scripts[] = {capan_document_script, capan_chart_script, NULL};

static void put_parts(struct capan_out *out, const char *const *parts) {
    for (; *parts; parts++) out_text(out, *parts);
}

void capan_document_head(struct capan_out *out, const char *title, const char *class) {
    out_text(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                  "content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" content=\"light "
                  "dark\"><meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\"><title>");
    capan_drawing_html(out, span_of(title));
    out_text(out, "</title><style>\n");
    out_text(out, capan_chart_style);
    out_text(out, capan_spent_style);
    put_parts(out, capan_document_style);
    capan_out_format(out, "</style></head><body class=\"%s\">\n", class);
}

/* --- names --- */

/* Without its folders. */
static const char *base_of(const char *file) {
    const char *slash = strrchr(file, '/');
    return slash && slash[1] ? slash + 1 : file;
}

static void put_files(struct capan_out *out, const struct capan_source *source) {
    size_t count = 0;
    while (source->files && source->files[count]) count++;
    if (count < 2 && base_of(source->file) == source->file) return;
    if (count < 2) {
        out_text(out, "<p class=\"small\">");
        capan_drawing_html(out, span_of(source->file));
        out_text(out, "</p>\n");
        return;
    }
    capan_out_format(out, "<p class=\"small\">%zu files, read as one capture:</p>\n<ul class=\"files small\">", count);
    for (size_t i = 0; i < count; i++) {
        out_text(out, "<li>");
        capan_drawing_html(out, span_of(source->files[i]));
        out_text(out, "</li>");
    }
    out_text(out, "</ul>\n");
}

static void put_header(const struct capan_document *document) {
    struct capan_out *out = document->out;
    out_text(out, "<a class=\"skip\" href=\"#summary\">To the summary</a>\n<header><p class=\"small\">capan: what a "
                  "capture tells</p><h1>");
    capan_drawing_html(out, span_of(base_of(document->source->file)));
    out_text(out, "</h1>\n");
    put_files(out, document->source);
    out_text(out, "</header>\n");
}

/* --- contents --- */

static void put_entry(struct capan_out *out, const char *id, const char *name, size_t count) {
    char number[CAPAN_HUMAN];
    capan_out_format(out, "<li><a href=\"#%s\">%s <span class=\"count\">%s</span></a></li>\n", id, name,
                     count ? capan_human_count(number, count) : "");
}

/* The box does nothing where no script runs: there it stays hidden. */
static void put_contents(const struct capan_document *document) {
    const struct capan_story *story = document->story;
    struct capan_out *out = document->out;
    out_text(out, "<nav aria-label=\"Contents\">\n<div class=\"find\" role=\"search\" hidden><label for=\"find\">Find "
                  "rows</label><input id=\"find\" type=\"search\" placeholder=\"words, frames, hosts\" "
                  "autocomplete=\"off\"><output for=\"find\"></output></div>\n<ul>\n");
    put_entry(out, "summary", "Summary", 0);
    put_entry(out, "findings", "Findings", document->findings_count);
    if (story->exchanges_count) put_entry(out, "exchanges", "HTTP exchanges", story->exchanges_count);
    put_entry(out, "connections", "TCP connections", story->connections_count);
    if (document->drawn) put_entry(out, "charts", "Charts and ladders", document->drawn);
    out_text(out, "</ul></nav>\n");
}

/* --- all of it --- */

/* The words that the script has for kinds of segments. */
static void put_kinds(struct capan_out *out) {
    out_text(out, "<script type=\"application/json\" id=\"kinds\">[");
    for (unsigned i = 0; i < CAPAN_TCP_KIND_COUNT; i++)
        capan_out_format(out, "%s\"%s\"", i ? "," : "", capan_tcp_kinds[i].token);
    out_text(out, "]</script>\n");
}

static bool put_sections(struct capan_document *document) {
    put_contents(document);
    out_text(document->out, "<main>\n");
    bool fine = capan_document_brief(document);
    capan_document_findings(document);
    capan_document_exchanges(document);
    capan_document_connections(document);
    fine &= capan_document_charts(document);
    out_text(document->out, "</main>\n");
    return fine;
}

void capan_document_write(struct capan_story *story, const struct capan_source *source,
                          const struct capan_totals *totals, const struct capan_finding *findings, size_t count) {
    struct capan_document document = {.story = story,
                                      .out = &story->out,
                                      .source = source,
                                      .totals = totals,
                                      .findings = findings,
                                      .findings_count = count};
    capan_document_head(document.out, base_of(source->file), "report");
    put_header(&document);
    if (!capan_document_choose(&document) || !put_sections(&document)) story->kept = CAPAN_NO_MEMORY;
    capan_document_free(&document);
    capan_out_format(document.out, "<footer class=\"small\">capan %s</footer>\n", capan_version());
    put_kinds(document.out);
    out_text(document.out, "<script>");
    for (const char *const *const *script = capan_document_scripts; *script; script++) put_parts(document.out, *script);
    out_text(document.out, "</script>\n</body></html>\n");
}
