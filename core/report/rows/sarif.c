/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "results.h"

static void put_string(struct capan_out *out, const char *name, const char *value) {
    capan_out_format(out, "\"%s\":", name);
    capan_out_json(out, span_of(value), CAPAN_UTF8_OR_LATIN1);
}

/* RFC 3986 2.1: a path as a relative reference; a colon in its first segment would end a scheme. */
static void put_uri(struct capan_out *out, const char *path) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    out_char(out, '"');
    if (path[0] == '/') out_text(out, "file://");
    for (; *path; path++) {
        if (strchr(plain, *path))
            out_char(out, *path);
        else
            capan_out_format(out, "%%%02X", (unsigned)(uint8_t)*path);
    }
    out_char(out, '"');
}

/* What merely is so has no level, and is no failure (SARIF 2.1.0 3.27.9, 3.27.10). */
static const char *level_of(uint8_t severity) {
    static const char *const levels[] = {[CAPAN_NONE] = "none",
                                         [CAPAN_CHAT] = "none",
                                         [CAPAN_NOTE] = "note",
                                         [CAPAN_WARN] = "warning",
                                         [CAPAN_ERROR] = "error"};
    return levels[severity];
}

static void put_rule_id(struct capan_out *out, unsigned of, const struct capan_token *token) {
    capan_out_format(out, "\"%s/%s\"", capan_cause_lists[of].field, token->token);
}

void capan_sarif_begin(struct capan_results *results) {
    out_text(results->out,
             "{\"version\":\"2.1.0\",\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
             "schemas/sarif-schema-2.1.0.json\",\"runs\":[{\"results\":[");
}

/* A frame's number stands where a text has a line's. */
static void put_location(struct capan_results *results, const struct capan_place *place) {
    struct capan_out *out = results->out;
    out_text(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    put_uri(out, results->capture);
    out_text(out, "},\"region\":{\"startLine\":");
    capan_out_u64(out, place->frame_count && place->frames[0] ? place->frames[0] : 1);
    out_text(out, "}},\"logicalLocations\":[{\"kind\":\"resource\",\"fullyQualifiedName\":");
    capan_out_json(out, place->subject, CAPAN_UTF8_OR_LATIN1);
    out_text(out, "}]}]");
}

static void put_properties(struct capan_out *out, const struct capan_place *place) {
    out_text(out, ",\"properties\":{\"frames\":[");
    for (uint32_t i = 0; i < place->frame_count; i++) capan_out_format(out, i ? ",%u" : "%u", place->frames[i]);
    out_text(out, "],");
    put_string(out, "severity", capan_severity_name((enum capan_severity)place->severity));
    if (place->blame) {
        out_char(out, ',');
        put_string(out, "blame", capan_blames[place->blame].token);
    }
    if (place->bytes) {
        out_text(out, ",\"bytes\":");
        capan_out_u64(out, place->bytes);
    }
    out_char(out, '}');
}

/* "the sentence: GET example.test/a (frames 14, 20; RFC 9110 13.1.2)" */
static void put_message(struct capan_out *out, const struct capan_place *place) {
    out_text(out, ",\"message\":{\"text\":\"");
    capan_out_json_part(out, span_of(place->token->sentence), CAPAN_UTF8_OR_LATIN1);
    out_text(out, ": ");
    capan_out_json_part(out, place->subject, CAPAN_UTF8_OR_LATIN1);
    for (uint32_t i = 0; i < place->frame_count; i++)
        capan_out_format(out, i ? ", %u" : " (frames %u", place->frames[i]);
    if (place->frame_count && *place->token->source) capan_out_format(out, "; %s", place->token->source);
    out_text(out, place->frame_count ? ")\"}" : "\"}");
}

void capan_sarif_result(struct capan_results *results, const struct capan_place *place) {
    struct capan_out *out = results->out;
    results->met[place->of] |= UINT64_C(1) << place->number;
    out_text(out, results->written++ ? ",\n{\"ruleId\":" : "\n{\"ruleId\":");
    put_rule_id(out, place->of, place->token);
    capan_out_format(out, ",\"level\":\"%s\",\"kind\":\"%s\"", level_of(place->severity),
                     place->severity > CAPAN_CHAT ? "fail" : "informational");
    put_message(out, place);
    put_location(results, place);
    capan_out_format(out, ",\"partialFingerprints\":{\"capan/v1\":\"%s\"},\"occurrenceCount\":", place->fingerprint);
    capan_out_u64(out, place->count ? place->count : 1);
    if (place->baseline)
        capan_out_format(out, ",\"baselineState\":\"%s\"",
                         place->baseline == CAPAN_BASELINE_KNOWN ? "unchanged" : "new");
    put_properties(out, place);
    out_char(out, '}');
}

static void put_rule(struct capan_out *out, unsigned of, const struct capan_token *token) {
    out_text(out, "{\"id\":");
    put_rule_id(out, of, token);
    out_char(out, ',');
    put_string(out, "name", token->name);
    out_text(out, ",\"shortDescription\":{");
    put_string(out, "text", token->sentence);
    if (*token->source) {
        out_text(out, "},\"help\":{");
        put_string(out, "text", token->source);
    }
    capan_out_format(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}", level_of((uint8_t)token->severity));
}

void capan_sarif_end(struct capan_results *results, const char *partial) {
    struct capan_out *out = results->out;
    const char *between = "\n";
    out_text(out, "\n],\"tool\":{\"driver\":{\"name\":\"capan\",");
    put_string(out, "version", capan_version());
    out_text(out, ",\"rules\":[");
    for (unsigned of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) {
        for (const struct capan_token *token;
             (token = capan_take_token(capan_cause_lists[of].tokens, &results->met[of]));) {
            out_text(out, between);
            put_rule(out, of, token);
            between = ",\n";
        }
    }
    capan_out_format(out, "\n]}},\"columnKind\":\"unicodeCodePoints\",\"invocations\":[{\"executionSuccessful\":%s",
                     partial ? "false" : "true");
    if (partial) {
        out_text(out, ",\"toolExecutionNotifications\":[{\"message\":{");
        put_string(out, "text", partial);
        out_text(out, "}}]");
    }
    out_text(out, "}]}]}\n");
}
