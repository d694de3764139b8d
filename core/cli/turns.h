/* SPDX-License-Identifier: MIT */
/* The rows of all parts, one after the other by their keys, as one run tells them. */
#ifndef TURNS_H
#define TURNS_H

#include "rowfile.h"

/* Owned by the caller: begin, then end, also where it failed. */
struct turns {
    struct rowfile **heap; /* those that have a row, the next one first */
    size_t waiting;
};

/* letter: only rows that begin with it (capan/extract.h); 0: all. Files may be begun again. False: a line on standard
 * error said why; so with the others. */
bool turns_begin(struct turns *, struct rowfile *, size_t count, char letter);
/* Whose row is the next; NULL: there are no more. */
static inline struct rowfile *turns_first(const struct turns *turns) {
    return turns->waiting ? turns->heap[0] : NULL;
}
bool turns_next(struct turns *);
void turns_end(struct turns *);

#endif
