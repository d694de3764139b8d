/* SPDX-License-Identifier: MIT */
/* Two captures of the same work, before and after a change or good and bad: what appeared, went, grew or fell, as far
 * as it is more than chance. */
#ifndef CAPAN_DIFF_H
#define CAPAN_DIFF_H

#include "analysis.h"

#ifdef __cplusplus
extern "C" {
#endif

enum capan_diff_side { CAPAN_DIFF_BEFORE, CAPAN_DIFF_AFTER, CAPAN_DIFF_SIDES };

/* X(name, token, sentence): what is compared. Shares first, then quantities; what may follow from another one comes
 * behind it. */
#define CAPAN_DIFF_MEASURES(X)                                                                                         \
    X(REFUSED, "refused", "connections that were refused or not answered")                                             \
    X(RESENT, "resent", "segments with data that were sent again")                                                     \
    X(RESET, "reset", "connections that ended with a reset")                                                           \
    X(FIELD, "field", "responses with that field")                                                                     \
    X(STATUS, "status", "responses with a status of that class")                                                       \
    X(OUTCOME, "outcome", "exchanges that came to that")                                                               \
    X(VIOLATION, "violation", "exchanges with that violation")                                                         \
    X(ADVICE, "advice", "exchanges with that advice")                                                                  \
    X(ROUND_TRIP, "round-trip", "a round trip of the network, once a connection")                                      \
    X(SERVER_TIME, "server-time", "the server's own time before it answers")                                           \
    X(CONTENT_TIME, "content-time", "from the first octet of a response to its last")                                  \
    X(SIZE, "size", "octets of a response's content")

/* X(name, token, sentence): how it changed. */
#define CAPAN_DIFF_CHANGES(X)                                                                                          \
    X(APPEARED, "appeared", "there was none before")                                                                   \
    X(WENT, "went", "there is none after")                                                                             \
    X(GREW, "grew", "there is more of it")                                                                             \
    X(FELL, "fell", "there is less of it")

#define CAPAN_X(name, ...) CAPAN_DIFF_##name,
enum capan_diff_measure { CAPAN_DIFF_MEASURES(CAPAN_X) CAPAN_DIFF_MEASURE_COUNT };
#undef CAPAN_X
#define CAPAN_DIFF_FIRST_QUANTITY CAPAN_DIFF_ROUND_TRIP
#define CAPAN_X(name, ...)        CAPAN_DIFF_CHANGE_##name,
enum capan_diff_change { CAPAN_DIFF_CHANGES(CAPAN_X) CAPAN_DIFF_CHANGE_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_diff_measures[CAPAN_DIFF_MEASURE_COUNT];
CAPAN_API extern const struct capan_token capan_diff_changes[CAPAN_DIFF_CHANGE_COUNT];

/* One change. Strings are the object's. */
struct capan_diff_row {
    uint8_t measure, change;                                /* enum capan_diff_measure, _change */
    const char *name;                                       /* which field, class, outcome and so on; "" none */
    const char *at;                                         /* host, or host and target; "" everywhere */
    uint64_t count[CAPAN_DIFF_SIDES], of[CAPAN_DIFF_SIDES]; /* of a share; of a quantity, of is how many there are */
    int64_t median[CAPAN_DIFF_SIDES];                       /* of a quantity: ns or octets; -1 else */
    bool follows;                                           /* it may come from a change that stands before it, */
    uint8_t cause;                                          /* of that measure (enum capan_diff_measure) */
    const char *cause_name;                                 /* and name */
};

struct capan_diff_config {
    uint64_t memory; /* budget in octets for exchanges and connections that are kept; 0 is 64 MiB */
    uint64_t seed;
};

struct capan_diff;

/* NULL without memory. alloc must outlive the object; NULL is libc's. */
CAPAN_API struct capan_diff *capan_diff_new(const struct capan_diff_config *, const struct capan_alloc *alloc);
CAPAN_API void capan_diff_free(struct capan_diff *);
/* CAPAN_NO_MEMORY: left out, for memory or budget. */
CAPAN_API enum capan_result capan_diff_exchange(struct capan_diff *, enum capan_diff_side,
                                                const struct capan_exchange *);
CAPAN_API enum capan_result capan_diff_connection(struct capan_diff *, enum capan_diff_side,
                                                  const struct capan_connection *);
/* All is given: the changes, those first that others may follow from, then the clearest first. CAPAN_NO_MEMORY: not all
 * of them. */
CAPAN_API enum capan_result capan_diff_rows(struct capan_diff *, const struct capan_diff_row **rows, size_t *count);
CAPAN_API uint64_t capan_diff_left_out(const struct capan_diff *);

#ifdef __cplusplus
}
#endif

#endif
