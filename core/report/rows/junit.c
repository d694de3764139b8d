/* SPDX-License-Identifier: MIT */
/* A place is a test case: failed, skipped (the baseline has it), or passed, for it is not what was asked to fail on. */
#include "bytes.h"
#include "results.h"

/* As XML's character data and quoted values (XML 1.0 2.2, 2.4): controls have no place there. */
static void put_xml(struct capan_out *out, struct capan_span text) {
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t octet = text.at[i];
        if (octet == '<' || octet == '>' || octet == '&' || octet == '"')
            capan_out_format(out, "&#%u;", octet);
        else
            out_char(out, octet < ' ' || octet >= 0x7f ? '?' : (char)octet);
    }
}

static void put_text(struct capan_out *out, const char *text) {
    put_xml(out, span_of(text));
}

void capan_junit_begin(struct capan_results *results) {
    struct capan_out *out = results->out;
    out_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"");
    put_text(out, results->capture);
    /* One more: that the capture was read. */
    capan_out_format(out, "\" tests=\"%llu\" failures=\"%llu\" skipped=\"%llu\">\n",
                     (unsigned long long)results->counts.tests + 1, (unsigned long long)results->counts.failures,
                     (unsigned long long)results->counts.skipped);
}

static void put_frames(struct capan_out *out, const struct capan_place *place) {
    out_text(out, "\nframes");
    for (uint32_t i = 0; i < place->frame_count; i++) capan_out_format(out, " %u", place->frames[i]);
    capan_out_format(out, "\ntimes %llu\n", (unsigned long long)place->count);
    if (*place->token->source) put_text(out, place->token->source);
    out_text(out, "\nfingerprint ");
    out_text(out, place->fingerprint);
    out_char(out, '\n');
}

void capan_junit_result(struct capan_results *results, const struct capan_place *place) {
    struct capan_out *out = results->out;
    capan_out_format(out, "<testcase classname=\"capan.%s\" name=\"%s: ", capan_cause_lists[place->of].field,
                     place->token->token);
    put_xml(out, place->subject);
    out_text(out, "\">");
    if (place->fails) {
        capan_out_format(out, "<failure type=\"%s\" message=\"", place->token->token);
        put_text(out, place->token->sentence);
        out_text(out, "\">");
        put_text(out, capan_severity_name((enum capan_severity)place->severity));
        put_frames(out, place);
        out_text(out, "</failure>");
    } else if (place->baseline == CAPAN_BASELINE_KNOWN) {
        out_text(out, "<skipped message=\"the baseline has it\"/>");
    } else {
        out_text(out, "<system-out>");
        put_text(out, place->token->sentence);
        put_frames(out, place);
        out_text(out, "</system-out>");
    }
    out_text(out, "</testcase>\n");
    results->written++;
}

void capan_junit_end(struct capan_results *results, const char *partial) {
    struct capan_out *out = results->out;
    out_text(out, "<testcase classname=\"capan\" name=\"the capture was read\">");
    if (partial) {
        out_text(out, "<error message=\"");
        put_text(out, partial);
        out_text(out, "\"/>");
    }
    out_text(out, "</testcase>\n</testsuite>\n</testsuites>\n");
}
