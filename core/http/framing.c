/* SPDX-License-Identifier: MIT */
#include "framing.h"

#include "bytes.h"
#include "field.h"

#define FINDING(name) (UINT32_C(1) << CAPAN_FRAMING_##name)

/* Facts about a message that RFC 9112 6.3 asks for. */
enum fact {
    REQUEST = 1,
    BODILESS = 2,      /* answers HEAD, or 1xx, 204, 304 */
    TO_CONNECT = 4,    /* 2xx to CONNECT, or 101: RFC 9110 15.2.2 */
    CODED = 8,         /* Transfer-Encoding */
    CHUNKED_LAST = 16, /* its final coding is chunked */
    MEASURED = 32,     /* Content-Length */
    MISMEASURED = 64   /* which cannot be read, or has values that differ */
};

/* In the RFC's own order; the first row whose facts are all there decides. TUNNEL comes before the statuses of row 1,
 * because a 101 is one of them. */
static const struct row {
    unsigned has, lacks;
    enum capan_body body;
    uint32_t findings;
    const char *source;
} rows[] = {
    {TO_CONNECT | CODED, REQUEST, CAPAN_BODY_TUNNEL, FINDING(LENGTH_FORBIDDEN), "RFC 9112 6.3 (2)"},
    {TO_CONNECT | MEASURED, REQUEST, CAPAN_BODY_TUNNEL, FINDING(LENGTH_FORBIDDEN), "RFC 9112 6.3 (2)"},
    {TO_CONNECT, REQUEST, CAPAN_BODY_TUNNEL, 0, "RFC 9112 6.3 (2)"},
    {BODILESS, REQUEST, CAPAN_BODY_NONE, 0, "RFC 9112 6.3 (1)"},
    {CODED | CHUNKED_LAST | MEASURED, 0, CAPAN_BODY_CHUNKED, 0, "RFC 9112 6.3 (3)"},
    {CODED | CHUNKED_LAST, 0, CAPAN_BODY_CHUNKED, 0, "RFC 9112 6.3 (4)"},
    {CODED | REQUEST, 0, CAPAN_BODY_UNKNOWN, FINDING(TE_NOT_CHUNKED), "RFC 9112 6.3 (4)"},
    {CODED, REQUEST, CAPAN_BODY_UNTIL_CLOSE, FINDING(TE_NOT_CHUNKED), "RFC 9112 6.3 (4)"},
    {MISMEASURED, 0, CAPAN_BODY_UNKNOWN, 0, "RFC 9112 6.3 (5)"},
    {MEASURED, 0, CAPAN_BODY_LENGTH, 0, "RFC 9112 6.3 (6)"},
    {REQUEST, 0, CAPAN_BODY_NONE, 0, "RFC 9112 6.3 (7)"},
    {0, REQUEST, CAPAN_BODY_UNTIL_CLOSE, 0, "RFC 9112 6.3 (8)"},
};

/* What the two fields say, over all their lines. */
struct lengths {
    bool coded, chunked_last, measured, mismeasured;
    uint32_t chunked_count, hosts;
    uint64_t len;
    uint32_t findings;
};

/* One member of a Content-Length list (RFC 9110 8.6). */
static void add_length(struct lengths *sum, struct capan_span member) {
    uint64_t len = 0;
    if (!capan_number(member, &len) || len >= INT64_MAX) {
        sum->findings |= FINDING(LENGTH_INVALID);
        sum->mismeasured = true;
    } else if (sum->measured && !sum->mismeasured && len != sum->len) {
        sum->findings |= FINDING(LENGTHS_DIFFER);
        sum->mismeasured = true;
    } else if (sum->measured) {
        sum->findings |= FINDING(LENGTH_REPEATED);
    }
    sum->measured = true;
    sum->len = sum->mismeasured ? 0 : len;
}

static void add_lengths(struct lengths *sum, struct capan_span value) {
    struct capan_span member;
    if (!value.len) add_length(sum, value);
    while (capan_list_next(&value, &member)) add_length(sum, member);
}

/* Transfer-Encoding (RFC 9112 6.1): codings by name, without their parameters. */
static void add_codings(struct lengths *sum, struct capan_span value) {
    struct capan_span member, name;
    sum->coded = true;
    while (capan_list_next(&value, &member)) {
        sum->chunked_last = capan_parameter_next(&member, &name) && capan_is_word(name, "chunked");
        sum->chunked_count += sum->chunked_last;
    }
}

static struct lengths read_lengths(const struct capan_message *message) {
    struct lengths sum = {0};
    for (size_t i = 0; i < message->field_count; i++) {
        switch (capan_field_number(message->fields[i].name)) {
        case CAPAN_FIELD_CONTENT_LENGTH: add_lengths(&sum, message->fields[i].value); break;
        case CAPAN_FIELD_TRANSFER_ENCODING: add_codings(&sum, message->fields[i].value); break;
        case CAPAN_FIELD_HOST: sum.hosts++; break;
        default: break;
        }
    }
    return sum;
}

/* Faults that do not decide where the body ends. */
static uint32_t side_findings(const struct capan_message *message, const struct lengths *sum) {
    uint32_t findings = sum->findings;
    uint16_t status = message->status;
    if (sum->coded && sum->measured) findings |= FINDING(TE_AND_LENGTH);
    if (sum->coded && message->version == 10) findings |= FINDING(TE_IN_HTTP_1_0);
    if (sum->chunked_count > 1 || (sum->chunked_count && !sum->chunked_last)) findings |= FINDING(TE_REPEATED);
    if ((sum->coded || sum->measured) && ((status >= 100 && status < 200) || status == 204))
        findings |= FINDING(LENGTH_FORBIDDEN);
    if (message->start != CAPAN_START_REQUEST) return findings;
    if (sum->hosts == 0 && message->version == 11 && !(message->framing & CAPAN_FRAMING_CUT))
        findings |= FINDING(HOST_MISSING);
    if (sum->hosts > 1) findings |= FINDING(HOST_REPEATED);
    return findings;
}

static unsigned facts_of(const struct capan_message *message, struct capan_asked asked, const struct lengths *sum) {
    uint16_t status = message->status;
    bool request = message->start != CAPAN_START_RESPONSE;
    bool bodiless = asked.head || status / 100 == 1 || status == 204 || status == 304;
    bool tunnel = status == 101 || (asked.connect && status / 100 == 2);
    return (request ? REQUEST : 0) | (bodiless ? BODILESS : 0) | (tunnel ? TO_CONNECT : 0) | (sum->coded ? CODED : 0) |
           (sum->chunked_last ? CHUNKED_LAST : 0) | (sum->measured ? MEASURED : 0) |
           (sum->mismeasured ? MISMEASURED : 0);
}

struct capan_framing capan_framing_of(const struct capan_message *message, struct capan_asked asked) {
    struct lengths sum = read_lengths(message);
    unsigned facts = facts_of(message, asked, &sum);
    const struct row *row = rows;
    while ((facts & row->has) != row->has || (facts & row->lacks)) row++;
    return (struct capan_framing){row->body, sum.coded ? 0 : sum.len, sum.chunked_last,
                                  row->findings | side_findings(message, &sum), row->source};
}
