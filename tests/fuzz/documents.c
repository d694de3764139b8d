/* SPDX-License-Identifier: MIT */
#include "documents.h"

#include "require.h"
#include "scan.h"

static bool is_at_end(struct capan_span text) {
    return text.len == 0;
}

static uint8_t first(struct capan_span text) {
    return text.len ? text.at[0] : 0;
}

/* --- characters --- */

/* Octets of the UTF-8 character (RFC 3629 4); 0: it is none. */
static size_t character(struct capan_span text) {
    static const struct {
        uint8_t mask, is;
        uint32_t least;
    } kinds[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t more = 0; more < 4; more++) {
        if ((first(text) & kinds[more].mask) != kinds[more].is) continue;
        uint32_t code = first(text) & (uint8_t)~kinds[more].mask;
        if (text.len <= more) return 0;
        for (size_t i = 1; i <= more; i++) {
            if ((text.at[i] & 0xc0) != 0x80) return 0;
            code = code << 6 | (text.at[i] & 0x3f);
        }
        return code >= kinds[more].least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? more + 1 : 0;
    }
    return 0;
}

static bool is_control(struct capan_span text, size_t len) {
    const uint8_t octet = text.at[0];
    if (len == 2) return octet == 0xc2 && text.at[1] < 0xa0;
    return len == 1 && (octet < ' ' || octet == 0x7f) && octet != '\n' && octet != '\t';
}

void document_text(struct capan_span text) {
    while (text.len) {
        const size_t len = character(text);
        require(len > 0, "what is written is UTF-8");
        require(!is_control(text, len), "no control character is written");
        span_take(&text, len);
    }
}

/* --- JSON --- */

enum { JSON_DEPTH = 32 };

static const char blanks[] = " \t\r\n";
static const char digits[] = "0123456789";

static void json_value(struct capan_span *text, int depth);

static void json_escape(struct capan_span *text) {
    const struct capan_span escaped = span_take(text, 1);
    require(escaped.len && strchr("\"\\/bfnrtu", escaped.at[0]), "an escape is one of JSON's");
    if (escaped.at[0] != 'u') return;
    struct capan_span hex = span_take(text, 4);
    require(hex.len == 4 && scan_while(&hex, "0123456789abcdefABCDEF").len == 4, "a \\u has four digits");
}

static void json_string(struct capan_span *text) {
    require(scan_take(text, "\""), "a string begins with a quote");
    while (!scan_take(text, "\"")) {
        require(!is_at_end(*text), "a string ends");
        require(first(*text) >= ' ', "a string has no raw control character");
        if (scan_take(text, "\\"))
            json_escape(text);
        else
            span_take(text, 1);
    }
}

static void json_number(struct capan_span *text) {
    scan_take(text, "-");
    const struct capan_span whole = scan_while(text, digits);
    require(whole.len && (whole.len == 1 || whole.at[0] != '0'), "a number begins with a digit, not with a needless 0");
    if (scan_take(text, ".")) require(scan_while(text, digits).len, "digits follow the point");
    if (!scan_take(text, "e") && !scan_take(text, "E")) return;
    if (!scan_take(text, "-")) scan_take(text, "+");
    require(scan_while(text, digits).len, "digits follow the e");
}

static void json_list(struct capan_span *text, const char *close, bool named, int depth) {
    scan_while(text, blanks);
    if (scan_take(text, close)) return;
    do {
        scan_while(text, blanks);
        if (named) {
            json_string(text);
            scan_while(text, blanks);
            require(scan_take(text, ":"), "a colon follows a name");
        }
        json_value(text, depth - 1);
    } while (scan_take(text, ","));
    require(scan_take(text, close), "a list is closed");
}

static void json_value(struct capan_span *text, int depth) {
    require(depth > 0, "nothing is nested without end");
    scan_while(text, blanks);
    if (scan_take(text, "{"))
        json_list(text, "}", true, depth);
    else if (scan_take(text, "["))
        json_list(text, "]", false, depth);
    else if (first(*text) == '"')
        json_string(text);
    else if (!scan_take(text, "true") && !scan_take(text, "false") && !scan_take(text, "null"))
        json_number(text);
    scan_while(text, blanks);
}

void document_json(struct capan_span text) {
    document_text(text);
    json_value(&text, JSON_DEPTH);
    require(is_at_end(text), "nothing follows the value");
}

void document_ndjson(struct capan_span text) {
    while (text.len) {
        document_json(scan_until(&text, "\n"));
        require(scan_take(&text, "\n"), "a line ends");
    }
}

/* --- CSV --- */

static void csv_content(struct capan_span content) {
    const uint8_t octet = first(content);
    require(!octet || !strchr("=+@", octet), "no field is a formula");
    require(octet != '-' || (content.len > 1 && content.at[1] >= '0' && content.at[1] <= '9'),
            "a minus has its number");
}

static void csv_field(struct capan_span *text) {
    if (!scan_take(text, "\"")) {
        csv_content(scan_until(text, ",\n\""));
        require(first(*text) != '"', "a field with a quote is quoted");
        return;
    }
    csv_content(*text);
    do scan_until(text, "\"\n");
    while (scan_take(text, "\"\""));
    require(scan_take(text, "\""), "a quoted field ends in its line");
}

static size_t csv_row(struct capan_span *text) {
    size_t fields = 0;
    do csv_field(text), fields++;
    while (scan_take(text, ","));
    require(scan_take(text, "\n"), "a row ends");
    return fields;
}

void document_csv(struct capan_span text) {
    document_text(text);
    const size_t fields = text.len ? csv_row(&text) : 0;
    while (text.len) require(csv_row(&text) == fields, "a row has as many fields as the first");
}
