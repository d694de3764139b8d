/* SPDX-License-Identifier: MIT */
/* One comparison of one thing at one place, and which of them are told. */
#ifndef FINDING_H
#define FINDING_H

#include "chance.h"
#include "gather.h"

enum scope { SCOPE_ALL, SCOPE_HOST, SCOPE_TARGET, SCOPES };

struct finding {
    struct capan_diff_row row;
    enum scope scope;
    double log;
    double off;     /* how large the difference is: of shares, or of medians */
    bool matters;   /* it is large enough to care for */
    bool of_status; /* a field's: responses of the same status have it as before */
    bool clear;     /* it matters, and is more than chance; set when all are there */
};

/* Makes diff->rows of them. CAPAN_NO_MEMORY: not all of them. */
enum capan_result capan_diff_tell(struct capan_diff *, struct finding *, size_t count);

#endif
