/* SPDX-License-Identifier: MIT */
#include "sections.h"

/* The first field that is faulty, in the order of precedence. */
static const char *of_syntax(const struct capan_judgement *j) {
    const struct capan_asked *asked = &j->asked;
    if (asked->garbled >> CAPAN_FIELD_IF_MATCH & 1 || (asked->im.star && !asked->im.valid)) return "RFC 9110 13.1.1";
    if (asked->garbled >> CAPAN_FIELD_IF_NONE_MATCH & 1 || (asked->inm.star && !asked->inm.valid))
        return "RFC 9110 13.1.2";
    return "RFC 9110 13.1.5";
}

static const char *of_stale(const struct capan_judgement *j) {
    const uint32_t flags = j->answer.cc.flags;
    if (flags & CAPAN_NO_CACHE) return "RFC 9111 5.2.2.4";
    if (flags & CAPAN_MUST_REVALIDATE) return "RFC 9111 5.2.2.2";
    return flags & CAPAN_PROXY_REVALIDATE ? "RFC 9111 5.2.2.8" : "RFC 9111 5.2.2.10";
}

static const char *of_reload(const struct capan_judgement *j) {
    const uint32_t flags = j->asked.cc.flags;
    if (!(flags & CAPAN_CC_PRESENT)) return "RFC 9111 5.4";
    if (flags & CAPAN_NO_CACHE) return "RFC 9111 5.2.1.4";
    return flags & CAPAN_NO_STORE ? "RFC 9111 5.2.1.5" : "RFC 9111 5.2.1.1";
}

static bool has_violation(const struct capan_exchange *exchange, enum capan_http_violation violation) {
    return exchange->violations >> violation & 1;
}

void capan_sections_choose(struct capan_judgement *j) {
    struct capan_http_sections *sections = &j->exchange.sections;
    if (has_violation(&j->exchange, CAPAN_VIOLATION_PRECOND_SYNTAX)) sections->precond_syntax = of_syntax(j);
    if (has_violation(&j->exchange, CAPAN_VIOLATION_STALE_FORBIDDEN)) sections->stale_forbidden = of_stale(j);
    if (j->exchange.advice >> CAPAN_ADVICE_RELOAD_FORCED & 1) sections->reload_forced = of_reload(j);
}

const char *capan_violation_sections(const struct capan_exchange *exchange, enum capan_http_violation violation) {
    const struct capan_http_sections *sections = &exchange->sections;
    const char *one = violation == CAPAN_VIOLATION_PRECOND_SYNTAX    ? sections->precond_syntax
                      : violation == CAPAN_VIOLATION_STALE_FORBIDDEN ? sections->stale_forbidden
                                                                     : NULL;
    return one ? one : capan_http_violations[violation].source;
}

const char *capan_advice_sections(const struct capan_exchange *exchange, enum capan_http_advice advice) {
    const char *one = advice == CAPAN_ADVICE_RELOAD_FORCED ? exchange->sections.reload_forced : NULL;
    return one ? one : capan_http_advices[advice].source;
}
