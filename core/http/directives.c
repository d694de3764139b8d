/* SPDX-License-Identifier: MIT */
#include "directives.h"

enum { IN_REQUEST = 1, IN_RESPONSE = 2 };
enum argument { NO_ARGUMENT, SECONDS, SECONDS_OR_NOTHING, NAMES_OR_NOTHING };

#define NOWHERE    SIZE_MAX
#define AT(member) offsetof(struct capan_directives, member)

/* flag is set when the directive comes without an argument, seconds go where the offset says. */
static const struct rule {
    const char *name;
    uint8_t where, argument;
    uint32_t flag;
    size_t seconds;
    const char *source;
} rules[] = {
    {"max-age", IN_REQUEST | IN_RESPONSE, SECONDS, 0, AT(max_age), "RFC 9111 5.2.1.1, 5.2.2.1"},
    {"no-cache", IN_REQUEST | IN_RESPONSE, NAMES_OR_NOTHING, CAPAN_NO_CACHE, NOWHERE, "RFC 9111 5.2.1.4, 5.2.2.4"},
    {"no-store", IN_REQUEST | IN_RESPONSE, NO_ARGUMENT, CAPAN_NO_STORE, NOWHERE, "RFC 9111 5.2.1.5, 5.2.2.5"},
    {"no-transform", IN_REQUEST | IN_RESPONSE, NO_ARGUMENT, 0, NOWHERE, "RFC 9111 5.2.1.6, 5.2.2.6"},
    {"public", IN_RESPONSE, NO_ARGUMENT, CAPAN_PUBLIC, NOWHERE, "RFC 9111 5.2.2.9"},
    {"private", IN_RESPONSE, NAMES_OR_NOTHING, CAPAN_PRIVATE, NOWHERE, "RFC 9111 5.2.2.7"},
    {"must-revalidate", IN_RESPONSE, NO_ARGUMENT, CAPAN_MUST_REVALIDATE, NOWHERE, "RFC 9111 5.2.2.2"},
    {"proxy-revalidate", IN_RESPONSE, NO_ARGUMENT, CAPAN_PROXY_REVALIDATE, NOWHERE, "RFC 9111 5.2.2.8"},
    {"must-understand", IN_RESPONSE, NO_ARGUMENT, CAPAN_MUST_UNDERSTAND, NOWHERE, "RFC 9111 5.2.2.3"},
    {"s-maxage", IN_RESPONSE, SECONDS, 0, AT(s_maxage), "RFC 9111 5.2.2.10"},
    {"immutable", IN_RESPONSE, NO_ARGUMENT, CAPAN_IMMUTABLE, NOWHERE, "RFC 8246 2"},
    {"stale-while-revalidate", IN_RESPONSE, SECONDS, 0, AT(stale_while_revalidate), "RFC 5861 3"},
    {"stale-if-error", IN_REQUEST | IN_RESPONSE, SECONDS, 0, AT(stale_if_error), "RFC 5861 4"},
    {"max-stale", IN_REQUEST, SECONDS_OR_NOTHING, CAPAN_MAX_STALE_ANY, AT(max_stale), "RFC 9111 5.2.1.2"},
    {"min-fresh", IN_REQUEST, SECONDS, 0, AT(min_fresh), "RFC 9111 5.2.1.3"},
    {"only-if-cached", IN_REQUEST, NO_ARGUMENT, CAPAN_ONLY_IF_CACHED, NOWHERE, "RFC 9111 5.2.1.7"},
};

static const struct rule *find_rule(struct capan_span name) {
    uint8_t first = name.len ? capan_lower(name.at[0]) : 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (first == (uint8_t)rules[i].name[0] && capan_is_word(name, rules[i].name)) return &rules[i];
    }
    return NULL;
}

/* The first of several counts (RFC 9111 4.2.1). An argument that cannot be read makes the response stale (4.2.1). */
static void take_seconds(struct capan_directives *to, const struct rule *rule,
                         const struct capan_parameter *parameter) {
    int64_t *seconds = (int64_t *)(void *)((uint8_t *)to + rule->seconds);
    uint64_t number = 0;
    if (!capan_number(parameter->value, &number)) number = 0, to->flags |= CAPAN_CC_FAULT;
    if (parameter->quoted) to->flags |= CAPAN_CC_FAULT;
    if (*seconds < 0)
        *seconds = (int64_t)number;
    else if (*seconds != (int64_t)number)
        to->flags |= CAPAN_CC_CONFLICT;
}

static void take_directive(struct capan_directives *to, const struct capan_parameter *parameter, bool request) {
    const struct rule *rule = find_rule(parameter->name);
    if (!rule) return;
    if (!(rule->where & (request ? IN_REQUEST : IN_RESPONSE))) {
        to->flags |= CAPAN_CC_FAULT;
        return;
    }
    bool takes_seconds = rule->argument == SECONDS || rule->argument == SECONDS_OR_NOTHING;
    if (takes_seconds && (parameter->has_value || rule->argument == SECONDS))
        take_seconds(to, rule, parameter);
    else if (!parameter->has_value)
        to->flags |= rule->flag;
    else if (rule->argument == NO_ARGUMENT || request)
        to->flags |= rule->flag | CAPAN_CC_FAULT;
}

void capan_directives_read(struct capan_directives *to, const struct capan_kept *kept, bool request) {
    *to = (struct capan_directives){0, -1, -1, -1, -1, -1, -1};
    struct capan_span value, element;
    for (size_t at = 0; capan_kept_next(kept, CAPAN_FIELD_CACHE_CONTROL, &at, &value);) {
        to->flags |= CAPAN_CC_PRESENT;
        while (capan_list_next(&value, &element)) {
            struct capan_parameter parameter = capan_parameter_read(element);
            if (parameter.malformed && find_rule(parameter.name)) to->flags |= CAPAN_CC_FAULT;
            take_directive(to, &parameter, request);
        }
    }
    for (size_t at = 0; capan_kept_next(kept, CAPAN_FIELD_PRAGMA, &at, &value);) {
        while (capan_list_next(&value, &element)) {
            if (capan_is_word(element, "no-cache")) to->flags |= CAPAN_PRAGMA_NO_CACHE;
        }
    }
}

bool capan_directives_reload(const struct capan_directives *cc) {
    if (cc->flags & CAPAN_CC_PRESENT) return cc->flags & (CAPAN_NO_CACHE | CAPAN_NO_STORE) || cc->max_age == 0;
    return cc->flags & CAPAN_PRAGMA_NO_CACHE;
}
