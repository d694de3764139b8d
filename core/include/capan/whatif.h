/* SPDX-License-Identifier: MIT */
/* Captured exchanges through a cache as RFC 9111 has it: what it would have answered, kept and spared, with the
 * servers' fields as captured or changed; and which change of Cache-Control would have spared most. */
#ifndef CAPAN_WHATIF_H
#define CAPAN_WHATIF_H

#include "exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, sentence): who would have answered. */
#define CAPAN_WHATIF_SERVED(X)                                                                                         \
    X(SERVER, "server", "the server, with a new answer")                                                               \
    X(CACHE, "cache", "the cache, without asking")                                                                     \
    X(VALIDATED, "validated", "the cache, after the server confirmed what it had stored")                              \
    X(BYPASS, "bypass", "the server; the cache had no part in it")

/* X(name, token, source, sentence): what decided that when the request came. Of the demands (from INVALIDATED on) the
 * first that holds counts: a stored response is there and must be confirmed. */
#define CAPAN_WHATIF_WHYS(X)                                                                                           \
    X(NO_REQUEST, "no-request", "RFC 9111 2", "the request was not captured")                                          \
    X(METHOD, "method", "RFC 9111 4", "its method is neither GET nor HEAD")                                            \
    X(REQUEST_NO_STORE, "request-no-store", "RFC 9111 5.2.1.5", "the request says no-store")                           \
    X(NOTHING_STORED, "nothing-stored", "RFC 9111 4", "nothing was stored for the target URI")                         \
    X(OTHER_VARIANT, "other-variant", "RFC 9111 4.1",                                                                  \
      "what was stored is for other values of the fields that Vary "                                                   \
      "names")                                                                                                         \
    X(FRESH, "fresh", "RFC 9111 4.2", "what was stored was fresh")                                                     \
    X(INVALIDATED, "invalidated", "RFC 9111 4.3.5", "an answer to HEAD had shown that what was stored is outdated")    \
    X(REQUEST_NO_CACHE, "request-no-cache", "RFC 9111 5.2.1.4", "the request says no-cache")                           \
    X(REQUEST_PRAGMA, "request-pragma", "RFC 9111 5.4", "the request says Pragma: no-cache and no Cache-Control")      \
    X(NO_CACHE, "no-cache", "RFC 9111 5.2.2.4", "what was stored says no-cache")                                       \
    X(REQUEST_MAX_AGE, "request-max-age", "RFC 9111 5.2.1.1", "what was stored was older than the request takes")      \
    X(STALE, "stale", "RFC 9111 4.2", "what was stored was stale")                                                     \
    X(REQUEST_MIN_FRESH, "request-min-fresh", "RFC 9111 5.2.1.3",                                                      \
      "what was stored stays fresh too short for the "                                                                 \
      "request")

/* X(name, token, source, sentence): what the server's answer said to what was stored. */
#define CAPAN_WHATIF_CONFIRMED(X)                                                                                      \
    X(UNASKED, "unasked", "", "it was not asked about")                                                                \
    X(NO_VALIDATOR, "no-validator", "RFC 9111 4.3.1", "what was stored has no validator to ask with")                  \
    X(NO_ANSWER, "no-answer", "RFC 9111 4.3", "no answer was captured")                                                \
    X(BY_TAG, "by-tag", "RFC 9111 4.3.4", "304 with its entity tag")                                                   \
    X(BY_DATE, "by-date", "RFC 9111 4.3.4", "304 with its Last-Modified and without an entity tag")                    \
    X(AS_ASKED, "as-asked", "RFC 9111 4.3.4", "304 without a validator to a request with exactly the stored one")      \
    X(SAME_TAG, "same-tag", "RFC 9110 8.8.3.2", "200 with its entity tag: asked, the server would have said 304")      \
    X(SAME_DATE, "same-date", "RFC 9110 8.8.2.2", "200 with its Last-Modified, both without an entity tag")            \
    X(NOT_SHOWN, "not-shown", "RFC 9111 4.3.3", "nothing shows that it is still the same")

/* X(name, token, stored, source, sentence): what became of the answer. The first that holds counts. */
#define CAPAN_WHATIF_STORES(X)                                                                                         \
    X(NOT_RECEIVED, "not-received", false, "RFC 9111 4", "the cache answered itself")                                  \
    X(UPDATED, "updated", true, "RFC 9111 3.2", "its fields replaced those of what was stored")                        \
    X(BYPASSED, "bypassed", false, "RFC 9111 3", "the request was none that this cache answers")                       \
    X(NO_ANSWER, "no-answer", false, "RFC 9111 3", "no final answer was captured")                                     \
    X(HEAD, "head", false, "RFC 9110 9.3.2", "an answer to HEAD has no content to store")                              \
    X(PARTIAL, "partial", false, "RFC 9111 3.4", "206: this cache keeps no parts")                                     \
    X(NOT_MODIFIED, "not-modified", false, "RFC 9111 4.3.4", "304: it only says something of what was stored")         \
    X(RANGE, "range", false, "RFC 9110 14.2", "an answer to Range that is not the whole representation")               \
    X(INCOMPLETE, "incomplete", false, "RFC 9111 3.3", "its end was not captured")                                     \
    X(NEVER, "never", false, "RFC 6585 3, 4, 5, 6", "428, 429, 431 and 511 must not be stored")                        \
    X(REQUEST_NO_STORE, "request-no-store", false, "RFC 9111 5.2.1.5", "the request says no-store")                    \
    X(NOT_UNDERSTOOD, "not-understood", false, "RFC 9111 5.2.2.3",                                                     \
      "it says must-understand, and its status is none "                                                               \
      "that this cache knows")                                                                                         \
    X(NO_STORE, "no-store", false, "RFC 9111 5.2.2.5", "it says no-store")                                             \
    X(PRIVATE, "private", false, "RFC 9111 5.2.2.7", "it says private, and the cache is shared")                       \
    X(AUTHORIZED, "authorized", false, "RFC 9111 3.5",                                                                 \
      "the request has Authorization, the cache is shared, and the "                                                   \
      "response does not allow it")                                                                                    \
    X(NOT_ALLOWED, "not-allowed", false, "RFC 9111 3", "no directive or Expires allows it, nor does its status")       \
    X(STORED, "stored", true, "RFC 9111 3", "nothing forbids it")

/* X(name, token, source, sentence): where the lifetime of a stored response comes from. */
#define CAPAN_WHATIF_LIFETIMES(X)                                                                                      \
    X(NONE, "none", "RFC 9111 4.2.1", "it has none")                                                                   \
    X(S_MAXAGE, "s-maxage", "RFC 9111 5.2.2.10", "s-maxage, in a shared cache")                                        \
    X(MAX_AGE, "max-age", "RFC 9111 5.2.2.1", "max-age")                                                               \
    X(EXPIRES, "expires", "RFC 9111 5.3", "Expires less Date; 0 when it cannot be read")                               \
    X(HEURISTIC, "heuristic", "RFC 9111 4.2.2", "a tenth of Date less Last-Modified")

#define CAPAN_X(name, ...) CAPAN_WHATIF_##name,
enum capan_whatif_served { CAPAN_WHATIF_SERVED(CAPAN_X) CAPAN_WHATIF_SERVED_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_WHATIF_WHY_##name,
enum capan_whatif_why { CAPAN_WHATIF_WHYS(CAPAN_X) CAPAN_WHATIF_WHY_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_WHATIF_CONFIRMED_##name,
enum capan_whatif_confirmed { CAPAN_WHATIF_CONFIRMED(CAPAN_X) CAPAN_WHATIF_CONFIRMED_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_WHATIF_STORE_##name,
enum capan_whatif_store { CAPAN_WHATIF_STORES(CAPAN_X) CAPAN_WHATIF_STORE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_WHATIF_LIFETIME_##name,
enum capan_whatif_lifetime { CAPAN_WHATIF_LIFETIMES(CAPAN_X) CAPAN_WHATIF_LIFETIME_COUNT };
#undef CAPAN_X

CAPAN_API extern const struct capan_token capan_whatif_serveds[CAPAN_WHATIF_SERVED_COUNT];
CAPAN_API extern const struct capan_token capan_whatif_whys[CAPAN_WHATIF_WHY_COUNT];
CAPAN_API extern const struct capan_token capan_whatif_confirmeds[CAPAN_WHATIF_CONFIRMED_COUNT];
CAPAN_API extern const struct capan_token capan_whatif_stores[CAPAN_WHATIF_STORE_COUNT];
CAPAN_API extern const bool capan_whatif_is_stored[CAPAN_WHATIF_STORE_COUNT];
CAPAN_API extern const struct capan_token capan_whatif_lifetimes[CAPAN_WHATIF_LIFETIME_COUNT];

/* One exchange in that cache. */
struct capan_whatif_row {
    uint64_t index; /* the exchange's */
    uint32_t stream;
    uint32_t request_frame, response_frame; /* last ones; 0 none */
    int64_t time_ns;                        /* of the request's last octet, else the response's first */
    struct capan_endpoint client, server;
    struct capan_span method, authority, target; /* target: path and query of the target URI */
    uint16_t status;
    uint8_t served, why, confirmed, store; /* enum capan_whatif_served, _why, _confirmed, _store */
    uint8_t lifetime_by;                   /* enum capan_whatif_lifetime, of what was stored */
    uint32_t stored_in;                    /* last frame of the response that was stored; 0: none was selected */
    int64_t age_ns, lifetime_s;            /* of it, when the request came (RFC 9111 4.2); -1 none */
    int64_t request_max_age_s, request_min_fresh_s; /* -1 none */
    uint64_t spared_octets;                         /* of both messages, or of the content that a 304 spares */
    int64_t spared_round_trips_x100;
    bool outdated; /* answered by the cache although the captured answer had another content */
};

/* What exchanges came to. */
struct capan_whatif_sum {
    uint64_t exchanges;
    uint64_t served[CAPAN_WHATIF_SERVED_COUNT];
    uint64_t spared_octets, spared_round_trips_x100;
    uint64_t outdated;
};

/* X(name, token): whose sum it is. */
#define CAPAN_WHATIF_SCOPES(X)                                                                                         \
    X(ALL, "all")                                                                                                      \
    X(HOST, "host")                                                                                                    \
    X(TARGET, "target")
#define CAPAN_X(name, ...) CAPAN_WHATIF_SCOPE_##name,
enum capan_whatif_scope { CAPAN_WHATIF_SCOPES(CAPAN_X) CAPAN_WHATIF_SCOPE_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_whatif_scopes[CAPAN_WHATIF_SCOPE_COUNT];

struct capan_whatif_group {
    uint8_t scope;          /* enum capan_whatif_scope */
    struct capan_span name; /* "www.example", "www.example/a.css"; empty: all */
    struct capan_whatif_sum sum;
};

/* A change of the servers' fields and what it brings beyond the fields as they are. */
struct capan_whatif_change {
    struct capan_span urls;                      /* as --set has it: "www.example/img/" and an asterisk */
    int64_t max_age_s;                           /* Cache-Control: max-age */
    uint64_t exchanges, resources;               /* that it is about */
    uint64_t requests, octets, round_trips_x100; /* spared */
    uint64_t outdated;                           /* of these requests, answered with a content that had changed */
};

struct capan_whatif_config {
    bool shared;     /* one cache for all clients, else one for each client's address */
    uint64_t memory; /* budget in octets for what is kept; 0 is 256 MiB */
    uint64_t seed;   /* for hash tables: an attacker who knows it can choose collisions */
};

struct capan_whatif;

/* NULL without memory. alloc must outlive the object; NULL is libc's. */
CAPAN_API struct capan_whatif *capan_whatif_new(const struct capan_whatif_config *, const struct capan_alloc *alloc);
CAPAN_API void capan_whatif_free(struct capan_whatif *);

/* "URLGLOB: Field: value": every response of a matching target URI has that field, and no other line of its name, in
 * place of what the server sent. A glob that begins with "/" is held against path and query, else against authority
 * with them, and with "://" in it against the whole URI; "*" stands for any octets. Given before the exchanges.
 * CAPAN_USAGE: not understood. */
CAPAN_API enum capan_result capan_whatif_set(struct capan_whatif *, const char *change);
/* "URLGLOB: Field": they lack it. */
CAPAN_API enum capan_result capan_whatif_unset(struct capan_whatif *, const char *change);

/* In the order of report. CAPAN_NO_MEMORY: it was left out, for memory or budget. */
CAPAN_API enum capan_result capan_whatif_exchange(struct capan_whatif *, const struct capan_exchange *);

/* All exchanges are given: the cache answers those that were not left out. CAPAN_NO_MEMORY: not all of them. */
CAPAN_API enum capan_result capan_whatif_replay(struct capan_whatif *);

/* After that. What rows, groups and changes point to is the object's. */
CAPAN_API size_t capan_whatif_row_count(const struct capan_whatif *);
CAPAN_API const struct capan_whatif_row *capan_whatif_row_at(const struct capan_whatif *, size_t at);
/* All first, then hosts, then targets, those with most octets spared first. CAPAN_NO_MEMORY: none. */
CAPAN_API enum capan_result capan_whatif_groups(struct capan_whatif *, const struct capan_whatif_group **groups,
                                                size_t *count);
#define CAPAN_WHATIF_CHANGES 10
/* The best first; the number of them is returned. None for what a response forbids to store. */
CAPAN_API size_t capan_whatif_changes(struct capan_whatif *, struct capan_whatif_change changes[CAPAN_WHATIF_CHANGES]);
/* Exchanges that were left out. */
CAPAN_API uint64_t capan_whatif_left_out(const struct capan_whatif *);

#ifdef __cplusplus
}
#endif

#endif
