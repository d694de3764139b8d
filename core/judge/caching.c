/* SPDX-License-Identifier: MIT */
#include "caching.h"

#include "bytes.h"

#define NS_PER_S 1000000000

bool capan_is_age_faulty(const struct capan_judgement *j) {
    uint64_t age;
    return !capan_number(capan_kept_value(&j->answer.kept, CAPAN_FIELD_AGE), &age) ||
           capan_kept_repeats(&j->answer.kept, CAPAN_FIELD_AGE);
}
static const struct capan_fill *fill_of(const struct capan_judgement *j) {
    return j->served && capan_is_filled_by(&j->served->fill, &j->answer) ? &j->served->fill : NULL;
}
/* One second of rounding on either side. */
bool capan_is_age_regressing(const struct capan_judgement *j) {
    const struct capan_fill *fill = fill_of(j);
    return fill && j->answer.age_s >= 0 && j->answer.age_s + 1 < fill->age_s;
}
/* For how long it has been stale: fresh only while the lifetime is longer than the age (RFC 9111 4.2). -1: it is not.
 */
static int64_t overdue_s(const struct capan_judgement *j) {
    bool known = j->answer.explicit_s >= 0 && j->answer.age_s >= 0;
    return known ? j->answer.age_s - j->answer.explicit_s : -1;
}
/* From the store, whole or to confirm what the client has (RFC 9111 4.3.2). */
static bool is_used(const struct capan_judgement *j) {
    return capan_judgement_any(j, CAPAN_GOT_2XX | CAPAN_GOT_304);
}
bool capan_is_stale_forbidden(const struct capan_judgement *j) {
    const struct capan_directives *cc = &j->answer.cc;
    if (cc->flags & CAPAN_NO_CACHE) return is_used(j) && j->answer.age_s > 0;
    bool forbids = cc->flags & (CAPAN_MUST_REVALIDATE | CAPAN_PROXY_REVALIDATE) || cc->s_maxage >= 0;
    return is_used(j) && forbids && overdue_s(j) >= 0;
}
bool capan_is_stale_unmarked(const struct capan_judgement *j) {
    const struct capan_directives *cc = &j->answer.cc, *asked = &j->asked.cc;
    int64_t overdue = overdue_s(j);
    if (overdue < 0 || !is_used(j) || capan_is_stale_forbidden(j) || asked->flags & CAPAN_MAX_STALE_ANY ||
        asked->max_stale >= overdue)
        return false;
    return cc->stale_while_revalidate < overdue && cc->stale_if_error < overdue && asked->stale_if_error < overdue;
}
bool capan_is_no_store_served(const struct capan_judgement *j) {
    return j->answer.cc.flags & CAPAN_NO_STORE;
}
bool capan_is_private_of_other(const struct capan_judgement *j) {
    const struct capan_fill *fill = fill_of(j);
    return j->answer.cc.flags & CAPAN_PRIVATE && fill && fill->client != j->keys.client;
}
bool capan_is_authorized_served(const struct capan_judgement *j) {
    const struct capan_fill *fill = fill_of(j);
    bool allowed = j->answer.cc.flags & (CAPAN_PUBLIC | CAPAN_MUST_REVALIDATE) || j->answer.cc.s_maxage >= 0;
    return fill && fill->authorized && !allowed;
}
static struct capan_span coding_name(struct capan_span coding) {
    bool old = coding.len > 2 && capan_is_word(span_cut(coding, 0, 2), "x-"); /* RFC 9110 8.4.1.1, 8.4.1.3 */
    return old ? span_cut(coding, 2, SIZE_MAX) : coding;
}
static bool is_same_coding(struct capan_span a, struct capan_span b) {
    a = coding_name(a), b = coding_name(b);
    for (size_t i = 0; a.len == b.len && i < a.len; i++) {
        if (capan_lower(a.at[i]) != capan_lower(b.at[i])) return false;
    }
    return a.len == b.len;
}
/* RFC 9110 12.5.3: a coding that the request names, or lets in by "*". Without the field any will do, but not one that
 * was stored for a request with it (RFC 9111 4.1). */
static bool accepts_coding(const struct capan_judgement *j, const struct capan_fill *fill) {
    if (!capan_kept_has(&j->asked.kept, CAPAN_FIELD_ACCEPT_ENCODING)) return !fill || !fill->negotiated;
    struct capan_span asked = capan_kept_value(&j->asked.kept, CAPAN_FIELD_ACCEPT_ENCODING), member, parameter;
    struct capan_span coding = capan_kept_value(&j->answer.kept, CAPAN_FIELD_CONTENT_ENCODING);
    while (capan_list_next(&asked, &member)) {
        if (!capan_parameter_next(&member, &parameter)) continue;
        if (capan_is_word(parameter, "*") || is_same_coding(parameter, coding)) return true;
    }
    return false;
}
bool capan_is_vary_ignored(const struct capan_judgement *j) {
    if (j->answer.vary & CAPAN_VARY_STAR) return false;
    const struct capan_fill *fill = fill_of(j);
    if (j->answer.vary & CAPAN_VARY_ENCODING && j->answer.encoding && !accepts_coding(j, fill)) return true;
    struct capan_span others = capan_vary_others(j->answer.names);
    return fill && others.len && fill->variant != capan_variant_of(j->key, others, &j->asked.kept);
}
bool capan_is_not_invalidated(const struct capan_judgement *j) {
    if (!j->resource || !j->resource->current.write_ns || j->answer.age_s <= 0) return false;
    const struct capan_current *current = &j->resource->current;
    if (current->write_server != j->keys.server || current->write_ns >= j->exchange.response.first_ns) return false;
    return j->answer.age_s > capan_elapsed_ns(current->write_ns, j->exchange.response.first_ns) / NS_PER_S + 1;
}
bool capan_is_cc_conflicting(const struct capan_judgement *j) {
    uint32_t flags = j->answer.cc.flags;
    return flags & CAPAN_CC_CONFLICT || (flags & CAPAN_PUBLIC && flags & CAPAN_PRIVATE) ||
           (flags & CAPAN_NO_STORE && j->answer.cc.max_age > 0);
}
bool capan_is_cc_faulty(const struct capan_judgement *j) {
    return (j->answer.cc.flags | j->asked.cc.flags) & CAPAN_CC_FAULT;
}
