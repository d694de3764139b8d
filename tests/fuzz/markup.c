/* SPDX-License-Identifier: MIT */
#include "documents.h"
#include "require.h"
#include "scan.h"

enum { DEPTH = 64 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:";
static const char blanks[] = " \n";

/* All that the writers have; none of them loads, sends or runs anything, but for script. */
static const char *const elements[] = {
    "html",      "head",    "meta",     "title",   "style",      "body",     "h1",      "h2",     "h3",
    "p",         "b",       "i",        "br",      "div",        "span",     "small",   "pre",    "ul",
    "li",        "table",   "tr",       "td",      "th",         "details",  "summary", "figure", "figcaption",
    "script",    "svg",     "g",        "path",    "rect",       "circle",   "text",    "tspan",  "testsuites",
    "testsuite", "failure", "testcase", "skipped", "system-out", "polyline", "polygon", "line",   "a",
    "header",    "nav",     "main",     "section", "footer",     "label",    "input",   "output", "h4",
    "thead",     "tbody",   "caption",  "dl",      "dt",         "dd",       NULL};
static const char *const never_closed[] = {"meta", "br", "td", "th", "input", NULL};
static const char *const attributes[] = {"tabindex",     "y",           "data-v",      "cx",
                                         "data-end",     "failures",    "time",        "d",
                                         "width",        "data-h",      "r",           "type",
                                         "hidden",       "href",        "placeholder", "aria-labelledby",
                                         "dy",           "colspan",     "x2",          "cy",
                                         "role",         "y1",          "y2",          "data-xu",
                                         "data-chart",   "skipped",     "style",       "x",
                                         "data-measure", "version",     "viewBox",     "classname",
                                         "tests",        "id",          "data-yu",     "content",
                                         "transform",    "dx",          "charset",     "preserveAspectRatio",
                                         "data-w",       "aria-hidden", "lang",        "title",
                                         "encoding",     "xmlns",       "http-equiv",  "class",
                                         "autocomplete", "name",        "height",      "aria-label",
                                         "scope",        "message",     "points",      "open",
                                         "for",          "x1",          NULL};

struct reader {
    struct capan_span text;
    struct capan_span open[DEPTH];
    size_t depth;
    const char *const *const *scripts;
};

/* --- text and values --- */

static void reference(struct reader *reader) {
    const struct capan_span name = scan_while(&reader->text, "#abcdefghijklmnopqrstuvwxyz0123456789");
    require(name.len > 1 && scan_take(&reader->text, ";"), "a reference is whole");
}

/* Up to the quote, or the next element. */
static void content(struct reader *reader, uint8_t end) {
    while (reader->text.len && reader->text.at[0] != end) {
        require(reader->text.at[0] != '<', "no value has an element's beginning");
        if (*span_take(&reader->text, 1).at == '&') reference(reader);
    }
}

/* --- elements --- */

static void skip_to(struct reader *reader, const char *end) {
    while (reader->text.len && !scan_take(&reader->text, end)) span_take(&reader->text, 1);
}

/* Raw until it is closed: the given scripts' parts, or data. */
static void script(struct reader *reader, bool is_data) {
    struct capan_span inside = reader->text;
    for (const char *const *const *own = reader->scripts; !is_data && own && *own; own++)
        for (const char *const *part = *own; *part; part++)
            require(scan_take(&reader->text, *part), "a script is the program's own");
    if (is_data) skip_to(reader, "</script>");
    inside.len -= reader->text.len;
    if (is_data) document_json(span_cut(inside, 0, inside.len - strlen("</script>")));
    require(is_data || scan_take(&reader->text, "</script>"), "nothing follows the program's own script");
}

static bool attribute(struct reader *reader, bool *is_data) {
    scan_while(&reader->text, blanks);
    const struct capan_span name = scan_while(&reader->text, letters);
    if (!name.len) return false;
    require(scan_is_one_of(name, attributes), "an attribute is known");
    if (!scan_take(&reader->text, "=")) return true;
    require(scan_take(&reader->text, "\""), "a value is quoted");
    const struct capan_span value = reader->text;
    content(reader, '"');
    require(!scan_is(name, "href") || *value.at == '#', "a link leads into the document");
    *is_data |= scan_is(span_cut(value, 0, value.len - reader->text.len), "application/json");
    require(scan_take(&reader->text, "\""), "a value ends");
    return true;
}

static void close_element(struct reader *reader) {
    const struct capan_span name = scan_while(&reader->text, letters);
    require(reader->depth > 0, "what is closed was opened");
    const struct capan_span open = reader->open[--reader->depth];
    require(name.len == open.len && memcmp(name.at, open.at, name.len) == 0, "what was opened last is closed first");
    require(scan_take(&reader->text, ">"), "an end tag ends");
}

static void open_element(struct reader *reader) {
    const struct capan_span name = scan_while(&reader->text, letters);
    bool is_data = false;
    require(scan_is_one_of(name, elements), "an element is known");
    while (attribute(reader, &is_data)) continue;
    if (scan_take(&reader->text, "/>")) return;
    require(scan_take(&reader->text, ">"), "a tag ends");
    if (scan_is(name, "script")) {
        script(reader, is_data);
    } else if (scan_is(name, "style")) {
        skip_to(reader, "</style>");
    } else if (!scan_is_one_of(name, never_closed)) {
        require(reader->depth < DEPTH, "nothing is nested without end");
        reader->open[reader->depth++] = name;
    }
}

void document_markup(struct capan_span text, const char *const *const *scripts) {
    struct reader reader = {.text = text, .scripts = scripts};
    document_text(text);
    scan_take(&reader.text, "<!DOCTYPE html>");
    scan_take(&reader.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    while (reader.text.len) {
        if (scan_take(&reader.text, "</"))
            close_element(&reader);
        else if (scan_take(&reader.text, "<"))
            open_element(&reader);
        else
            content(&reader, '<');
    }
    require(reader.depth == 0, "what was opened is closed");
}
