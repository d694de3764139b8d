/* SPDX-License-Identifier: MIT */
/* Which findings end in failure. */
#ifndef FAIL_ON_H
#define FAIL_ON_H

#include "capan/capan.h"

/* Those of a level and louder, and those of these tokens, a bit each. */
struct fail_on {
    enum capan_severity level; /* CAPAN_NONE: none for its level */
    uint64_t tokens[CAPAN_FINDING_CLASS_COUNT];
    bool any; /* there are such */
};

/* "warn", "http.violation", "unchanged-resent-etag", with commas between. False: a word is none, and a line says which.
 */
bool fail_on_read(const char *words, struct fail_on *);
bool fail_on_holds(const struct fail_on *, unsigned of, unsigned number, unsigned severity);

#endif
