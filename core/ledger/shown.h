/* SPDX-License-Identifier: MIT */
/* Which verdicts a connection has shown: the first of each is told from the others. */
#ifndef SHOWN_H
#define SHOWN_H

#include "capan/ledger.h"

/* One connection's, a bit for each row of a list. */
struct capan_shown {
    uint64_t kinds, flags, outcomes, violations, advice, framing;
};

/* By stream number. alloc is set, the rest zero at first. */
struct capan_shown_list {
    const struct capan_alloc *alloc;
    struct capan_shown *at;
    size_t count, capacity;
};
void capan_shown_free(struct capan_shown_list *);

/* What a segment is the first of in its connection. */
struct capan_firsts {
    uint64_t flags;
    bool kind;
};
struct capan_firsts capan_shown_firsts(const struct capan_shown_list *, const struct capan_segment *);
/* From now on it has been shown. Without memory it has not. */
void capan_shown_segment(struct capan_shown_list *, const struct capan_segment *);

/* Sets the firsts of an exchange, and from now on it has been shown. */
void capan_shown_exchange(struct capan_shown_list *, struct capan_stored_exchange *);

#endif
