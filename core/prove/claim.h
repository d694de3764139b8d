/* SPDX-License-Identifier: MIT */
/* A proof as it was written: one row of "explain --format ndjson". */
#ifndef CLAIM_H
#define CLAIM_H

#include "capan/base.h"
#include "capan/http.h"

enum { CLAIM_FACTS = 64, CLAIM_QUANTITIES = 64, CLAIM_FRAMES = 16, CLAIM_FIELDS = 64, CLAIM_NAME = 40 };

/* A number that stands in the row itself: known is false where it does not. */
struct claimed {
    int64_t value;
    bool known;
};

/* Spans lie in the row's text, or in its scratch. */
struct claim {
    struct claimed frame, stream, index, seq, ack, len, time; /* the time in ns */
    struct capan_span of, verdict, rule, section, sentence, certainty, cause, method, target;
    struct {
        char name[CLAIM_NAME];
        bool holds;
    } facts[CLAIM_FACTS];
    struct capan_quantity quantities[CLAIM_QUANTITIES]; /* names are in quantity_names, units by their words */
    char quantity_names[CLAIM_QUANTITIES][CLAIM_NAME];
    int64_t frames[CLAIM_FRAMES];
    struct capan_http_field asked[CLAIM_FIELDS], answered[CLAIM_FIELDS];
    char asked_names[CLAIM_FIELDS][CLAIM_NAME], answered_names[CLAIM_FIELDS][CLAIM_NAME];
    size_t fact_count, quantity_count, frame_count, asked_count, answered_count;
    const char *odd; /* what in it no proof has; NULL: nothing */
};

/* scratch: room for row.len octets. False: not one JSON object, or no proof. */
bool capan_claim_read(struct capan_span row, uint8_t *scratch, struct claim *);

#endif
