/* SPDX-License-Identifier: MIT */
/* The rules of RFC 9111 as tables: whether a stored response may answer (4), whether an answer confirms it (4.3), and
 * whether an answer may be stored (3). */
#ifndef RULES_H
#define RULES_H

#include "record.h"

/* A response that the cache has. */
struct capan_whatif_stored {
    struct capan_whatif_fields fields;
    uint64_t variant; /* of fields.names, by the request that brought it */
    uint16_t status;
    int64_t received_ns;    /* when the newest fields came */
    int64_t initial_age_ns; /* RFC 9111 4.2.3, then */
    int64_t lifetime_s;
    uint8_t lifetime_by; /* enum capan_whatif_lifetime */
    bool invalid;        /* an answer to HEAD was about another content (RFC 9111 4.3.5) */
    uint32_t frame;      /* of the response that brought the content */
    uint64_t encoding, digest, length;
};

/* In place of the servers' Cache-Control; -1: as they have it. */
struct capan_whatif_trial {
    int64_t max_age_s;
};

/* The record's response as stored. */
struct capan_whatif_stored capan_whatif_store_of(const struct capan_record *, struct capan_hash_key,
                                                 const struct capan_whatif_trial *, bool shared);
/* The newer fields replace those of what is stored, where there are any; Age and Date always (RFC 9111 3.2). */
void capan_whatif_renew(struct capan_whatif_stored *, const struct capan_record *, struct capan_hash_key,
                        const struct capan_whatif_trial *, bool shared);

int64_t capan_whatif_age(const struct capan_whatif_stored *, int64_t now_ns);
/* The request and what is stored for it, else NULL; any: something is stored for the target URI. */
enum capan_whatif_why capan_whatif_decide(const struct capan_record *, const struct capan_whatif_stored *, bool any);
/* Who serves it so, but for what the server's answer still says: SERVER stands for that. */
enum capan_whatif_served capan_whatif_served_by(enum capan_whatif_why);
/* The record's answer, about what was stored. */
enum capan_whatif_confirmed capan_whatif_confirm(const struct capan_record *, const struct capan_whatif_stored *);
static inline bool capan_whatif_confirms(enum capan_whatif_confirmed confirmed) {
    return confirmed >= CAPAN_WHATIF_CONFIRMED_BY_TAG && confirmed <= CAPAN_WHATIF_CONFIRMED_SAME_DATE;
}
/* The record's answer, of which nothing was confirmed and which the cache received. */
enum capan_whatif_store capan_whatif_may_store(const struct capan_record *, const struct capan_whatif_trial *,
                                               bool shared);
/* The captured answer had another content than what is stored: by digest, else by validators. */
bool capan_whatif_differs(const struct capan_record *, const struct capan_whatif_stored *);

#endif
