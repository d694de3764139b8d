/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "keyed.h"
#include "members.h"

/* As much of a name as findings and summaries show. */
enum { NAME_KEPT = 256 };

struct capan_extractor {
    struct capan_out out;
    struct capan_extract line; /* at hand */
};

struct capan_extractor *capan_extractor_new(FILE *out) {
    struct capan_extractor *extractor = calloc(1, sizeof *extractor);
    if (!extractor || capan_out_init(&extractor->out, out, NULL) == CAPAN_OK) return extractor;
    free(extractor);
    return NULL;
}

bool capan_extractor_close(struct capan_extractor *extractor) {
    if (!extractor) return true;
    const bool fine = capan_out_flush(&extractor->out);
    const int reason = errno;
    capan_out_free(&extractor->out);
    free(extractor);
    errno = reason;
    return fine;
}

/* --- one member --- */

static uint64_t number_of(const void *at, size_t size) {
    switch (size) {
    case 1: return *(const uint8_t *)at;
    case 2: return *(const uint16_t *)at;
    case 4: return *(const uint32_t *)at;
    default: return *(const uint64_t *)at;
    }
}

static void put_octet(struct capan_out *out, uint8_t octet) {
    out_char(out, "0123456789abcdef"[octet >> 4]);
    out_char(out, "0123456789abcdef"[octet & 15]);
}

static void put_address(struct capan_out *out, const struct capan_address *address) {
    const size_t len = address->version == 6 ? 16 : address->version ? 4 : 0;
    put_octet(out, address->version);
    for (size_t i = 0; i < len; i++) put_octet(out, address->octets[i]);
}

static void put_endpoint(struct capan_out *out, const struct capan_endpoint *endpoint) {
    put_address(out, &endpoint->address);
    put_octet(out, (uint8_t)(endpoint->port >> 8));
    put_octet(out, (uint8_t)endpoint->port);
}

static bool is_zero(const uint8_t *octets, size_t len) {
    while (len && !octets[len - 1]) len--;
    return len == 0;
}

static void put_member(struct capan_out *out, const struct member *member, const void *at) {
    switch ((enum member_type)member->type) {
    case MEMBER_UNSIGNED: capan_out_u64(out, number_of(at, member->size)); break;
    case MEMBER_SIGNED: capan_out_i64(out, *(const int64_t *)at); break;
    case MEMBER_BOOLEAN: out_char(out, *(const bool *)at ? '1' : '0'); break;
    case MEMBER_SPAN: capan_out_json(out, *(const struct capan_span *)at, CAPAN_LATIN1); break;
    case MEMBER_TEXT: capan_out_json(out, span_of(at), CAPAN_LATIN1); break;
    case MEMBER_OCTETS:
        capan_out_json(out, (struct capan_span){at, is_zero(at, member->size) ? 0 : member->size}, CAPAN_LATIN1);
        break;
    case MEMBER_ENDPOINT:
    case MEMBER_ADDRESS:
        out_char(out, '"');
        if (member->type == MEMBER_ENDPOINT)
            put_endpoint(out, at);
        else
            put_address(out, at);
        out_char(out, '"');
        break;
    }
}

static void put_line(struct capan_extractor *extractor, enum capan_extract_of of, const struct capan_told *told) {
    const struct members *members = &capan_extract_members[of];
    struct capan_out *out = &extractor->out;
    capan_keyed_begin(out, told);
    out_text(out, "[\"");
    out_char(out, capan_extract_letters[of]);
    out_char(out, '"');
    for (size_t i = 0; i < members->count; i++) {
        out_char(out, ',');
        put_member(out, &members->at[i], (const uint8_t *)&extractor->line + members->at[i].offset);
    }
    out_text(out, "]}\n");
}

/* --- what is told --- */

/* Segments come in the order of their frames, whenever that is. */
void capan_extractor_segment(struct capan_extractor *extractor, const struct capan_segment *segment) {
    struct capan_causes causes = capan_segment_causes(segment);
    struct capan_cause cause;
    if (!capan_take_cause(&causes, &cause)) return;
    extractor->line.segment = *segment;
    put_line(extractor, CAPAN_EXTRACT_SEGMENT, &(struct capan_told){INT64_MIN, segment->frame, CAPAN_TOLD_BY_PACKET});
}

static void clear_tag(struct capan_extract *line) {
    memset(line->fields, 0, sizeof line->fields);
    line->has_digests = false;
    memset(&line->digests, 0, sizeof line->digests);
}

void capan_extractor_exchange(struct capan_extractor *extractor, const struct capan_exchange *exchange,
                              bool causes_only) {
    struct capan_causes causes = capan_exchange_causes(exchange);
    struct capan_cause cause;
    if (causes_only && !capan_take_cause(&causes, &cause)) return;
    struct capan_exchange *line = &extractor->line.exchange;
    *line = *exchange;
    line->method = span_cut(line->method, 0, NAME_KEPT);
    line->target = span_cut(line->target, 0, NAME_KEPT);
    line->authority = span_cut(line->authority, 0, NAME_KEPT);
    clear_tag(&extractor->line);
    put_line(extractor, CAPAN_EXTRACT_EXCHANGE, &exchange->told);
}

static struct capan_span field_of(const struct capan_exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->response_field_count; i++)
        if (span_equal(exchange->response_fields[i].name, span_of(name))) return exchange->response_fields[i].value;
    return (struct capan_span){0};
}

void capan_extractor_tag(struct capan_extractor *extractor, const struct capan_exchange *exchange,
                         const struct capan_etag_digests *digests) {
    struct capan_extract *line = &extractor->line;
    line->exchange = *exchange;
    clear_tag(line);
    for (size_t i = 0; i < CAPAN_EXTRACT_FIELDS; i++)
        line->fields[i].value = field_of(exchange, capan_extract_fields[i]);
    if (!line->fields[0].value.len) return;
    line->has_digests = digests;
    if (digests) line->digests = *digests;
    put_line(extractor, CAPAN_EXTRACT_EXCHANGE, &exchange->told);
}

void capan_extractor_connection(struct capan_extractor *extractor, const struct capan_connection *connection) {
    struct capan_extract *line = &extractor->line;
    line->connection = *connection;
    line->has_tls = connection->tls;
    line->tls = connection->tls ? *connection->tls : (struct capan_tls_names){.host = ""};
    put_line(extractor, CAPAN_EXTRACT_CONNECTION, &connection->told);
}

void capan_extractor_host(struct capan_extractor *extractor, const struct capan_finding *finding) {
    struct capan_extract *line = &extractor->line;
    line->finding = *finding;
    snprintf(line->interface, sizeof line->interface, "%s", finding->interface ? finding->interface : "");
    put_line(extractor, CAPAN_EXTRACT_HOST, &(struct capan_told){.by = CAPAN_TOLD_BY_PACKET});
}

void capan_extractor_page(struct capan_extractor *extractor, const struct capan_archived *page) {
    extractor->line.page = *page;
    put_line(extractor, CAPAN_EXTRACT_PAGE, &(struct capan_told){INT64_MAX, UINT32_MAX, CAPAN_TOLD_BY_PACKET});
}

static void keep_text(char *to, size_t size, const char *text) {
    snprintf(to, size, "%s", text ? text : "");
}

void capan_extractor_totals(struct capan_extractor *extractor, const struct capan_totals *totals,
                            const struct capan_source *source, int64_t origin_ns) {
    struct capan_extract *line = &extractor->line;
    line->totals = *totals;
    line->source = *source;
    line->origin_ns = origin_ns;
    keep_text(line->file, sizeof line->file, source->file);
    keep_text(line->link, sizeof line->link, source->link);
    keep_text(line->link_unread, sizeof line->link_unread, source->link_unread);
    put_line(extractor, CAPAN_EXTRACT_TOTALS, &(struct capan_told){.by = CAPAN_TOLD_BY_PACKET});
}
