/* SPDX-License-Identifier: MIT */
#include "quantities.h"

#include "bytes.h"
#include "date.h"
#include "field.h"
#include "judgement.h"

#define NS_PER_S 1000000000

const char *const capan_provenance_phrases[CAPAN_HTTP_PROVENANCE_COUNT] = {
    [CAPAN_PROVENANCE_SEEN_OLDER] = "not the newest it was given",
    [CAPAN_PROVENANCE_OTHER_VARIANT] = "given for another variant",
    [CAPAN_PROVENANCE_OTHER_RESOURCE] = "a tag that only another resource was seen to have",
    [CAPAN_PROVENANCE_TRANSFORMED] = "not as it was given",
    [CAPAN_PROVENANCE_DATE_DERIVED] = "made from the Date of its copy",
    [CAPAN_PROVENANCE_UNSEEN] = "not given in this capture",
    [CAPAN_PROVENANCE_FORGOTTEN] = "not given in what is remembered of this capture",
};

/* Range alone is no precondition. */
static bool is_precondition(const struct capan_exchange *exchange, enum capan_field field) {
    switch (field) {
    case CAPAN_FIELD_IF_MATCH:
    case CAPAN_FIELD_IF_NONE_MATCH:
    case CAPAN_FIELD_IF_UNMODIFIED_SINCE:
    case CAPAN_FIELD_IF_RANGE: return true;
    case CAPAN_FIELD_IF_MODIFIED_SINCE: return exchange->cond != CAPAN_COND_VALIDATE_BOTH;
    default: return false;
    }
}

static bool is_conditional(const struct capan_exchange *exchange) {
    for (size_t i = 0; i < exchange->request_field_count; i++)
        if (is_precondition(exchange, capan_field_number(exchange->request_fields[i].name))) return true;
    return false;
}

/* The status or the outcome says as much. */
static bool is_obvious(uint8_t reason) {
    return reason == CAPAN_REASON_NONE || reason == CAPAN_REASON_FIRST_SEEN || reason == CAPAN_REASON_FORGOTTEN ||
           reason == CAPAN_REASON_RANGE_OK || reason == CAPAN_REASON_REDIRECT || reason == CAPAN_REASON_CLIENT_ERROR ||
           reason == CAPAN_REASON_SERVER_ERROR;
}

static bool is_copy_asked_for(const struct capan_exchange *exchange) {
    bool asks = exchange->outcome == CAPAN_OUTCOME_REFETCH || exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED ||
                exchange->outcome == CAPAN_OUTCOME_UNCHANGED_RESENT;
    return asks && exchange->known_in && (exchange->fresh_lifetime_s >= 0 || exchange->known_no_cache);
}

static bool is_advised(const struct capan_exchange *exchange, enum capan_http_advice advice) {
    return exchange->advice >> advice & 1;
}

struct capan_span capan_response_value(const struct capan_exchange *exchange, unsigned field) {
    size_t at = 0;
    const struct capan_http_field *found =
        capan_field_next(exchange->response_fields, exchange->response_field_count, (enum capan_field)field, &at);
    return found ? found->value : (struct capan_span){NULL, 0};
}

static struct capan_date date_of(const struct capan_exchange *exchange, enum capan_field field) {
    return capan_date_read(capan_response_value(exchange, field), exchange->response.first_ns / NS_PER_S);
}

/* From Last-Modified to Date; 0 when one of them cannot be read. */
static int64_t seconds_unmodified(const struct capan_exchange *exchange) {
    struct capan_date date = date_of(exchange, CAPAN_FIELD_DATE);
    struct capan_date modified = date_of(exchange, CAPAN_FIELD_LAST_MODIFIED);
    bool both = date.form != CAPAN_DATE_MALFORMED && modified.form != CAPAN_DATE_MALFORMED;
    return both ? date.seconds - modified.seconds : 0;
}

/* The capture's time less Date; 0 when that cannot be read. */
static int64_t seconds_late(const struct capan_exchange *exchange) {
    struct capan_date date = date_of(exchange, CAPAN_FIELD_DATE);
    return date.form == CAPAN_DATE_MALFORMED ? 0 : exchange->response.first_ns / NS_PER_S - date.seconds;
}

static_assert(CAPAN_TOLD_FACT_COUNT <= 64 && CAPAN_TOLD_FACT_COUNT <= CAPAN_EXCHANGE_FACTS,
              "one bit each, and they fit in a caller's list");

#define CAPAN_X(name, token, sentence, condition) ((condition) ? CAPAN_TOLD(name) : 0) |
uint64_t capan_told_facts(const struct capan_exchange *e) {
    return CAPAN_TOLD_FACTS(CAPAN_X) UINT64_C(0);
}
#undef CAPAN_X

#define CAPAN_X(name, token, sentence, condition) {token, sentence, hold & CAPAN_TOLD(name)},
size_t capan_exchange_facts(const struct capan_exchange *exchange, struct capan_fact list[CAPAN_EXCHANGE_FACTS]) {
    const uint64_t hold = capan_told_facts(exchange);
    const struct capan_fact facts[] = {CAPAN_TOLD_FACTS(CAPAN_X)};
    memcpy(list, facts, sizeof facts);
    return CAPAN_TOLD_FACT_COUNT;
}
#undef CAPAN_X

#define CAPAN_X(name, first, last, unit, style, needs, value)                                                          \
    case CAPAN_TOLD_NAME(#name, first, last):                                                                          \
        *quantity = (struct capan_told_quantity){CAPAN_TOLD_##style, value};                                           \
        return true;

bool capan_told_quantity(const struct capan_exchange *e, const char *name, size_t len,
                         struct capan_told_quantity *quantity) {
    switch (CAPAN_TOLD_KEY(len, name[0], name[len - 1])) { CAPAN_TOLD_QUANTITIES(CAPAN_X) }
    return false;
}
#undef CAPAN_X

#define CAPAN_X(name, first, last, unit, style, needs, value)                                                          \
    if ((hold & (needs)) == (needs)) list[count++] = (struct capan_quantity){#name, CAPAN_UNIT_##unit, value};

size_t capan_exchange_quantities(const struct capan_exchange *e,
                                 struct capan_quantity list[CAPAN_EXCHANGE_QUANTITIES]) {
    const uint64_t hold = capan_told_facts(e);
    size_t count = 0;
    CAPAN_TOLD_QUANTITIES(CAPAN_X)
    return count;
}
#undef CAPAN_X

#define CAPAN_X(name, ...) +1
static_assert(0 CAPAN_TOLD_QUANTITIES(CAPAN_X) <= CAPAN_EXCHANGE_QUANTITIES, "they fit in a caller's list");
#undef CAPAN_X
